"""The erasure journal: what was erased, in a file outside the database and its backups.

A line is a day and the keyed hash of a conversation's id. The hash is first stored in the transaction that
erases, and moved to the file after the commit: a crash before the commit leaves nothing erased and nothing
noted, one after it leaves the note in the database, and the next start moves it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import moment
from bot.store import erase
from bot.store.crypto import Keys, sync_folder
from bot.store.engine import erase_traces
from bot.store.tables.people import conversations, erased


async def write(engine: AsyncEngine, path: Path) -> None:
    """Move what was noted to the file; returns when it is safe there."""
    async with engine.begin() as db:
        rows = (await db.execute(select(erased).order_by(erased.c.at))).all()
        if not rows:
            return
        await asyncio.to_thread(append, path, [_line(row.hash, row.at) for row in rows])
        await db.execute(
            delete(erased).where(erased.c.hash == bindparam("noted")), [{"noted": row.hash} for row in rows]
        )


def _line(hash: bytes, at: int) -> str:
    return f"{moment(at).date()} {hash.hex()}\n"


def append(path: Path, lines: Iterable[str]) -> None:
    """Add lines in one write; it begins anew after a line that a crash cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab+") as file:
        size = file.seek(0, os.SEEK_END)
        torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write(("\n" if torn else "").encode() + "".join(lines).encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read(path: Path) -> dict[bytes, date]:
    """What the journal names, each with the latest day it was erased; a torn line is none."""
    found: dict[bytes, date] = {}
    for line in path.read_text("ascii", "replace").splitlines() if path.exists() else ():
        day, _, hash = line.partition(" ")
        try:
            found[bytes.fromhex(hash)] = date.fromisoformat(day)
        except ValueError:
            continue
    return found


async def apply(engine: AsyncEngine, keys: Keys, path: Path) -> int:
    """Erase again whatever a restored backup brought back; returns how many conversations that was."""
    await write(engine, path)
    names = await asyncio.to_thread(read, path)
    if not names:
        return 0
    async with engine.begin() as db:
        back = await _named(db, keys, names)
        await erase.remove(db, back)
    if back:
        await erase_traces(engine)
    return len(back)


async def _named(db: AsyncConnection, keys: Keys, names: dict[bytes, date]) -> list[str]:
    """The conversations in this database that the journal says are erased."""
    ids = [row.id for row in await db.execute(select(conversations.c.id))]
    return [id for id in ids if any(hash in names for hash in erase.erased_hashes(keys, id))]
