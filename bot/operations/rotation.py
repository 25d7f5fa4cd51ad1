"""Change keys: what is encrypted is encrypted anew, and an old key goes when nothing needs it any more.

A keyed hash can only be made anew where its plain value is known. That of a chat with an address is; a
receipt, a code and a web session are known to their holders alone and stay under the key they were made
with. They are found through the fallbacks, so an old key must stay as long as one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import moment
from bot.operations.backup import KEPT_DAYS
from bot.store import audit, conversations, journal, outlived, sealed
from bot.store.crypto import Keys, add_key, read_keys, write_keys
from bot.store.engine import erase_traces, reading
from bot.store.tables.people import conversations as kept
from bot.store.tables.people import links, outbox, taken

SOME = 500
REPLACED = "key replaced: "


@dataclass(frozen=True, slots=True)
class Old:
    """A key that is not the current one, and why it must stay; no reason means that it can go."""

    id: bytes
    reasons: tuple[str, ...]


async def must_open(engine: AsyncEngine, keys: Keys) -> None:
    """Raise WrongKey where these keys do not open the oldest or the newest conversation."""
    async with reading(engine) as db:
        for order in (kept.c.changed_at, kept.c.changed_at.desc()):
            query = select(kept.c.id, kept.c.state).order_by(order).limit(1)
            for row in await db.execute(query):
                conversations.opened(keys, row.id, row.state)


# --- encrypt anew ---------------------------------------------------------------------------------


async def begin(engine: AsyncEngine, path: Path) -> tuple[Keys, int]:
    """Put a new key in front, unless the last change was cut off; how many values must be encrypted anew."""
    keys = read_keys(path)
    await must_open(engine, keys)
    left = await _left(engine, keys)
    if len(keys.ids) > 1 and left:
        return keys, left
    keys = add_key(path)
    return keys, await _left(engine, keys)


async def _left(engine: AsyncEngine, keys: Keys) -> int:
    async with reading(engine) as db:
        others = await sealed.under_other_keys(db, keys.ids[0])
    return sum(count for (column, _), count in others.items() if column.info["sealed"])


async def go_on(engine: AsyncEngine, keys: Keys, now: int, done: Callable[[int], None]) -> None:
    """Encrypt anew what is not under the current key; it may be killed and begun again at any point."""
    for column in sealed.columns("sealed"):
        work = _tied_anew if column.table is links else _sealed_anew
        while count := await work(engine, keys, column):
            done(count)
    async with engine.begin() as db:
        await audit.bind_anew(db, keys)
        marks = await outlived.marked(db)
        for id in keys.ids[1:]:
            if REPLACED + id.hex() not in marks:
                await outlived.mark(db, REPLACED + id.hex(), now)
    await erase_traces(engine)


async def _sealed_anew(engine: AsyncEngine, keys: Keys, column: Column[Any]) -> int:
    table, name = column.table, column.name
    assert isinstance(table, Table)  # a column of the schema stands in a table
    (key,) = table.primary_key
    async with engine.begin() as db:
        rows = await sealed.some_under_other_keys(db, column, keys.ids[0], SOME)
        anew = [{"row": row[key.name], "anew": _again(keys, table, name, row)} for row in rows]
        if anew:
            change = update(table).where(key == bindparam("row")).values({name: bindparam("anew")})
            await db.execute(change, anew)
    return len(rows)


def _again(keys: Keys, table: Table, name: str, row: Mapping[str, Any]) -> bytes:
    return keys.lock(sealed.unlock(keys, table, name, row) or "", *sealed.place(table, name, row))


async def _tied_anew(engine: AsyncEngine, keys: Keys, column: Column[Any]) -> int:
    """Chats whose address is known: their hash is made anew too, wherever it stands."""
    async with engine.begin() as db:
        rows = await sealed.some_under_other_keys(db, column, keys.ids[0], SOME)
        anew = [_tie(keys, row) for row in rows]
        if anew:
            both: dict[str, Any] = {"hash": bindparam("anew"), "address": bindparam("locked")}
            await db.execute(update(links).where(links.c.hash == bindparam("old")).values(both), anew)
            for chat in (outbox.c.chat, taken.c.source):
                change = update(chat.table).where(chat == bindparam("old")).values({chat: bindparam("anew")})
                await db.execute(change, [{"old": each["old"], "anew": each["anew"]} for each in anew])
    return len(rows)


def _tie(keys: Keys, row: Mapping[str, Any]) -> dict[str, bytes]:
    address = sealed.unlock(keys, links, "address", row) or ""
    anew = conversations.chat_hash(keys, row["channel"], address)
    locked = keys.lock(address, *sealed.place(links, "address", {"hash": anew}))
    return {"old": row["hash"], "anew": anew, "locked": locked}


# --- let go of old keys ---------------------------------------------------------------------------


async def finish(engine: AsyncEngine, path: Path, noted: Path, now: int) -> list[Old]:
    """Drop the old keys that nothing needs, and tell of each old key why it stays."""
    await journal.write(engine, noted)
    keys = read_keys(path)
    async with reading(engine) as db:
        old = [Old(id, tuple(await _reasons(db, keys, id, noted, now))) for id in keys.ids[1:]]
    unneeded = {each.id for each in old if not each.reasons}
    if unneeded:
        pairs = zip(keys.ids, keys.secrets, strict=True)
        write_keys(path, [secret for id, secret in pairs if id not in unneeded])
    return old


async def _reasons(db: AsyncConnection, keys: Keys, id: bytes, noted: Path, now: int) -> list[str]:
    others = await sealed.under_other_keys(db, keys.ids[0])
    rows = [
        f"{count} in {column.table.name}.{column.name}"
        for (column, key), count in others.items()
        if key == id
    ]
    today = moment(now).date()
    recent = today - timedelta(days=KEPT_DAYS)
    erasures = sum(hash.startswith(id) and day >= recent for hash, day in journal.read(noted).items())
    rows += [f"{erasures} in the erasure journal"] if erasures else []
    replaced = (await outlived.marked(db)).get(REPLACED + id.hex())
    if replaced is None:
        return [*rows, "its change is not done: lytt keys rotate"]
    until = moment(replaced).date() + timedelta(days=KEPT_DAYS)
    return [*rows, f"backups made with it, until {until}"] if today <= until else rows
