"""Who is signed in, the codes that stand in for a lost app, and how often somebody has tried."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import DAY_MS
from bot.store.crypto import Keys
from bot.store.engine import in_turn
from bot.store.tables.access import recovery_codes, sign_in_tries, staff_sessions

PASSWORD, ALL = "password", "all"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has shown a password, or all that is asked for; times in ms."""

    name: str
    stage: str
    wrong: int
    started_at: int
    seen_at: int


def _digest(*parts: str) -> str:
    """Tokens and recovery codes are long and random: a digest without a key gives nothing away."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


# --- sessions -------------------------------------------------------------------------------------


async def begin(db: AsyncConnection, token: str, name: str, stage: str, started_at: int, now: int) -> None:
    """Keep a new session; of its token only a digest."""
    row = {"hash": _digest(token), "staff": name, "stage": stage, "wrong": 0}
    await db.execute(insert(staff_sessions), [{**row, "started_at": started_at, "seen_at": now}])


async def session(db: AsyncConnection, token: str) -> Session | None:
    """The session of a token."""
    row = (await db.execute(select(staff_sessions).where(staff_sessions.c.hash == _digest(token)))).first()
    return Session(row.staff, row.stage, row.wrong, row.started_at, row.seen_at) if row else None


async def seen(db: AsyncConnection, token: str, now: int) -> None:
    """The worker did something."""
    here = staff_sessions.c.hash == _digest(token)
    await db.execute(update(staff_sessions).where(here).values(seen_at=now))


async def wrong_code(db: AsyncConnection, token: str) -> None:
    """One more wrong code since the password."""
    here = staff_sessions.c.hash == _digest(token)
    await db.execute(update(staff_sessions).where(here).values(wrong=staff_sessions.c.wrong + 1))


async def end(db: AsyncConnection, token: str) -> None:
    """End one session."""
    await db.execute(delete(staff_sessions).where(staff_sessions.c.hash == _digest(token)))


async def end_all(db: AsyncConnection, name: str) -> int:
    """End every session of an account; how many there were."""
    return (await db.execute(delete(staff_sessions).where(staff_sessions.c.staff == name))).rowcount


# --- recovery codes -------------------------------------------------------------------------------


async def keep_codes(db: AsyncConnection, name: str, codes: Sequence[str]) -> None:
    """Keep new recovery codes instead of the old ones; of each only a digest."""
    await db.execute(delete(recovery_codes).where(recovery_codes.c.staff == name))
    if codes:
        rows = [{"hash": _digest("recovery", name, code), "staff": name} for code in codes]
        await db.execute(insert(recovery_codes), rows)


async def use_code(db: AsyncConnection, name: str, code: str) -> bool:
    """Use a recovery code once."""
    here = recovery_codes.c.hash == _digest("recovery", name, code)
    return (await db.execute(delete(recovery_codes).where(here))).rowcount > 0


async def codes_left(db: AsyncConnection, name: str) -> int:
    """How many recovery codes an account still has."""
    query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.staff == name)
    return int((await db.execute(query)).scalar_one())


# --- tries ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where a try comes from, how many are free, and the longest wait between two after that."""

    parts: tuple[str, ...]
    free: int
    longest_ms: int


async def wait(db: AsyncConnection, keys: Keys, sources: Sequence[Source], now: int) -> int:
    """How long the next try must wait, in ms; 0 counts it as one that failed until `forgive` is called.

    Counted before the password is looked at, so that a thousand at once are not let in together.
    """
    await in_turn(db, "sign in")
    found = [await _tried(db, keys, source, now) for source in sources]
    longest = max((free_at - now for _, _, free_at in found), default=0)
    if longest > 0:
        return longest
    for source, (hashed, count, _) in zip(sources, found, strict=True):
        await _count(db, hashed, count + 1, now + _delay(source, count + 1), now)
    return 0


def _delay(source: Source, count: int) -> int:
    """Nothing while tries are free, then twice as long each time."""
    return min(1000 << min(count - source.free, 30), source.longest_ms) if count >= source.free else 0


async def _tried(db: AsyncConnection, keys: Keys, source: Source, now: int) -> tuple[bytes, int, int]:
    hashed = keys.hash("sign in", str(now // DAY_MS), *source.parts)
    query = select(sign_in_tries.c.count, sign_in_tries.c.free_at).where(sign_in_tries.c.source == hashed)
    row = (await db.execute(query)).first()
    return (hashed, row[0], row[1]) if row else (hashed, 0, 0)


async def _count(db: AsyncConnection, hashed: bytes, count: int, free_at: int, now: int) -> None:
    values = {"count": count, "free_at": free_at, "at": now}
    here = sign_in_tries.c.source == hashed
    if not (await db.execute(update(sign_in_tries).where(here).values(**values))).rowcount:
        await db.execute(insert(sign_in_tries), [{"source": hashed, **values}])


async def forgive(db: AsyncConnection, keys: Keys, sources: Sequence[Source], now: int) -> None:
    """A try was right: it is not counted. The first source is the worker's own, and begins anew."""
    await in_turn(db, "sign in")
    for place, source in enumerate(sources):
        hashed, count, _ = await _tried(db, keys, source, now)
        await _count(db, hashed, max(count - 1, 0) if place else 0, 0, now)
