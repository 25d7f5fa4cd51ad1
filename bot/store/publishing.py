"""What was released, and the voices it was counted from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Subquery, case, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import day
from bot.store.tables.casework import cases
from bot.store.tables.people import needs, sendings
from bot.store.tables.publishing import figures, releases
from bot.summaries import Figure, Grid, Key, Place, Release, Voices
from dialogs.needs import MOST_NEEDS

AT_ONCE = 10_000  # rows in hand
KEY = tuple(figures.c[name] for name in Key._fields)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-year and its first and last moment, in ms; the last is not in it."""

    half_year: str
    since: int
    until: int


async def voices(db: AsyncConnection, spans: Sequence[Span]) -> list[Voices]:
    """Everybody who sent something in these half-years, by all they told; who sent twice is in it once."""
    when = sendings.c.sent_at
    year = case(*((when.between(span.since, span.until - 1), span.half_year) for span in spans)).label("year")
    asked = _asked()
    told = (
        year,
        sendings.c.municipality,
        sendings.c.district,
        sendings.c.age_band,
        sendings.c.target_group,
        sendings.c.money,
        sendings.c.flagged,
        *(column for column in asked.c if column.name != "person"),
    )
    double = exists().where(
        cases.c.conversation_id == sendings.c.conversation_id, cases.c.duplicate_of.isnot(None)
    )
    query = (
        select(*told)
        .join(asked, asked.c.person == sendings.c.conversation_id)
        .where(when >= spans[0].since, when < spans[-1].until, ~double, ~sendings.c.repeated)
    )
    alike: Counter[Any] = Counter()  # put together here: a database sorts all of them for it, twice as slow
    async for rows in (await db.stream(query)).partitions(AT_ONCE):
        alike.update(map(tuple, rows))
    return [_voices(*row, people=people) for row, people in alike.items()]


def _voices(
    year: str,
    place: str,
    district: str | None,
    age_band: str | None,
    group: str | None,
    money: str | None,
    flagged: bool,
    *asked: str | None,
    people: int,
) -> Voices:
    needs = tuple(need for need in asked if need)
    return Voices(year, place, district, age_band, group, money, flagged, needs, people)


def _asked() -> Subquery:
    """One row a person: what they need, in their own order."""
    places = (
        func.max(case((needs.c.place == place, needs.c.category))).label(f"need_{place}")
        for place in range(1, MOST_NEEDS + 1)
    )
    query = select(needs.c.conversation_id.label("person"), *places)
    return query.group_by(needs.c.conversation_id).subquery()


async def first_sent(db: AsyncConnection) -> int | None:
    """When the oldest sending that is still kept was sent, in ms."""
    found: int | None = (await db.execute(select(func.min(sendings.c.sent_at)))).scalar_one()
    return found


async def sent_since(db: AsyncConnection, since: int) -> int:
    """How many people have sent something that counts since a time, in ms."""
    counts = (sendings.c.sent_at >= since, ~sendings.c.repeated)
    query = select(func.count()).select_from(sendings).where(*counts)
    return int((await db.execute(query)).scalar_one())


async def needs_sent(db: AsyncConnection, municipality: str | None = None) -> int:
    """How many needs were sent."""
    query = select(func.count()).select_from(
        needs.join(sendings, sendings.c.conversation_id == needs.c.conversation_id)
    )
    if municipality:
        query = query.where(sendings.c.municipality == municipality)
    return int((await db.execute(query)).scalar_one())


async def last_released(db: AsyncConnection) -> tuple[int, int] | None:
    """The number of the newest release and when it was made, in ms."""
    query = select(releases.c.number, releases.c.released_at).order_by(releases.c.number.desc()).limit(1)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else (row.number, row.released_at)


async def renewed(db: AsyncConnection, grid: Grid) -> list[dict[Key, int]]:
    """What each release renewed of the grid's half-years, the oldest release first.

    A category that was not there yet is known to be none: anybody can see when it was added.
    """
    query = (
        select(figures.c.release, *KEY, figures.c.people)
        .where(figures.c.half_year.in_(grid.half_years))
        .order_by(figures.c.release)
    )
    shown = {
        release: {Key(*row[1:-1]): row[-1] for row in held}
        for release, held in groupby(await db.execute(query), lambda row: row[0])
    }
    frames = await db.execute(select(releases.c.number, releases.c.frame))
    counted = {row.number: grid_of(json.loads(row.frame)).categories for row in frames}
    return [_not_yet(grid, counted[release]) | held for release, held in shown.items()]


def _not_yet(grid: Grid, counted: Collection[str]) -> dict[Key, int]:
    """Zero for all that is told of categories which were not counted yet."""
    missing = set(grid.categories).difference(counted)
    return {key: 0 for key in grid.every_key() if key.need in missing} if missing else {}


async def keep(
    db: AsyncConnection, number: int, at: int, fewest: int, frame: dict[str, Any], shown: dict[Key, int]
) -> None:
    """Keep a release: what it renewed, and what it was counted in."""
    held = {"number": number, "released_at": at, "fewest": fewest, "frame": json.dumps(frame)}
    await db.execute(insert(releases), [held])
    rows = [{**key._asdict(), "release": number, "people": people} for key, people in shown.items()]
    if rows:
        await db.execute(insert(figures), rows)


async def latest(db: AsyncConnection) -> Release | None:
    """The newest release, each figure with its newest number and the day that was true."""
    found = await db.execute(select(releases).order_by(releases.c.number))
    days = {row.number: (day(row.released_at), row) for row in found}
    if not days:
        return None
    newest, row = days[max(days)]
    frame = json.loads(row.frame)
    grid = grid_of(frame)
    query = select(figures.c.release, *KEY, figures.c.people).order_by(figures.c.release)
    shown = {Key(*each[1:-1]): (each[-1], each[0]) for each in (await db.execute(query))}
    numbers = tuple(
        Figure(key, shown[key][0], days[shown[key][1]][0]) if key in shown else Figure(key, None)
        for key in grid.every_key()
    )
    return Release(row.number, newest, row.fewest, grid, numbers, frame["words"], frame["notices"])


async def asked(db: AsyncConnection, place: str) -> dict[str, int]:
    """The shown numbers of people by category, in the running half-year of the newest release."""
    newest = select(releases.c.frame).order_by(releases.c.number.desc()).limit(1)
    frame = (await db.execute(newest)).scalar_one_or_none()
    if frame is None:
        return {}
    grid = grid_of(json.loads(frame))
    whole = Key(grid.half_years[-1], place)._asdict()
    wanted = (figures.c[name] == value for name, value in whole.items() if name != "need")
    query = (
        select(figures.c.need, figures.c.people)
        .where(*wanted, figures.c.need.in_(grid.categories))
        .order_by(figures.c.release)
    )
    return {row.need: row.people for row in await db.execute(query)}


def frame_of(grid: Grid, words: dict[str, str], notices: dict[str, str]) -> dict[str, Any]:
    """What a release was counted in, as it is kept."""
    return {
        "half_years": grid.half_years,
        "places": [[place.key, place.districts] for place in grid.places],
        "topics": dict(grid.topics),
        "loose": grid.loose,
        "questions": grid.questions,
        "words": words,
        "notices": notices,
    }


def grid_of(frame: dict[str, Any]) -> Grid:
    """What a kept release was counted in."""
    return Grid(
        tuple(frame["half_years"]),
        tuple(Place(key, tuple(districts)) for key, districts in frame["places"]),
        {topic: tuple(held) for topic, held in frame["topics"].items()},
        tuple(frame["loose"]),
        tuple(frame["questions"]),
    )
