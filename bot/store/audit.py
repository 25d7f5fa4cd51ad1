"""The log of what staff did: each line is bound to all before it, and only the keys can bind one."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.access import audit, audit_ends

NOTHING = b""  # stands before the first line
FIRST, LAST = "first", "last"


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


async def note(db: AsyncConnection, keys: Keys, id: str, staff: str, deed: Deed, now: int) -> None:
    """Add a line, in the transaction that does what it tells of."""
    await _one_at_a_time(db)
    seq, before = await _end(db, LAST)
    row: dict[str, Any] = {
        "seq": seq + 1,
        "id": id,
        "at": now,
        "staff": staff,
        "act": deed.act,
        "kind": deed.kind,
        "object": object_of(deed.kind, deed.thing),
        "municipality": deed.municipality,
        "reason": None if deed.reason is None else keys.lock(deed.reason, "audit", "reason", id),
    }
    row["hash"] = keys.hash(*_bound(before, row, deed.reason))
    await db.execute(insert(audit), [row])
    if seq == 0:
        await _set_end(db, keys, FIRST, 1, NOTHING)
    await _set_end(db, keys, LAST, seq + 1, row["hash"])


async def _one_at_a_time(db: AsyncConnection) -> None:
    """Two processes may not both add line 7; a SQLite file has one writer as it is."""
    if db.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(zlib.crc32(b"audit"))))


def _bound(before: bytes, row: Any, reason: str | None) -> tuple[str, ...]:
    told = [row[name] for name in ("seq", "id", "at", "staff", "act", "kind", "object", "municipality")]
    return ("audit", before.hex(), json.dumps([*told, reason]))


async def _end(db: AsyncConnection, name: str) -> tuple[int, bytes]:
    row = (await db.execute(select(audit_ends).where(audit_ends.c.name == name))).first()
    return (row.seq, bytes(row.before)) if row else (0, NOTHING)


async def _set_end(db: AsyncConnection, keys: Keys, name: str, seq: int, before: bytes) -> None:
    values = {"seq": seq, "before": before, "hash": _seal(keys, name, seq, before)[0]}
    changed = await db.execute(update(audit_ends).where(audit_ends.c.name == name).values(**values))
    if not changed.rowcount:
        await db.execute(insert(audit_ends), [{"name": name, **values}])


def _seal(keys: Keys, name: str, seq: int, before: bytes) -> tuple[bytes, ...]:
    return keys.hashes("audit end", name, str(seq), before.hex())
