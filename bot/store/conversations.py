"""Conversations and the chats they are tied to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.people import conversations, links
from dialogs.model import Conversation


@dataclass(slots=True)
class Held:
    """A conversation in hand during one transaction."""

    id: str
    conversation: Conversation
    new: bool = False
    changed: bool = False


@dataclass(slots=True)
class Chat:
    """A chat in hand, and the conversation it is tied to; two chats may share one."""

    hash: bytes
    channel: str
    address: str
    held: Held
    new: bool = False
    unreachable: bool = False
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """A chat a person can be met in; it has an address where we push to it."""

    chat: bytes
    channel: str
    conversation_id: str
    address: str | None


def chat_hash(keys: Keys, channel: str, address: str) -> bytes:
    """The keyed hash a chat is found by."""
    return keys.hash("chat", channel, address)


def chat_hashes(keys: Keys, channel: str, address: str) -> tuple[bytes, ...]:
    """The same under every key, for chats tied before a rotation."""
    return keys.hashes("chat", channel, address)


async def load(
    db: AsyncConnection, keys: Keys, chats: Sequence[tuple[str, str]], now: int
) -> dict[tuple[str, str], Chat]:
    """The conversations of these chats (channel, address); each is locked against other processes."""
    wanted = {hash: chat for chat in chats for hash in chat_hashes(keys, *chat)}
    query = (
        select(links.c.hash, links.c.unreachable, conversations.c.id, conversations.c.state)
        .join(conversations, conversations.c.id == links.c.conversation_id)
        .where(links.c.hash.in_(list(wanted)), or_(links.c.expires_at.is_(None), links.c.expires_at > now))
        .order_by(conversations.c.id)  # every process locks in the same order, so that none waits in a ring
        .with_for_update()
    )
    found: dict[tuple[str, str], Chat] = {}
    helds: dict[str, Held] = {}
    for row in await db.execute(query):
        held = helds.setdefault(row.id, Held(row.id, opened(keys, row.id, row.state)))
        found[wanted[row.hash]] = Chat(row.hash, *wanted[row.hash], held, unreachable=row.unreachable)
    return found


def opened(keys: Keys, id: str, state: bytes) -> Conversation:
    """The conversation in an encrypted state."""
    return Conversation.model_validate_json(keys.unlock(state, "conversations", "state", id))


def closed(keys: Keys, held: Held) -> bytes:
    """The state to store."""
    return keys.lock(held.conversation.model_dump_json(), "conversations", "state", held.id)


async def unsent(db: AsyncConnection, keys: Keys) -> AsyncIterator[Conversation]:
    """Every conversation that was never sent."""
    query = select(conversations.c.id, conversations.c.state).where(conversations.c.sent_at.is_(None))
    async for row in await db.stream(query):
        yield opened(keys, row.id, row.state)


async def is_tied(db: AsyncConnection, hashes: Sequence[bytes], now: int) -> bool:
    """Whether a chat, by any of its hashes, still belongs to a conversation."""
    live = or_(links.c.expires_at.is_(None), links.c.expires_at > now)
    query = select(links.c.hash).where(links.c.hash.in_(hashes), live).limit(1)
    return (await db.execute(query)).first() is not None


async def by_receipt(db: AsyncConnection, keys: Keys, receipt: str) -> tuple[str, Conversation] | None:
    """The conversation a receipt opens. A miss asks the same of the database as a hit."""
    hashes = keys.hashes("receipt", receipt)
    query = select(conversations.c.id, conversations.c.state).where(conversations.c.receipt_hash.in_(hashes))
    row = (await db.execute(query.with_for_update())).first()
    return (row.id, opened(keys, row.id, row.state)) if row else None


async def held(db: AsyncConnection, keys: Keys, id: str) -> Held | None:
    """One conversation, locked against other processes; None where it is gone."""
    query = select(conversations.c.id, conversations.c.state).where(conversations.c.id == id)
    row = (await db.execute(query.with_for_update())).first()
    return Held(row.id, opened(keys, row.id, row.state)) if row else None


async def language_of(db: AsyncConnection, keys: Keys, id: str) -> str | None:
    """The language that somebody talks with Lytt in, and so most likely writes; None where they are gone."""
    state = (await db.execute(select(conversations.c.state).where(conversations.c.id == id))).scalar()
    return opened(keys, id, state).language if state else None


async def reachable(db: AsyncConnection, keys: Keys, ids: Sequence[str], now: int) -> list[Tie]:
    """The chats of these conversations in which somebody can be met now."""
    live = or_(links.c.expires_at.is_(None), links.c.expires_at > now)
    query = select(links).where(links.c.conversation_id.in_(ids), links.c.unreachable.is_(False), live)
    return [_tie(keys, row) for row in await db.execute(query.order_by(links.c.created_at, links.c.hash))]


def _tie(keys: Keys, row: Row[Any]) -> Tie:
    address = keys.unlock(row.address, "links", "address", row.hash.hex()) if row.address else None
    return Tie(row.hash, row.channel, row.conversation_id, address)


async def restate(db: AsyncConnection, keys: Keys, held: Held) -> None:
    """Write what somebody else than the person changed: they were not here, so the time they were stays."""
    await db.execute(
        update(conversations).where(conversations.c.id == held.id).values(state=closed(keys, held))
    )


async def save(db: AsyncConnection, keys: Keys, helds: Iterable[Held], now: int) -> None:
    """Write new and changed conversations."""
    every = list(helds)
    new = [_row(keys, held, now) | {"created_at": now} for held in every if held.new]
    old = [
        {"held_id": held.id, "new_state": closed(keys, held), "now": now}
        for held in every
        if held.changed and not held.new
    ]
    if new:
        await db.execute(insert(conversations), new)
    if old:
        await db.execute(
            update(conversations)
            .where(conversations.c.id == bindparam("held_id"))
            .values(state=bindparam("new_state"), changed_at=bindparam("now")),
            old,
        )


def _row(keys: Keys, held: Held, now: int) -> dict[str, object]:
    return {
        "id": held.id,
        "municipality": held.conversation.municipality,
        "state": closed(keys, held),
        "receipt_hash": None,
        "changed_at": now,
        "sent_at": None,
    }


async def link(db: AsyncConnection, keys: Keys, chats: Iterable[Chat], now: int, *, pushed: set[str]) -> None:
    """Tie chats to conversations; the address itself is kept only where we must push to it."""
    rows = [
        {
            "hash": chat.hash,
            "conversation_id": chat.held.id,
            "channel": chat.channel,
            "address": _address(keys, chat) if chat.channel in pushed else None,
            "unreachable": False,
            "created_at": now,
            "expires_at": chat.expires_at,
        }
        for chat in chats
    ]
    if rows:
        await db.execute(insert(links), rows)


def _address(keys: Keys, chat: Chat) -> bytes:
    return keys.lock(chat.address, "links", "address", chat.hash.hex())


async def cut(db: AsyncConnection, chats: Sequence[bytes]) -> None:
    """Cut the ties between chats and their conversations."""
    await db.execute(delete(links).where(links.c.hash.in_(chats)))


async def cut_all(db: AsyncConnection, conversation_ids: Sequence[str]) -> None:
    """Cut every tie to these conversations, whichever channel it came by."""
    await db.execute(delete(links).where(links.c.conversation_id.in_(conversation_ids)))


async def mark_reachable(db: AsyncConnection, chats: Sequence[bytes], *, reachable: bool) -> None:
    """Remember that a person blocked us, or came back."""
    await db.execute(update(links).where(links.c.hash.in_(chats)).values(unreachable=not reachable))


async def keep_receipts(db: AsyncConnection, keys: Keys, receipts: Sequence[tuple[str, str]]) -> None:
    """Store the keyed hash of each conversation's receipt; the number itself is only shown."""
    if receipts:
        of_one = update(conversations).where(conversations.c.id == bindparam("of"))
        hashed = [{"of": id, "receipt_hash": keys.hash("receipt", receipt)} for id, receipt in receipts]
        await db.execute(of_one, hashed)


async def keep_sent(db: AsyncConnection, ids: Sequence[str], now: int) -> None:
    """Remember when conversations were last sent."""
    await db.execute(update(conversations).where(conversations.c.id.in_(ids)).values(sent_at=now))
