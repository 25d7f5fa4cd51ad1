"""Calls as they were published: frozen, and closed for good once they are closed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import call as read
from bot.allocation.call import Call
from bot.clock import moment
from bot.store.crypto import Keys, new_mark
from bot.store.sealed import unlock
from bot.store.tables.funding import calls, decisions


class WrongCallKey(Exception):
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
    return _held(row)


async def every(db: AsyncConnection) -> list[Held]:
    """All calls, the newest first."""
    return [_held(row) for row in await db.execute(_HELD.order_by(calls.c.added_at.desc(), calls.c.key))]


def _held(row: Row[tuple[object, ...]]) -> Held:
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


async def close(db: AsyncConnection, key: str, now: int) -> None:
    """Close a call, and destroy its mark; one that is closed keeps its time."""
    still_open = (calls.c.key == key, calls.c.closed_at.is_(None))
    await db.execute(update(calls).where(*still_open).values(closed_at=now, mark=None))


async def close_due(db: AsyncConnection, now: int) -> list[str]:
    """Close every call whose deadline has passed; returns their keys."""
    query = select(calls.c.key, calls.c.text).where(calls.c.closed_at.is_(None))
    past = [row.key for row in await db.execute(query) if read.read(row.text).is_past(moment(now))]
    for key in past:
        await close(db, key, now)
    return past
