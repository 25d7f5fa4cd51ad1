"""The numbers of messages that stay in a person's own app, kept for as long as they can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import conversations, queue
from bot.store.crypto import Keys
from bot.store.tables.people import links, said

KEPT_MS = 48 * 3_600_000  # Telegram deletes nothing older; duties.md T1


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What a chat still shows of what was erased."""

    chat: bytes
    channel: str
    address: str
    messages: tuple[str, ...]


async def keep(db: AsyncConnection, told: Sequence[tuple[bytes, str, int]]) -> None:
    """Remember messages with their chat and time, in the transaction that marks them delivered."""
    if told:
        rows = [{"chat": chat, "message": message, "said_at": at} for chat, message, at in told]
        await db.execute(insert(said), rows)


async def take(db: AsyncConnection, keys: Keys, conversation_ids: Sequence[str], now: int) -> list[Unsaid]:
    """What can be taken back in the chats of these conversations; it is forgotten here, as what waits is.

    What waits goes first: another process that is just marking one of them as said is waited for.
    """
    pushed = select(links).where(links.c.conversation_id.in_(conversation_ids), links.c.address.isnot(None))
    chats = (await db.execute(pushed)).all()
    await queue.drop_chats(db, [each.hash for each in chats])
    return [unsaid for each in chats if (unsaid := await _of_chat(db, keys, each, now)).messages]


async def _of_chat(db: AsyncConnection, keys: Keys, link: Row[Any], now: int) -> Unsaid:
    address = keys.unlock(link.address, "links", "address", link.hash.hex())
    hashes = conversations.chat_hashes(keys, link.channel, address)
    gone = delete(said).where(said.c.chat.in_(hashes)).returning(said.c.seq, said.c.message, said.c.said_at)
    rows = sorted((row.seq, row.message) for row in await db.execute(gone) if row.said_at >= now - KEPT_MS)
    return Unsaid(link.hash, link.channel, address, tuple(message for _, message in rows))
