"""Calls as they were published: frozen, and closed for good once they are closed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import call as read
from bot.allocation.call import VOICES, Call
from bot.clock import milliseconds, moment
from bot.mistakes import Mistake
from bot.store import categories, codes, voices
from bot.store.categories import Added
from bot.store.crypto import Keys, new_mark
from bot.store.sealed import unlock
from bot.store.tables.funding import calls, decisions
from bot.store.voices import Voice
from dialogs.categories import CATEGORIES, Category

ATTESTERS = "attesters"  # the part of a tally, beside whose voices there are


class WrongCallKey(Mistake):
    """A call that is not there, or that is there with other words; the text says which."""


@dataclass(frozen=True, slots=True)
class Held:
    """A call and where it stands."""

    call: Call
    text: str
    seed_hash: str
    added_at: int
    closed_at: int | None
    decided: bool
    added: tuple[Category, ...] = ()  # kinds of need beside the 24, which people may have asked for

    @property
    def needs(self) -> tuple[str, ...]:
        """Every kind of need that money can follow."""
        return (*CATEGORIES, *(each.key for each in self.added))

    def is_open(self, now: int) -> bool:
        """Whether applications may come in; what was closed once stays closed."""
        return self.closed_at is None and self.call.is_open(moment(now))


async def add(db: AsyncConnection, keys: Keys, text: str, seed: str, now: int) -> Held:
    """Publish a call; the same file again changes nothing, another file under its key is refused."""
    call = read.read(text)
    there = await _row(db, call.key)
    if there is not None and there.digest != call.digest:
        raise WrongCallKey(f"{call.key} is published, and a published call can not be changed")
    if there is None:
        row = {
            "key": call.key,
            "text": text,
            "digest": call.digest,
            "seed": keys.lock(seed, "calls", "seed", call.key),
            "seed_hash": hashlib.sha256(seed.encode()).hexdigest(),
            "mark": keys.lock(new_mark(), "calls", "mark", call.key),
            "added_at": now,
        }
        await db.execute(insert(calls), [row])
    return await named(db, call.key)


async def _row(db: AsyncConnection, key: str) -> Row[tuple[object, ...]] | None:
    return (await db.execute(select(calls).where(calls.c.key == key))).one_or_none()


_HELD = select(calls, func.coalesce(decisions.c.final, False).label("decided")).outerjoin(
    decisions, decisions.c.call_key == calls.c.key
)


async def named(db: AsyncConnection, key: str) -> Held:
    """The call of a key; raises WrongCallKey where there is none."""
    row = (await db.execute(_HELD.where(calls.c.key == key))).one_or_none()
    if row is None:
        raise WrongCallKey(f"there is no call {key}")
    return _held(row, await categories.listed(db))


async def every(db: AsyncConnection) -> list[Held]:
    """All calls, the newest first."""
    rows = await db.execute(_HELD.order_by(calls.c.added_at.desc(), calls.c.key))
    added = await categories.listed(db)
    return [_held(row, added) for row in rows]


def _held(row: Row[tuple[object, ...]], added: Sequence[Added]) -> Held:
    held = row._mapping
    call = read.read(held["text"])
    if call.digest != held["digest"]:
        raise WrongCallKey(f"{call.key} is not as it was published: its text was changed in the database")
    return Held(
        call,
        held["text"],
        held["seed_hash"],
        held["added_at"],
        held["closed_at"],
        held["decided"],
        tuple(
            each.category for each in added if not set(each.municipalities).isdisjoint(call.municipalities)
        ),
    )


async def seed(db: AsyncConnection, keys: Keys, key: str) -> str:
    """What draws lots in a call: its hash was published with it."""
    row = (await db.execute(select(calls).where(calls.c.key == key))).one()
    return unlock(keys, calls, "seed", dict(row._mapping)) or ""


async def marks(db: AsyncConnection, keys: Keys, municipality: str) -> list[str]:
    """What says that somebody has answered, one for each call that is not closed and counts these people."""
    query = select(calls.c.key, calls.c.text, calls.c.mark).where(calls.c.mark.isnot(None))
    return [
        unlock(keys, calls, "mark", dict(row._mapping)) or ""
        for row in await db.execute(query.order_by(calls.c.key))
        if municipality in read.read(row.text).municipalities
    ]


async def close(db: AsyncConnection, keys: Keys, key: str, now: int) -> None:
    """Close a call, count for good who asked for what, and destroy its mark; a closed one stays as it is."""
    held = await named(db, key)
    if held.closed_at is not None:
        return
    tally: dict[str, Any] = {name: voices.written(await _counted(db, held, name)) for name in VOICES}
    tally[ATTESTERS] = [(name, voices.written(heard)) for name, heard in await _by_attester(db, keys, held)]
    sealed = keys.lock(json.dumps(tally), "calls", "tally", key)
    still_open = (calls.c.key == key, calls.c.closed_at.is_(None))
    await db.execute(update(calls).where(*still_open).values(closed_at=now, mark=None, tally=sealed))


async def close_due(db: AsyncConnection, keys: Keys, now: int) -> list[str]:
    """Close every call whose deadline has passed; returns their keys."""
    query = select(calls.c.key, calls.c.text).where(calls.c.closed_at.is_(None))
    past = [row.key for row in await db.execute(query) if read.read(row.text).is_past(moment(now))]
    for key in past:
        await close(db, keys, key, now)
    return past


async def heard(db: AsyncConnection, keys: Keys, held: Held, voices_of: str) -> Counter[Voice]:
    """Who asked for what: as counted when the call closed, else all who have answered before its deadline.

    What changes after that (an answer, an erasure, a flag) changes no round that bodies applied in.
    """
    tally = await _tally(db, keys, held)
    return voices.read(tally[voices_of]) if tally else await _counted(db, held, voices_of)


async def by_attester(
    db: AsyncConnection, keys: Keys, held: Held
) -> list[tuple[str | None, Counter[Voice]]] | None:
    """The same apart for each whose codes let people in, by the name of a place where it has one.

    None where the call was closed before this was counted.
    """
    tally = await _tally(db, keys, held)
    if tally is None:
        return await _by_attester(db, keys, held)
    rows = tally.get(ATTESTERS)
    return None if rows is None else [(name, voices.read(heard)) for name, heard in rows]


async def _tally(db: AsyncConnection, keys: Keys, held: Held) -> dict[str, Any] | None:
    """What was counted when a call closed; None where it is open."""
    row = await _row(db, held.call.key)
    tally = unlock(keys, calls, "tally", dict(row._mapping)) if row else None
    return json.loads(tally) if tally else None


async def _counted(db: AsyncConnection, held: Held, voices_of: str) -> Counter[Voice]:
    here, attested = held.call.municipalities, voices_of == "attested"
    return await voices.counted(db, here, attested=attested, until=_end(held))


async def _by_attester(
    db: AsyncConnection, keys: Keys, held: Held
) -> list[tuple[str | None, Counter[Voice]]]:
    """Those with most people first: nothing is left of the hashes."""
    here = held.call.municipalities
    known = await codes.attesters(db, keys, here)
    joined = defaultdict[tuple[bytes, str | None], Counter[Voice]](Counter)
    for hash, heard in (await voices.by_attester(db, here, until=_end(held))).items():
        joined[known.get(hash, (hash, None))] += heard
    named = [(name, heard) for (_, name), heard in joined.items()]
    return sorted(named, key=lambda each: (-each[1].total(), each[0] or "", str(voices.written(each[1]))))


def _end(held: Held) -> int:
    return milliseconds(held.call.deadline) + 999  # all of the second of the deadline is still in
