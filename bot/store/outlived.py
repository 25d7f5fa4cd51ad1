"""What has outlived its use: rows by age, to be counted first and forgotten after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import DAY_MS, HOUR_MS
from bot.store import audit as log
from bot.store import erase
from bot.store import said as messages
from bot.store.crypto import Keys
from bot.store.tables.access import audit, rights_requests, sign_in_tries, staff_sessions
from bot.store.tables.casework import drafts, letters, threads
from bot.store.tables.funding import applications
from bot.store.tables.people import (
    alerts,
    attempts,
    conversations,
    failures,
    links,
    marks,
    outbox,
    red_flags,
    said,
    sendings,
    taken,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data: how long it is kept, counted from what, who says so, and how it goes.

    `due` tells which rows were last of use before a time. Those of `conversations` are erased with all
    that belongs to them, those with a `blanked` column keep the rest, others are deleted.
    """

    name: str
    kept_ms: int
    since: str
    source: str
    table: Table
    due: Callable[[int], ColumnElement[bool]]
    blanked: Column[Any] | None = None

    @property
    def lasting(self) -> bool:
        """Whether it is kept so long that erasing it too early would cost a person their answers."""
        return self.kept_ms > DAY_MS


def _unflagged() -> ColumnElement[bool]:
    """A conversation with a red flag is a worker's to end."""
    return ~exists().where(red_flags.c.conversation_id == conversations.c.id)


def _unsent(before: int) -> ColumnElement[bool]:
    return and_(conversations.c.sent_at.is_(None), conversations.c.changed_at < before, _unflagged())


def _answers(before: int) -> ColumnElement[bool]:
    old = and_(conversations.c.sent_at < before, conversations.c.changed_at < before)
    written = exists().where(letters.c.conversation_id == conversations.c.id, letters.c.written_at >= before)
    return and_(old, _unflagged(), ~written)


def _ties(asked: ColumnElement[bool]) -> Callable[[int], ColumnElement[bool]]:
    """Chats of those who wait for this much and no more, and were last here before a time."""

    def due(before: int) -> ColumnElement[bool]:
        return _of_sendings(asked, conversations.c.changed_at < before)

    return due


def _of_sendings(*asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """Chats of who sent this; a talk that is open keeps its chat, and so does a red flag."""
    talks = exists().where(threads.c.conversation_id == conversations.c.id, threads.c.ended_at.is_(None))
    over = (
        select(conversations.c.id)
        .join(sendings, sendings.c.conversation_id == conversations.c.id)
        .where(*asked, _unflagged(), ~talks)
    )
    return links.c.conversation_id.in_(over)


def _answered(before: int) -> ColumnElement[bool]:
    """Who asked for an answer, had one, and ended the talk."""
    ended = and_(threads.c.ended_at >= sendings.c.asked_at, threads.c.ended_at < before)
    return and_(
        sendings.c.answer.in_(ANSWERS),
        exists().where(threads.c.conversation_id == sendings.c.conversation_id, ended),
    )


def _told(before: int) -> ColumnElement[bool]:
    """Who asked what comes of it, and has seen what was decided."""
    seen = and_(letters.c.written_at >= sendings.c.asked_at, letters.c.shown_at < before)
    decided = and_(letters.c.conversation_id == sendings.c.conversation_id, letters.c.author == "decision")
    return and_(sendings.c.answer == "news", exists().where(decided, seen))


def _given(before: int) -> ColumnElement[bool]:
    """Chats of who got the last thing they asked for."""
    return _of_sendings(or_(_answered(before), _told(before)), ~sendings.c.ask_again)


ANSWERS = ("adult", "adult_hidden")
_WAITS = func.coalesce(sendings.c.answer, "no") != "no"  # for an answer, or for what comes of it
_NOTHING = and_(~_WAITS, ~sendings.c.ask_again)
_FOR_EVER = 2**62  # ms; whenever it was given
_ASKED_AGAIN = and_(or_(~_WAITS, _answered(_FOR_EVER), _told(_FOR_EVER)), sendings.c.ask_again)


def _fetched(before: int) -> ColumnElement[bool]:
    return and_(outbox.c.address.is_(None), outbox.c.in_reply_to.isnot(None), outbox.c.created_at < before)


# How long each kind is kept. [P] is a proposal: the municipality's officer decides.
KINDS = (
    Kind("unsent answers", 30 * DAY_MS, "last touched", "design.md", conversations, _unsent),
    Kind("sent answers", 365 * DAY_MS, "last sent or changed", "[P]", conversations, _answers),
    Kind(
        "chats of who asked for nothing more",
        30 * DAY_MS,
        "last touched",
        "duties.md 5 [P]",
        links,
        _ties(_NOTHING),
    ),
    Kind(
        "chats of who is asked again",
        200 * DAY_MS,
        "last touched",
        "design.md: half a year, and time to answer",
        links,
        _ties(_ASKED_AGAIN),
    ),
    Kind(
        "chats of who got what they asked for",
        DAY_MS,
        "the talk ended, or the decision seen",
        "design.md: cut then; a day to say one more thing",
        links,
        _given,
    ),
    Kind(
        "ties with an end",
        0,
        "their end",
        "design.md: the youngest path",
        links,
        lambda before: links.c.expires_at <= before,
    ),
    Kind(
        "replies to fetch again",
        DAY_MS,
        "queued",
        "docs/adr/0002-youngest-path.md",
        outbox,
        _fetched,
    ),
    Kind(
        "messages to take back",
        messages.KEPT_MS,
        "delivered",
        "duties.md T1: none older can be deleted",
        said,
        lambda before: said.c.said_at < before,
    ),
    Kind(
        "once-only keys",
        8 * DAY_MS,
        "taken",
        "telegram.md: repeats come for 24 h",
        taken,
        lambda before: taken.c.at < before,
    ),
    Kind(
        "red flags handed over",
        14 * DAY_MS,
        "handed over to the case system",
        "duties.md 5 [P]",
        red_flags,
        lambda before: red_flags.c.handed_over_at <= before,
    ),
    Kind(
        "drafts of answers",
        30 * DAY_MS,
        "last kept",
        "[P]",
        drafts,
        lambda before: drafts.c.changed_at < before,
    ),
    Kind("alerts", 30 * DAY_MS, "due", "[P]", alerts, lambda before: alerts.c.queued_at < before),
    Kind(
        "applications nobody sent",
        365 * DAY_MS,
        "last changed",
        "[P]: they hold an address of the applying body",
        applications,
        lambda before: and_(applications.c.sent_at.is_(None), applications.c.changed_at < before),
    ),
    Kind("failed updates", 30 * DAY_MS, "given up", "[P]", failures, lambda before: failures.c.at < before),
    # An hour below the limit of a day: a turn may come late, and an hour is counted from its beginning.
    Kind(
        "sources of sendings",
        22 * HOUR_MS,
        "sent",
        "duties.md 5: at most 24 h",
        sendings,
        lambda before: and_(sendings.c.source.isnot(None), sendings.c.sent_at < before),
        blanked=sendings.c.source,
    ),
    Kind(
        "log of what staff did",
        730 * DAY_MS,
        "written",
        "duties.md 5 [P]",
        audit,
        lambda before: audit.c.at < before,
    ),
    Kind(
        "requests that were answered",
        730 * DAY_MS,
        "answered",
        "[P]: as long as the log",
        rights_requests,
        lambda before: rights_requests.c.closed_at < before,
    ),
    Kind(
        "sessions of staff",
        8 * HOUR_MS,
        "signed in",
        "docs/operations.md",
        staff_sessions,
        lambda before: staff_sessions.c.started_at < before,
    ),
    Kind(
        "tries to sign in",
        22 * HOUR_MS,
        "the latest",
        "duties.md 5: at most 24 h",
        sign_in_tries,
        lambda before: sign_in_tries.c.at < before,
    ),
    Kind(
        "tries of a source",
        22 * HOUR_MS,
        "the hour they were counted in",
        "duties.md 5: at most 24 h",
        attempts,
        lambda before: attempts.c.at_hour < before // HOUR_MS,
    ),
)


async def count(db: AsyncConnection, kind: Kind, now: int) -> int:
    """How many rows of a kind are due."""
    query = select(func.count()).select_from(kind.table).where(kind.due(now - kind.kept_ms))
    return int((await db.execute(query)).scalar_one())


async def forget(db: AsyncConnection, keys: Keys, kind: Kind, now: int) -> int:
    """Forget the rows of a kind that are due; returns how many."""
    due = kind.due(now - kind.kept_ms)
    if kind.table is conversations:
        ids = [row.id for row in await db.execute(select(conversations.c.id).where(due))]
        await erase.erase(db, keys, ids, now)
        return len(ids)
    if kind.table is audit:
        return await log.forget(db, keys, now - kind.kept_ms)
    if kind.blanked is not None:
        return (await db.execute(update(kind.table).where(due).values({kind.blanked: None}))).rowcount
    return (await db.execute(delete(kind.table).where(due))).rowcount


async def lift(db: AsyncConnection, low: int, high: int, now: int) -> None:
    """What was stamped by a clock that stood too low is as if it happened now; times in ms."""
    for stamp in (conversations.c.changed_at, conversations.c.sent_at):
        await db.execute(update(conversations).where(stamp.between(low, high)).values({stamp: now}))


async def marked(db: AsyncConnection) -> dict[str, int]:
    """Every mark and its time, in ms."""
    return {row.name: row.at for row in await db.execute(select(marks))}


async def mark(db: AsyncConnection, name: str, at: int | None) -> None:
    """Set a mark, or take it away where there is no time."""
    await db.execute(delete(marks).where(marks.c.name == name))
    if at is not None:
        await db.execute(marks.insert(), [{"name": name, "at": at}])
