"""Erase a person: every table that holds anything of theirs is named here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import conversations, links, needs, outbox, red_flags, sendings, taken

# How each table with personal data is erased; a test fails when one is missing.
ERASED = {
    "conversations": "by id",
    "links": "by conversation",
    "sendings": "by conversation",
    "needs": "by conversation",
    "red_flags": "by conversation",
    "outbox": "by chat",
    "taken": "by chat; the keys of a channel hold no person and are forgotten by age",
}


async def erase(db: AsyncConnection, ids: Sequence[str]) -> None:
    """Erase conversations with all that belongs to them; call store.engine.erase_traces after the commit."""
    chats = [
        row.hash for row in await db.execute(select(links.c.hash).where(links.c.conversation_id.in_(ids)))
    ]
    if chats:
        await db.execute(delete(outbox).where(outbox.c.chat.in_(chats)))
        await db.execute(delete(taken).where(taken.c.source.in_(chats)))
    for table in (links, sendings, needs, red_flags):
        await db.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    await db.execute(delete(conversations).where(conversations.c.id.in_(ids)))


async def unsent_before(db: AsyncConnection, before: int) -> list[str]:
    """Conversations never sent, untouched since a time in ms; one with a red flag is a worker's to end."""
    flagged = exists().where(red_flags.c.conversation_id == conversations.c.id)
    query = select(conversations.c.id).where(
        conversations.c.sent_at.is_(None), conversations.c.changed_at < before, ~flagged
    )
    return [row.id for row in await db.execute(query)]


async def forget_old(db: AsyncConnection, *, keys_before: int, web_before: int, now: int) -> None:
    """Forget once-only keys, fetched replies and ties that have outlived their use; times in ms."""
    await db.execute(delete(taken).where(taken.c.at < keys_before))
    fetched = (outbox.c.address.is_(None), outbox.c.in_reply_to.isnot(None))
    await db.execute(delete(outbox).where(*fetched, outbox.c.created_at < web_before))
    await db.execute(delete(links).where(links.c.expires_at <= now))
