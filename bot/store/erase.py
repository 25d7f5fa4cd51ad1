"""Erase a person: every table that holds anything of theirs is named here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import flags
from bot.store.crypto import Keys
from bot.store.tables.base import metadata
from bot.store.tables.casework import case_changes, cases, drafts, letters, threads
from bot.store.tables.people import (
    conversations,
    erased,
    links,
    needs,
    outbox,
    red_flags,
    said,
    sendings,
    taken,
)

# Each table that holds anything of a person, with the column that carries the person's key, in the
# order they are erased; a test fails when one is missing.
HELD: dict[Table, Column[Any]] = {
    outbox: outbox.c.chat,
    taken: taken.c.source,  # a channel's own keys hold no person and are forgotten by age
    said: said.c.chat,
    links: links.c.conversation_id,
    letters: letters.c.conversation_id,
    threads: threads.c.conversation_id,
    drafts: drafts.c.conversation_id,
    sendings: sendings.c.conversation_id,
    needs: needs.c.conversation_id,
    case_changes: case_changes.c.conversation_id,
    cases: cases.c.conversation_id,
    red_flags: red_flags.c.conversation_id,
    conversations: conversations.c.id,
}
BY_CHAT = (outbox, taken, said)
SOME = 500  # conversations in one statement: databases take only so many values


async def erase(db: AsyncConnection, keys: Keys, ids: Sequence[str], now: int) -> None:
    """Erase conversations for good; after the commit call `journal.write` and `engine.erase_traces`.

    What was erased is noted in the same transaction, so that it can not be forgotten that it was.
    """
    if not ids:
        return
    await remove(db, ids)
    await db.execute(insert(erased), [{"hash": erased_hashes(keys, id)[0], "at": now} for id in ids])


async def remove(db: AsyncConnection, ids: Sequence[str]) -> None:
    """Delete every row of these conversations, and what waits for their chats; a red flag only loses them."""
    for first in range(0, len(ids), SOME):
        some = ids[first : first + SOME]
        chats = await chats_of(db, some)
        await flags.let_go(db, some)
        for table, person in HELD.items():
            await db.execute(delete(table).where(person.in_(chats if table in BY_CHAT else some)))


async def chats_of(db: AsyncConnection, ids: Sequence[str]) -> list[bytes]:
    """The hashes of the chats that are tied to conversations."""
    query = select(links.c.hash).where(links.c.conversation_id.in_(ids))
    return [row.hash for row in await db.execute(query)]


async def held(db: AsyncConnection, id: str) -> AsyncIterator[tuple[Table, dict[str, Any]]]:
    """Every row that carries a person's key, table by table."""
    chats = await chats_of(db, [id])
    for table in metadata.sorted_tables:
        if table in HELD:
            wanted = chats if table in BY_CHAT else [id]
            query = select(table).where(HELD[table].in_(wanted)).order_by(*table.primary_key)
            for row in await db.execute(query):
                yield table, dict(row._mapping)


def erased_hashes(keys: Keys, id: str) -> tuple[bytes, ...]:
    """How the journal names a conversation, under each key."""
    return keys.hashes("erased", id)
