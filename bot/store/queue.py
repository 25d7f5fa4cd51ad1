"""Messages that wait to be delivered or fetched, and keys that are taken only once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import HOUR_MS
from bot.store.crypto import Keys, WrongKey
from bot.store.engine import in_turn
from bot.store.tables.people import failures, outbox, taken

CLAIM_MS = 30_000  # a message claimed by a process that died is tried again after this
UNOPENED = 9  # the priority of what no key opens: it holds up nothing, and waits for its key
ASIDE_MS = HOUR_MS


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox, opened."""

    seq: int
    chat: bytes
    address: str
    body: str
    tries: int
    in_reply_to: str | None
    id: str
    letter_id: str | None = None


def row(
    keys: Keys, id: str, chat: bytes, channel: str, address: str | None, body: str, now: int, **more: Any
) -> dict[str, Any]:
    """One message as it is stored; `more` may hold in_reply_to, priority and letter_id."""
    return {
        "id": id,
        "chat": chat,
        "channel": channel,
        "address": keys.lock(address, "outbox", "address", id) if address else None,
        "in_reply_to": more.get("in_reply_to"),
        "body": keys.lock(body, "outbox", "body", id),
        "letter_id": more.get("letter_id"),
        "priority": more.get("priority", 1),
        "next_try_at": now,
        "tries": 0,
        "created_at": now,
    }


async def put(db: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Queue messages in the transaction of what they answer."""
    if rows:
        await db.execute(insert(outbox), list(rows))


async def claim(
    db: AsyncConnection,
    keys: Keys,
    channel: str,
    now: int,
    limit: int,
    under_way: Collection[bytes] = (),
    *,
    lease: bool = True,
) -> tuple[list[Waiting], list[str]]:
    """Messages due now, grave first, in order within a chat, of no chat that is under way.

    With a lease other processes skip them for a while. Beside them the ids of those that no key opens.
    """
    # One claims after the other: else the second would pass what the first has locked and not yet leased,
    # and send a chat's later message before its earlier one.
    await in_turn(db, f"claim {channel}")
    earlier = outbox.alias()
    held_up = exists().where(
        earlier.c.chat == outbox.c.chat,
        earlier.c.seq < outbox.c.seq,
        earlier.c.next_try_at > now,
        earlier.c.priority != UNOPENED,
    )
    query = (
        select(outbox)
        .where(
            outbox.c.channel == channel,
            outbox.c.next_try_at <= now,
            outbox.c.chat.not_in(under_way),
            ~held_up,
        )
        .order_by(outbox.c.priority, outbox.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await db.execute(query)).all()
    if rows and lease:
        seqs = [found.seq for found in rows]
        await db.execute(update(outbox).where(outbox.c.seq.in_(seqs)).values(next_try_at=now + CLAIM_MS))
    opened = {found.id: _opened_or_none(keys, found) for found in rows}
    return [each for each in opened.values() if each], [id for id, each in opened.items() if each is None]


async def put_aside(db: AsyncConnection, ids: Sequence[str], now: int) -> None:
    """What no key opens is tried again in an hour, its key may come back; nobody waits for it meanwhile."""
    aside = update(outbox).where(outbox.c.id.in_(ids))
    await db.execute(aside.values(priority=UNOPENED, next_try_at=now + ASIDE_MS, tries=outbox.c.tries + 1))


async def unopened(db: AsyncConnection) -> int:
    """How many messages wait for a key that opens them."""
    query = select(func.count()).select_from(outbox).where(outbox.c.priority == UNOPENED)
    return int((await db.execute(query)).scalar_one())


def _opened_or_none(keys: Keys, found: Any) -> Waiting | None:
    try:
        return _opened(keys, found)
    except WrongKey:
        return None


def _opened(keys: Keys, found: Any) -> Waiting:
    address = keys.unlock(found.address, "outbox", "address", found.id) if found.address else ""
    body = keys.unlock(found.body, "outbox", "body", found.id)
    return Waiting(
        found.seq, found.chat, address, body, found.tries, found.in_reply_to, found.id, found.letter_id
    )


async def delivered(db: AsyncConnection, messages: Sequence[Waiting]) -> set[str]:
    """Forget messages that were delivered or can never be; the ids of those that were still queued."""
    if not messages:
        return set()
    gone = delete(outbox).where(_are(messages)).returning(outbox.c.id)
    return {row.id for row in await db.execute(gone)}


async def later(db: AsyncConnection, message: Waiting, at: int, *, tried: bool) -> None:
    """Try one message at a time, again if it was tried; those after it in the same chat wait for it."""
    tries = outbox.c.tries + int(tried)
    await db.execute(update(outbox).where(_are([message])).values(next_try_at=at, tries=tries))


def _are(messages: Sequence[Waiting]) -> ColumnElement[bool]:
    """Found by their place, known by their id: SQLite gives a place again once its row is erased."""
    return and_(
        outbox.c.seq.in_([each.seq for each in messages]), outbox.c.id.in_([each.id for each in messages])
    )


async def due_at(db: AsyncConnection, channel: str, now: int) -> int | None:
    """When the next message that is put off may be tried, in ms; what is due now waits for another."""
    query = select(func.min(outbox.c.next_try_at)).where(
        outbox.c.channel == channel, outbox.c.next_try_at > now
    )
    found: int | None = (await db.execute(query)).scalar()
    return found


async def drop_chats(db: AsyncConnection, chats: Sequence[bytes]) -> None:
    """Forget everything that waits for these chats."""
    await db.execute(delete(outbox).where(outbox.c.chat.in_(chats)))


async def drop_fetched(db: AsyncConnection, chats: Sequence[bytes]) -> None:
    """Forget what these chats could fetch again; what must still be brought to somebody stays."""
    await db.execute(delete(outbox).where(outbox.c.chat.in_(chats), outbox.c.address.is_(None)))


async def of_chat(db: AsyncConnection, keys: Keys, chats: Sequence[bytes], after: int = 0) -> list[Waiting]:
    """The messages kept for a chat that fetches them, oldest first."""
    query = select(outbox).where(outbox.c.chat.in_(chats), outbox.c.seq > after).order_by(outbox.c.seq)
    opened = (_opened_or_none(keys, found) for found in await db.execute(query))
    return [each for each in opened if each]


async def already(db: AsyncConnection, wanted: Sequence[tuple[bytes, str]]) -> set[tuple[bytes, str]]:
    """Which of these (source, key) were taken before."""
    query = select(taken.c.source, taken.c.key).where(tuple_(taken.c.source, taken.c.key).in_(wanted))
    return {(found.source, found.key) for found in await db.execute(query)}


async def take(db: AsyncConnection, keys: Sequence[tuple[bytes, str]], now: int) -> None:
    """Remember keys in the transaction of their effects, so that a repeat changes nothing."""
    if keys:
        await db.execute(insert(taken), [{"source": source, "key": key, "at": now} for source, key in keys])


async def give_up(db: AsyncConnection, id: str, channel: str, key: str, error: str, now: int) -> None:
    """Of an update that fails every time, keep its id and the class of the error alone."""
    await db.execute(
        insert(failures), [{"id": id, "channel": channel, "key": key, "error": error[:128], "at": now}]
    )
