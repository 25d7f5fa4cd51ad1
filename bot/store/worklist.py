"""Who has sent something, as staff see them in a list: by what they asked for, never by what they wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.casework import case_changes, cases
from bot.store.tables.people import needs, sendings

NEW, MINE, HANDLED, ALL = "new", "mine", "handled", "all"
STATES = (NEW, MINE, HANDLED, ALL)
ANSWERS = ("adult", "adult_hidden")
AT_ONCE = 5_000  # needs opened in one turn of a search; the loop is free between two turns
ALIKE_MS = 3 * 86_400_000
ALIKE_LOOKED_AT, ALIKE_SHOWN = 200, 5

Mark: TypeAlias = tuple[int, str]
"""Where a page ended: when its last one was sent, and whose it was."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; what is empty asks nothing. `until` is exclusive, times in ms."""

    municipalities: tuple[str, ...]
    state: str = NEW
    worker: str = ""
    categories: tuple[str, ...] = ()
    district: str = ""
    age_band: str = ""
    group: str = ""
    channel: str = ""
    answer: bool = False
    flagged: bool = False
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """One who has sent, and how far staff have come with them."""

    id: str
    municipality: str
    channel: str
    language: str
    target_group: str | None
    age_band: str | None
    children: str | None
    district: str | None
    money: str | None
    answer: str | None
    answer_time: str | None
    ask_again: bool
    attested: bool
    assisted: bool
    interpreter: bool
    flagged: bool
    repeated: bool
    sent_at: int
    version: int
    worker: str | None
    contact: str | None
    handled: bool
    duplicate_of: str | None
    categories: tuple[str, ...]

    @property
    def mark(self) -> Mark:
        """Where a page that ends with this one ends."""
        return self.sent_at, self.id


_HANDLED = func.coalesce(cases.c.handled_through, 0) >= sendings.c.sent_at
_FROM = sendings.outerjoin(cases, cases.c.conversation_id == sendings.c.conversation_id)


async def page(db: AsyncConnection, wanted: Wanted, after: Mark | None, limit: int) -> list[Sender]:
    """Some of those asked for, from where the page before ended: who waits longest first, else the newest."""
    query = _ordered(_selected().where(*_asked(wanted)), wanted, after).limit(limit)
    return await _with_needs(db, (await db.execute(query)).all())


async def count(db: AsyncConnection, wanted: Wanted) -> int:
    """How many a list holds in all."""
    query = select(func.count()).select_from(_FROM).where(*_asked(wanted))
    return int((await db.execute(query)).scalar_one())


async def newest(db: AsyncConnection, municipalities: Sequence[str]) -> int:
    """When something was last sent here, in ms; 0 where nothing was."""
    query = select(func.max(sendings.c.sent_at)).where(sendings.c.municipality.in_(municipalities))
    return int((await db.execute(query)).scalar_one() or 0)


async def one(db: AsyncConnection, id: str) -> Sender | None:
    """One who has sent; None where nothing is sent or all was erased."""
    found = (await db.execute(_selected().where(sendings.c.conversation_id == id))).all()
    return next(iter(await _with_needs(db, found)), None)


async def some(db: AsyncConnection, ids: Sequence[str]) -> list[Sender]:
    """These, in the order they sent."""
    query = _selected().where(sendings.c.conversation_id.in_(ids)).order_by(sendings.c.sent_at)
    return await _with_needs(db, (await db.execute(query)).all())


async def alike(db: AsyncConnection, sender: Sender) -> list[Sender]:
    """Others who may be the same person: the same about them, asking for the same, within a few days."""
    same = [
        column == value if value is not None else column.is_(None)
        for column, value in (
            (sendings.c.municipality, sender.municipality),
            (sendings.c.target_group, sender.target_group),
            (sendings.c.age_band, sender.age_band),
            (sendings.c.district, sender.district),
        )
    ]
    near = sendings.c.sent_at.between(sender.sent_at - ALIKE_MS, sender.sent_at + ALIKE_MS)
    other = and_(sendings.c.conversation_id != sender.id, cases.c.duplicate_of.is_(None))
    query = _selected().where(*same, near, other).order_by(sendings.c.sent_at.desc()).limit(ALIKE_LOOKED_AT)
    found = await _with_needs(db, (await db.execute(query)).all())
    return [each for each in found if set(each.categories) == set(sender.categories)][:ALIKE_SHOWN]


async def search(
    db: AsyncConnection, keys: Keys, wanted: Wanted, words: str, after: Mark | None, limit: int
) -> list[Sender]:
    """Some of those asked for who wrote all these words; opened in memory: no index of words is kept.

    Whom the worker knows is not searched among: a find would tell what they wrote.
    """
    parts = tuple(words.casefold().split())
    ids: list[str] = []
    async for rows in _written(db, wanted, after):
        ids += await asyncio.to_thread(_matching, keys, rows, parts)
        ids = list(dict.fromkeys(ids))
        if len(ids) >= limit:
            break
    found = {sender.id: sender for sender in await some(db, ids[:limit])}
    return [found[id] for id in ids[:limit]]


async def _written(
    db: AsyncConnection, wanted: Wanted, after: Mark | None
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Own words, encrypted, in the order of the list."""
    columns = select(needs.c.id, needs.c.conversation_id, needs.c.words)
    joined = _FROM.join(needs, needs.c.conversation_id == sendings.c.conversation_id)
    known = exists().where(
        case_changes.c.conversation_id == sendings.c.conversation_id,
        case_changes.c.kind == "known",
        case_changes.c.by == wanted.worker,
    )
    asked = columns.select_from(joined).where(needs.c.words.isnot(None), ~known, *_asked(wanted))
    rows = await db.stream(_ordered(asked, wanted, after))
    async for some in rows.partitions(AT_ONCE):
        yield some


def _matching(keys: Keys, rows: Iterable[Row[Any]], parts: tuple[str, ...]) -> list[str]:
    """Whose words hold every part. It may take a while, and runs beside the event loop."""
    found = []
    for id, person, locked in map(tuple, rows):
        words = keys.unlock(locked, "needs", "words", id).casefold()
        if all(part in words for part in parts):
            found.append(person)
    return found


def _selected() -> Select[Any]:
    case = (cases.c.version, cases.c.worker, cases.c.contact, cases.c.duplicate_of)
    return select(sendings, *case, _HANDLED.label("handled")).select_from(_FROM)


def _ordered(query: Select[Any], wanted: Wanted, after: Mark | None) -> Select[Any]:
    """Who waits longest first where something waits, else the newest first."""
    place, oldest_first = (sendings.c.sent_at, sendings.c.conversation_id), wanted.state in (NEW, MINE)
    if after:
        query = query.where(tuple_(*place) > after if oldest_first else tuple_(*place) < after)
    return query.order_by(*(column if oldest_first else column.desc() for column in place))


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a list asks of its rows."""
    asked: list[ColumnElement[bool]] = [sendings.c.municipality.in_(wanted.municipalities)]
    asked += _in_state(wanted)
    for column, value in (
        (sendings.c.district, wanted.district),
        (sendings.c.age_band, wanted.age_band),
        (sendings.c.target_group, wanted.group),
        (sendings.c.channel, wanted.channel),
    ):
        asked += [column == value] if value else []
    if wanted.categories:
        asks = select(needs.c.conversation_id).where(needs.c.category.in_(wanted.categories))
        asked.append(sendings.c.conversation_id.in_(asks))
    asked += [sendings.c.answer.in_(ANSWERS)] if wanted.answer else []
    asked += [sendings.c.flagged.is_(True)] if wanted.flagged else []
    asked += [sendings.c.sent_at >= wanted.since] if wanted.since is not None else []
    asked += [sendings.c.sent_at < wanted.until] if wanted.until is not None else []
    return asked


def _in_state(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.state == NEW:
        return [~_HANDLED]
    if wanted.state == MINE:
        return [~_HANDLED, cases.c.worker == wanted.worker]
    return [_HANDLED, cases.c.duplicate_of.is_(None)] if wanted.state == HANDLED else []


async def _with_needs(db: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Sender]:
    ids = [row.conversation_id for row in rows]
    query = select(needs.c.conversation_id, needs.c.category).where(needs.c.conversation_id.in_(ids))
    asked: dict[str, list[str]] = {}
    for id, category in await db.execute(query.order_by(needs.c.place)):
        asked.setdefault(id, []).append(category)
    return [_sender(row._mapping, tuple(asked.get(row.conversation_id, ()))) for row in rows]


def _sender(row: Any, categories: tuple[str, ...]) -> Sender:
    made = {
        "id": row["conversation_id"],
        "version": row["version"] or 0,
        "handled": bool(row["handled"]),
        "categories": categories,
    }
    return Sender(**{name: row[name] for name in Sender.__slots__ if name not in made}, **made)
