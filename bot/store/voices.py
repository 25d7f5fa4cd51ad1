"""Who asked for what, counted by kind of people: what money follows, with nobody in it who can be found."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.casework import cases
from bot.store.tables.people import needs, sendings


@dataclass(frozen=True, slots=True)
class Voice:
    """What a kind of people told: their group, all they asked for, and what of it they need first."""

    municipality: str
    district: str | None
    group: str | None
    age_band: str | None
    money: str | None
    asks: frozenset[str]
    first: str | None = None


async def counted(
    db: AsyncConnection, municipalities: Collection[str], *, attested: bool, until: int | None = None
) -> Counter[Voice]:
    """How many people told each, `until` a time in ms; `attested` counts those alone whom a worker has met.

    One person has one voice: the latest sending. Flagged floods, likely doubles and what was sent once more
    without the receipt are left out.
    """
    met = (sendings.c.attested | sendings.c.assisted,) if attested else ()
    found: Counter[Voice] = Counter()
    async for person, asks in _people(db, municipalities, until, *met):
        found[_voice(person, asks)] += 1
    return found


async def by_attester(
    db: AsyncConnection, municipalities: Collection[str], *, until: int | None = None
) -> dict[bytes, Counter[Voice]]:
    """The same of those alone whom a worker's code lets in, apart for whose code it was."""
    found = defaultdict[bytes, Counter[Voice]](Counter)
    async for person, asks in _people(db, municipalities, until, sendings.c.attester.isnot(None)):
        found[person.attester][_voice(person, asks)] += 1
    return found


async def _people(
    db: AsyncConnection, municipalities: Collection[str], until: int | None, *which: ColumnElement[bool]
) -> AsyncIterator[tuple[Row[Any], list[str]]]:
    """Everybody whose voice counts, with all they asked for, what they need first in front."""
    double = exists().where(
        cases.c.conversation_id == sendings.c.conversation_id, cases.c.duplicate_of.isnot(None)
    )
    query = (
        select(sendings, needs.c.category)
        .join(needs, needs.c.conversation_id == sendings.c.conversation_id)
        .where(sendings.c.municipality.in_(municipalities), ~double, *which)
        .where(~sendings.c.flagged, ~sendings.c.repeated)
        .order_by(sendings.c.conversation_id, needs.c.place)
    )
    if until is not None:
        query = query.where(sendings.c.sent_at <= until)
    person, asks = None, list[str]()
    async for row in await db.stream(query):
        if person is not None and row.conversation_id != person.conversation_id:
            yield person, asks
            asks = []
        person = row
        asks.append(row.category)
    if person is not None:
        yield person, asks


def _voice(person: Row[Any], asks: Sequence[str]) -> Voice:
    held = person._mapping
    return Voice(
        held["municipality"],
        held["district"],
        held["target_group"],
        held["age_band"],
        held["money"],
        frozenset(asks),
        asks[0],
    )


def written(found: Counter[Voice]) -> list[dict[str, object]]:
    """A count as JSON holds it, whatever order it was counted in."""
    rows = [asdict(voice) | {"asks": sorted(voice.asks), "people": found[voice]} for voice in found]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def read(rows: Sequence[Mapping[str, Any]]) -> Counter[Voice]:
    """The count that was written; one of before what is needed first was counted has none."""
    counted: Counter[Voice] = Counter()
    for row in rows:
        held = {**row, "asks": frozenset(row["asks"])}
        people = held.pop("people")
        counted[Voice(**held)] = people
    return counted
