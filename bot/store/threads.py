"""The talk between a worker and a person: its letters, who reads them, and what is not yet sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.casework import drafts, letters, threads
from bot.store.tables.people import outbox
from dialogs.model import Letter

Author = Literal["worker", "person", "news", "decision"]


@dataclass(frozen=True, slots=True)
class Thread:
    """A talk as staff see it; times in ms."""

    conversation_id: str
    municipality: str
    worker: str
    opened_at: int
    said_at: int | None
    seen_at: int | None
    ended_at: int | None

    @property
    def unread(self) -> bool:
        """Whether the person did something that no worker has looked at."""
        return max(self.said_at or 0, self.ended_at or 0) > (self.seen_at or 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter with all that is known of it; times in ms."""

    id: str
    conversation_id: str
    author: Author
    name: str
    words: str
    written_at: int
    due_at: int
    worker: str | None = None
    news: str | None = None
    told_at: int | None = None
    shown_at: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A letter whose time has come, and whom it is for."""

    id: str
    conversation_id: str


# --- letters --------------------------------------------------------------------------------------


async def put(db: AsyncConnection, keys: Keys, many: Sequence[Kept]) -> None:
    """Keep letters, each encrypted."""
    if many:
        await db.execute(insert(letters), [_row(keys, each) for each in many])


def _row(keys: Keys, letter: Kept) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(letter, name) for name in Kept.__slots__}
    return row | {"words": keys.lock(letter.words, "letters", "words", letter.id)}


def _opened(keys: Keys, row: Any) -> Kept:
    held = {name: row._mapping[name] for name in Kept.__slots__}
    return Kept(**held | {"words": keys.unlock(row.words, "letters", "words", row.id)})


async def of(db: AsyncConnection, keys: Keys, conversation_id: str) -> list[Kept]:
    """Every letter of a person, the oldest first; those that wait for their time too."""
    mine = select(letters).where(letters.c.conversation_id == conversation_id)
    rows = await db.execute(mine.order_by(letters.c.written_at, letters.c.id))
    return [_opened(keys, row) for row in rows]


async def read(db: AsyncConnection, keys: Keys, id: str) -> Kept | None:
    """One letter; it is held until the transaction ends, so that it is told once."""
    row = (await db.execute(select(letters).where(letters.c.id == id).with_for_update())).first()
    return _opened(keys, row) if row else None


def _under_way() -> ColumnElement[bool]:
    """A chat is about to show it, or can fetch it."""
    return exists().where(outbox.c.letter_id == letters.c.id)


async def told(db: AsyncConnection, keys: Keys, conversation_id: str) -> tuple[Letter, ...]:
    """What was written, as the dialogue tells it; a letter waits while no chat has it and nobody saw it."""
    waits = and_(letters.c.author != "person", letters.c.shown_at.is_(None), ~_under_way())
    query = select(letters, waits.label("waits")).where(
        letters.c.conversation_id == conversation_id, letters.c.told_at.isnot(None)
    )
    return tuple(
        Letter(kept.id, kept.author, kept.name, kept.words, waiting=bool(row.waits))
        for row in await db.execute(query.order_by(letters.c.written_at, letters.c.id))
        for kept in (_opened(keys, row),)
    )


async def due(db: AsyncConnection, now: int, limit: int) -> list[Due]:
    """Letters whose time has come and that nobody was told of."""
    query = select(letters.c.id, letters.c.conversation_id).where(
        letters.c.told_at.is_(None), letters.c.due_at <= now
    )
    rows = await db.execute(query.order_by(letters.c.due_at, letters.c.id).limit(limit))
    return [Due(*row) for row in rows]


async def mark_told(db: AsyncConnection, id: str, now: int) -> None:
    """It lies where the person finds it."""
    await db.execute(update(letters).where(letters.c.id == id).values(told_at=now))


async def mark_shown(db: AsyncConnection, ids: Collection[str], now: int) -> None:
    """The person's app or page has them; the first time counts."""
    if ids:
        seen = update(letters).where(letters.c.id.in_(ids), letters.c.shown_at.is_(None))
        await db.execute(seen.values(shown_at=now))


async def unshown(db: AsyncConnection, ids: Collection[str]) -> list[str]:
    """Which of these nobody has fetched yet."""
    if not ids:
        return []
    query = select(letters.c.id).where(letters.c.id.in_(ids), letters.c.shown_at.is_(None))
    return list(await db.scalars(query))


async def withdraw(db: AsyncConnection, conversation_id: str, id: str) -> bool:
    """Take back a letter that still waits for its time; False where the person was told of it."""
    mine = and_(letters.c.id == id, letters.c.conversation_id == conversation_id)
    gone = await db.execute(delete(letters).where(mine, letters.c.told_at.is_(None)))
    return gone.rowcount > 0


# --- the talk -------------------------------------------------------------------------------------


async def thread(db: AsyncConnection, conversation_id: str) -> Thread | None:
    """The talk with a person, open or ended."""
    query = select(threads).where(threads.c.conversation_id == conversation_id)
    row = (await db.execute(query)).first()
    return Thread(*row) if row else None


async def open_thread(
    db: AsyncConnection, conversation_id: str, municipality: str, worker: str, now: int
) -> None:
    """A worker writes: the talk is open, for the first time or again."""
    mine = threads.c.conversation_id == conversation_id
    changed = await db.execute(update(threads).where(mine).values(worker=worker, ended_at=None))
    if changed.rowcount == 0:
        row = {"conversation_id": conversation_id, "municipality": municipality, "worker": worker}
        await db.execute(insert(threads), [row | {"opened_at": now}])


async def pass_on(db: AsyncConnection, conversation_id: str, worker: str) -> None:
    """Somebody has been given the case: what the person answers is theirs to look at."""
    mine = threads.c.conversation_id == conversation_id
    await db.execute(update(threads).where(mine).values(worker=worker))


async def said(db: AsyncConnection, keys: Keys, id: str, conversation_id: str, words: str, now: int) -> None:
    """The person wrote to the worker; the words are masked."""
    letter = Kept(id, conversation_id, "person", "", words, written_at=now, due_at=now, told_at=now)
    await put(db, keys, [letter])
    mine = threads.c.conversation_id == conversation_id
    await db.execute(update(threads).where(mine).values(said_at=now))


async def end(db: AsyncConnection, conversation_id: str, now: int) -> None:
    """The person ended the talk."""
    mine = and_(threads.c.conversation_id == conversation_id, threads.c.ended_at.is_(None))
    await db.execute(update(threads).where(mine).values(ended_at=now))


async def mark_seen(db: AsyncConnection, conversation_id: str, now: int) -> None:
    """A worker has looked at what the person wrote."""
    await db.execute(update(threads).where(threads.c.conversation_id == conversation_id).values(seen_at=now))


async def unread(
    db: AsyncConnection, municipalities: Sequence[str], worker: str | None = None
) -> list[Thread]:
    """Talks in which the person did something no worker has looked at, the oldest first; of one worker."""
    news = func.coalesce(threads.c.seen_at, 0)
    query = select(threads).where(
        threads.c.municipality.in_(municipalities),
        or_(threads.c.said_at > news, threads.c.ended_at > news),
    )
    if worker is not None:
        query = query.where(threads.c.worker == worker)
    return [Thread(*row) for row in await db.execute(query.order_by(threads.c.said_at))]


async def newest_said(db: AsyncConnection, municipality: str) -> int | None:
    """When a person last wrote to a worker."""
    query = select(func.max(threads.c.said_at)).where(threads.c.municipality == municipality)
    newest: int | None = (await db.execute(query)).scalar_one()
    return newest


async def move(db: AsyncConnection, before: str, after: str) -> None:
    """What was written to a conversation comes along to the one it is joined with."""
    mine = letters.c.conversation_id == before
    await db.execute(update(letters).where(mine).values(conversation_id=after))
    if await thread(db, after) is None:
        here = threads.c.conversation_id == before
        await db.execute(update(threads).where(here).values(conversation_id=after))


# --- drafts ---------------------------------------------------------------------------------------


async def draft(db: AsyncConnection, keys: Keys, conversation_id: str, worker: str) -> str:
    """What a worker has begun to write to a person; empty where nothing is."""
    row = (await db.execute(select(drafts).where(_draft_of(conversation_id, worker)))).first()
    return keys.unlock(row.words, "drafts", "words", row.id) if row else ""


async def keep_draft(
    db: AsyncConnection, keys: Keys, id: str, conversation_id: str, worker: str, words: str, now: int
) -> None:
    """Keep what a worker has written so far; nothing written is nothing kept."""
    await db.execute(delete(drafts).where(_draft_of(conversation_id, worker)))
    if words.strip():
        row = {"id": id, "conversation_id": conversation_id, "worker": worker, "changed_at": now}
        await db.execute(insert(drafts), [row | {"words": keys.lock(words, "drafts", "words", id)}])


def _draft_of(conversation_id: str, worker: str) -> ColumnElement[bool]:
    return and_(drafts.c.conversation_id == conversation_id, drafts.c.worker == worker)
