"""The log of what staff did: each line is bound to all before it, and only the keys can bind one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import sealed
from bot.store.crypto import Keys, WrongKey
from bot.store.engine import in_turn
from bot.store.tables.access import audit, audit_ends, staff

NOTHING = b""  # stands before the first line
FIRST, LAST = "first", "last"
OPENS = ("open", "unmask")
UNUSUAL = "unusual reading"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to something; `thing` is its id, of which only a digest is kept."""

    act: str
    kind: str
    thing: str = ""
    municipality: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read."""

    seq: int
    at: int
    staff: str
    act: str
    kind: str
    object: str
    municipality: str
    reason: str | None


def object_of(kind: str, thing: str) -> str:
    """How the log names a thing: its id is random, so the digest says nothing once the thing is erased."""
    return hashlib.sha256(f"audit\x1f{kind}\x1f{thing}".encode()).hexdigest() if thing else ""


@dataclass(frozen=True, slots=True)
class Scribe:
    """In whose name lines are written; time and ids are handed in."""

    keys: Keys
    staff: str
    new_id: Callable[[], str]
    now: Callable[[], int]


async def note(db: AsyncConnection, by: Scribe, deed: Deed) -> None:
    """Add a line, in the transaction that does what it tells of."""
    await in_turn(db, "audit")  # two processes may not both add line 7
    seq, before = await _end(db, LAST)
    id, keys = by.new_id(), by.keys
    row: dict[str, Any] = {
        "seq": seq + 1,
        "id": id,
        "at": by.now(),
        "staff": by.staff,
        "act": deed.act,
        "kind": deed.kind,
        "object": object_of(deed.kind, deed.thing),
        "municipality": deed.municipality,
        "reason": None if deed.reason is None else keys.lock(deed.reason, *_place(id)),
    }
    row["hash"] = keys.hash(*_bound(before, row, deed.reason))
    await db.execute(insert(audit), [row])
    if seq == 0:
        await _set_end(db, keys, FIRST, 1, NOTHING)
    await _set_end(db, keys, LAST, seq + 1, row["hash"])


def _place(id: str) -> tuple[str, str, str]:
    return sealed.place(audit, "reason", {"id": id})


def _bound(before: bytes, row: Any, reason: str | None) -> tuple[str, ...]:
    told = [row[name] for name in ("seq", "id", "at", "staff", "act", "kind", "object", "municipality")]
    return ("audit", before.hex(), json.dumps([*told, reason]))


async def _end(db: AsyncConnection, name: str) -> tuple[int, bytes]:
    row = (await db.execute(select(audit_ends).where(audit_ends.c.name == name))).first()
    return (row.seq, row.before) if row else (0, NOTHING)


async def _set_end(db: AsyncConnection, keys: Keys, name: str, seq: int, before: bytes) -> None:
    values = {"seq": seq, "before": before, "hash": _seal(keys, name, seq, before)[0]}
    changed = await db.execute(update(audit_ends).where(audit_ends.c.name == name).values(**values))
    if not changed.rowcount:
        await db.execute(insert(audit_ends), [{"name": name, **values}])


def _seal(keys: Keys, name: str, seq: int, before: bytes) -> tuple[bytes, ...]:
    return keys.hashes("audit end", name, str(seq), before.hex())


# --- read, and held against its hashes ----------------------------------------------------------------


async def lines(
    db: AsyncConnection, keys: Keys, *wanted: ColumnElement[bool], before: int | None = None, most: int
) -> list[Line]:
    """The newest lines, or those before a number."""
    query = select(audit).where(*wanted).order_by(audit.c.seq.desc()).limit(most)
    if before is not None:
        query = query.where(audit.c.seq < before)
    return [_line(keys, row) for row in await db.execute(query)]


def _line(keys: Keys, row: Row[Any]) -> Line:
    held = (row.seq, row.at, row.staff, row.act, row.kind, row.object, row.municipality)
    return Line(*held, _reason(keys, row))


def _reason(keys: Keys, row: Row[Any]) -> str | None:
    return None if row.reason is None else keys.unlock(row.reason, *_place(row.id))


async def last(db: AsyncConnection, keys: Keys, deed: Deed) -> Line | None:
    """The newest line of somebody who did this to this thing."""
    here = (audit.c.act == deed.act, audit.c.object == object_of(deed.kind, deed.thing))
    return next(iter(await lines(db, keys, *here, most=1)), None)


async def has_done(db: AsyncConnection, name: str, deed: Deed, since: int) -> bool:
    """Whether a worker has done this, to this thing, since a time in ms."""
    here = (
        audit.c.object == object_of(deed.kind, deed.thing),
        audit.c.staff == name,
        audit.c.act == deed.act,
    )
    return (
        await db.execute(select(audit.c.seq).where(*here, audit.c.at >= since).limit(1))
    ).first() is not None


async def busy(db: AsyncConnection, since: int, most: int) -> list[tuple[str, str]]:
    """Who has opened more than so many persons since a time, and where; who was told of since is left out."""
    opened = (audit.c.act.in_(OPENS), audit.c.at >= since)
    persons = func.count(audit.c.object.distinct())
    query = select(audit.c.staff, audit.c.municipality).where(*opened)
    found = await db.execute(
        query.group_by(audit.c.staff, audit.c.municipality).having(persons > most).order_by(audit.c.staff)
    )
    told = select(audit.c.object).where(audit.c.act == UNUSUAL, audit.c.at >= since)
    known = set((await db.execute(told)).scalars())
    return [(row[0], row[1]) for row in found if object_of("account", row[0]) not in known]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines there are, from which to which, a mark of the last one, and what is wrong in words."""

    count: int
    first: int
    last: int
    mark: str
    wrong: tuple[str, ...]


async def verify(db: AsyncConnection, keys: Keys, number: int = 0, hash: str = "") -> Verdict:
    """Hold every line against the one before it, and both ends against what was noted of them.

    A mark that was kept elsewhere, a line's number and hash, shows whether the log was put back whole to
    an earlier day. It holds until the keys are changed.
    """
    first, before = await _end(db, FIRST)
    last, newest = await _end(db, LAST)
    wrong = [await _wrong_end(db, keys, name) for name in (FIRST, LAST)] if last else [await _unwritten(db)]
    count, expected = 0, first or 1
    async for row in _stream(db):
        count += 1
        wrong.append(_gap(expected, row.seq))
        if row.seq == expected and not _is_whole(keys, before, row):
            wrong.append(f"line {row.seq} was changed, or does not follow the line before it")
        before, expected = row.hash, row.seq + 1
        if row.seq == number and row.hash.hex() != hash:
            wrong.append(f"line {number} is not the one that was marked")
    if number > last:
        wrong.append(f"line {number}, which was marked, is missing")
    if expected <= last:
        wrong.append(_gap(expected, last + 1))
    elif before != newest:
        wrong.append("the log does not end with the line that was noted")
    return Verdict(count, first, last, f"{last}:{newest.hex()}", tuple(each for each in wrong if each))


async def _unwritten(db: AsyncConnection) -> str:
    """Whether the log was taken away whole: to make the first account is written in it."""
    accounts = (await db.execute(select(staff.c.name).limit(1))).first()
    return (
        "every line is missing: there are accounts, and nobody wrote that they were made" if accounts else ""
    )


def _gap(expected: int, found: int) -> str:
    """Which lines are missing; "" where none is."""
    if expected == found:
        return ""
    if expected > found:
        return f"line {found} was not written by Lytt"
    gone = f"line {expected} is" if expected == found - 1 else f"lines {expected} to {found - 1} are"
    return f"{gone} missing"


def _is_whole(keys: Keys, before: bytes, row: Row[Any]) -> bool:
    try:
        return row.hash in keys.hashes(*_bound(before, row._mapping, _reason(keys, row)))
    except WrongKey:
        return False


async def _wrong_end(db: AsyncConnection, keys: Keys, name: str) -> str:
    row = (await db.execute(select(audit_ends).where(audit_ends.c.name == name))).first()
    whole = row is not None and row.hash in _seal(keys, name, row.seq, row.before)
    return "" if whole else f"the note of the {name} line was changed"


async def _stream(db: AsyncConnection) -> AsyncIterator[Row[Any]]:
    async with db.stream(select(audit).order_by(audit.c.seq)) as rows:
        async for row in rows:
            yield row


# --- forgotten in time, and under another key -----------------------------------------------------------


async def forget(db: AsyncConnection, keys: Keys, before: int) -> int:
    """Forget the lines that were written before a time, from the oldest on; the rest still holds together."""
    await in_turn(db, "audit")
    kept = (await db.execute(select(func.min(audit.c.seq)).where(audit.c.at >= before))).scalar()
    last, _ = await _end(db, LAST)
    gone = (kept if kept is not None else last + 1) - 1
    end = (await db.execute(select(audit.c.hash).where(audit.c.seq == gone))).scalar_one_or_none()
    if end is None:
        return 0
    count = (await db.execute(delete(audit).where(audit.c.seq <= gone))).rowcount
    await _set_end(db, keys, FIRST, gone + 1, end)
    return count


async def bind_anew(db: AsyncConnection, keys: Keys) -> None:
    """Bind every line under the current key; one that was changed keeps its hash, and stays found out."""
    await in_turn(db, "audit")
    whole = [name for name in (FIRST, LAST) if not await _wrong_end(db, keys, name)]
    (first, before), (last, _) = await _end(db, FIRST), await _end(db, LAST)
    anew = start = keys.hash("audit", before.hex()) if before else NOTHING
    bound = list[dict[str, Any]]()
    async for row in _stream(db):
        unchanged = _is_whole(keys, before, row)
        anew = keys.hash(*_bound(anew, row._mapping, _reason(keys, row))) if unchanged else row.hash
        before = row.hash
        bound.append({"line": row.seq, "anew": anew})
    if bound:
        one = update(audit).where(audit.c.seq == bindparam("line")).values(hash=bindparam("anew"))
        await db.execute(one, bound)
    for name, seq, end in ((FIRST, first, start), (LAST, last, anew)):
        if name in whole:
            await _set_end(db, keys, name, seq, end)
