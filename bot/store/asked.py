"""Who asked to hear more: what comes of it, or the same question again in half a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.casework import cases, letters, threads
from bot.store.tables.people import links, needs, sendings

WANTING = ("adult", "adult_hidden", "news")  # what "answer" says of who wants to hear from us


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asked to hear more, and the language they told it in."""

    conversation_id: str
    language: str
    answer: str | None


async def for_news(
    db: AsyncConnection, municipality: str, categories: Collection[str], news: str
) -> list[Asking]:
    """Who has such a need, wants to hear, and was not told this; a likely double is left out."""
    query = select(sendings.c.conversation_id, sendings.c.language, sendings.c.answer).where(
        sendings.c.municipality == municipality,
        sendings.c.answer.in_(WANTING),
        exists().where(
            needs.c.conversation_id == sendings.c.conversation_id, needs.c.category.in_(categories)
        ),
        ~exists().where(letters.c.conversation_id == sendings.c.conversation_id, letters.c.news == news),
        ~exists().where(
            cases.c.conversation_id == sendings.c.conversation_id, cases.c.duplicate_of.isnot(None)
        ),
    )
    return [Asking(*row) for row in await db.execute(query.order_by(sendings.c.conversation_id))]


async def again(db: AsyncConnection, sent_before: int, now: int, limit: int) -> list[Asking]:
    """Who asked to be asked again, sent it before a time, was not asked yet, and can be met in a chat.

    Nobody is asked in the middle of a talk with a worker.
    """
    live = or_(links.c.expires_at.is_(None), links.c.expires_at > now)
    mine = links.c.conversation_id == sendings.c.conversation_id
    talks = threads.c.conversation_id == sendings.c.conversation_id
    query = select(sendings.c.conversation_id, sendings.c.language, sendings.c.answer).where(
        sendings.c.ask_again,
        sendings.c.asked_again_at.is_(None),
        sendings.c.sent_at < sent_before,
        exists().where(mine, links.c.unreachable.is_(False), live),
        ~exists().where(talks, threads.c.ended_at.is_(None)),
    )
    query = query.order_by(sendings.c.sent_at).limit(limit).with_for_update(skip_locked=True)
    return [Asking(*row) for row in await db.execute(query)]


async def mark_asked_again(db: AsyncConnection, conversation_ids: Sequence[str], now: int) -> None:
    """They were asked again, once."""
    mine = sendings.c.conversation_id.in_(conversation_ids)
    await db.execute(update(sendings).where(mine).values(asked_again_at=now))
