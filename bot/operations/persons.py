"""What a person may ask for all of: to see it, to take it along, to have it erased everywhere."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import BigInteger, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import outbox
from bot.clock import moment
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations.accounts import console
from bot.store import audit, conversations, erase, journal, queue, sealed
from bot.store.audit import Deed
from bot.store.crypto import Keys
from bot.store.engine import erase_traces, reading
from bot.store.tables.casework import case_changes, cases, drafts, letters, threads
from bot.store.tables.people import red_flags

VERSION = 1
AS_JSON = ("state", "body")  # what is stored as JSON: a conversation, a message
HASHED = "attester"  # the keyed hash that a conversation holds
# What staff wrote for each other goes out by a request about rights, read through by somebody: it may name
# others, or put who asks in danger where a parent or partner holds the phone. It is erased with all else.
OF_STAFF = (cases, case_changes, drafts)
# So does what staff do with a flag: that somebody was told of it would stand in the file. Of a worker the
# person knows the name they were told.
BY_STAFF = frozenset(
    [
        letters.c.worker,
        threads.c.worker,
        red_flags.c.owner,
        red_flags.c.owned_at,
        red_flags.c.kept,
        red_flags.c.handed_over_at,
    ]
)


class NoSuchPerson(Mistake):
    """The receipt opens nothing; the text says so."""


def digits(receipt: str) -> str:
    """A receipt as it is stored, however it was typed."""
    return "".join(each for each in receipt if each.isdigit())


async def take_along(db: AsyncConnection, keys: Keys, conversation_id: str) -> dict[str, Any]:
    """Everything that is kept of a person, opened, for them to read or take along.

    Every row that carries their key is there, table by table, but for what staff wrote for each other and who
    of them did what. Keyed hashes are left out: they say nothing to anybody and would only help to find the
    person.
    """
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    async for table, row in erase.held(db, conversation_id):
        if table not in OF_STAFF and not _waits(table, row):
            tables[table.name].append(_opened(keys, table, row))
    return {"version": VERSION, **tables}


def _waits(table: Table, row: dict[str, Any]) -> bool:
    """Whether it is a letter that its writer can still take back."""
    return table is letters and row["told_at"] is None


def _opened(keys: Keys, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        column.name: _value(keys, table, column.name, row)
        for column in table.columns
        if not column.info["hashed"] and not column.foreign_keys and column not in BY_STAFF
    }


def _value(keys: Keys, table: Table, name: str, row: dict[str, Any]) -> Any:
    column, value = table.c[name], row[name]
    if column.info["sealed"]:
        text = sealed.unlock(keys, table, name, row)
        return _without_hash(json.loads(text)) if text and name in AS_JSON else text
    is_time = isinstance(column.type, BigInteger) and not column.primary_key
    return moment(value).isoformat() if is_time and value is not None else value


def _without_hash(held: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in held.items() if key != HASHED}


def as_json(everything: dict[str, Any]) -> str:
    """The same as a person reads it, or carries it elsewhere."""
    return json.dumps(everything, ensure_ascii=False, indent=2)


async def found(db: AsyncConnection, keys: Keys, receipt: str) -> str:
    """The id of the conversation a receipt opens."""
    opened = await conversations.by_receipt(db, keys, digits(receipt))
    if opened is None:
        raise NoSuchPerson("this receipt opens nothing: look at the 16 digits again")
    return opened[0]


async def show(world: World, receipt: str) -> dict[str, Any]:
    """Everything that a receipt opens, for who runs Lytt; that they saw it is logged."""
    async with world.engine.begin() as db:
        id = await found(db, world.keys, receipt)
        await audit.note(db, console(world), Deed("show", "person", id))
        return await take_along(db, world.keys, id)


async def mine(world: World, channel: str, address: str) -> dict[str, Any] | None:
    """Everything of the person in a chat, for a channel to hand to them; None where nothing is known."""
    async with reading(world.engine) as db:
        chats = await conversations.load(db, world.keys, [(channel, address)], world.now())
        chat = chats.get((channel, address))
        return await take_along(db, world.keys, chat.held.id) if chat else None


async def as_file(world: World, channel: str, address: str) -> str | None:
    """The same as the text of a file."""
    held = await mine(world, channel, address)
    return as_json(held) if held else None


async def erase_all(world: World, receipt: str) -> None:
    """Erase what a receipt opens, down to the bytes, and note it where no backup can bring it back."""
    keys, now = world.keys, world.now()
    async with world.engine.begin() as db:
        ids = [await found(db, keys, receipt)]
        rows = await outbox.taking_back(db, keys, ids, now, world.new_id)
        await erase.erase(db, keys, ids, now)
        await queue.put(db, rows)
        await audit.note(db, console(world), Deed("erase", "person", ids[0]))
    if world.journal:
        await journal.write(world.engine, world.journal)
    await erase_traces(world.engine)
