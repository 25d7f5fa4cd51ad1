"""A round counts people by kind, as finely as the measures need, and only whom they reach."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.allocation import written
from bot.allocation.allocate import allocate
from bot.allocation.reach import Kind, reaches
from bot.channels.base import Used
from bot.funding.rounds import Entry, round_of
from bot.store import voices
from bot.store.engine import reading
from bot.store.tables.people import needs, sendings
from bot.store.voices import Voice
from tests.funding.written import CALLS, LICENCE, bent
from tests.house import House
from tests.intake.conversations import press, told

KEY = "trondheim-2021"
LICENCES = frozenset({"driving_licence"})
Y = Voice("trondheim", "midtbyen", "youth", "18-24", None, LICENCES)


def entry(changes: Mapping[str, Any] = {}, id: str = "a" * 8) -> Entry:  # never changed
    return Entry(id, id, written.read(bent(KEY, changes))[0])


GROWN = Kind("youth", (18, 24), short=True, municipality="trondheim", district=None)


def kind(**more: Any) -> Kind:
    return replace(GROWN, **more)


@pytest.mark.parametrize(
    ("changes", "told", "reached"),
    [
        ({}, {}, True),
        ({"youngest": 16}, {"ages": (16, 17)}, True),
        ({"youngest": 16}, {"ages": (12, 15)}, False),
        ({"youngest": 18}, {"ages": (16, 17)}, False),
        ({"youngest": 0, "oldest": 120}, {"ages": None}, True),
        ({"youngest": 16}, {"ages": None}, False),
        ({}, {"group": "family", "ages": None}, False),
        ({}, {"group": None, "ages": None}, False),
        ({"targets": ["families"]}, {"group": "family", "ages": None}, True),
        ({"targets": ["families"]}, {"group": "family", "ages": None, "short": False}, False),
        ({"districts": ["midtbyen"]}, {"district": "midtbyen"}, True),
        ({"districts": ["midtbyen"]}, {"district": "heimdal"}, False),
        ({"districts": ["midtbyen"]}, {}, False),
        ({"districts": ["trondheim"]}, {}, True),
        ({"districts": ["froya"]}, {}, False),
    ],
)
def test_a_measure_reaches_those_it_is_for(
    changes: dict[str, Any], told: dict[str, Any], reached: bool
) -> None:
    (measure,) = entry({f"measures.0.{key}": value for key, value in changes.items()}).application.measures
    assert reaches(CALLS[KEY], measure, kind(**told)) == reached


def test_people_are_told_apart_only_as_the_measures_need() -> None:
    heard = Counter(
        {
            Voice("trondheim", district, "youth", band, None, LICENCES): 1
            for district in ("midtbyen", "heimdal", None)
            for band in ("12-14", "15", "16-17")
        }
    )
    call = CALLS[KEY]
    groups = {each.group: each.people for each in round_of(call, [entry()], heard, "s").voices}
    assert groups == {"youth 12-15": 6, "youth 16-17": 3}
    finer = round_of(call, [entry({"measures.0.youngest": 15})], heard, "s")
    assert {each.group for each in finer.voices} == {"youth 12-14", "youth 15-15", "youth 16-17"}
    placed = round_of(call, [entry({"measures.0.districts": ["heimdal"]})], heard, "s")
    assert "youth 16-17/trondheim/heimdal" in {each.group for each in placed.voices}


def test_the_limits_of_the_call_are_those_of_the_round() -> None:
    given = round_of(CALLS[KEY], [entry()], Counter({Y: 30}), "s")
    limits = given.limits
    assert (limits.money, limits.cap, limits.applicants) == (1_600_000_000, 50_000_000, 8)
    (measure,) = given.measures
    assert (measure.cost, measure.places, measure.periods) == (2_500_000, 1, (0, 1))
    outcome = allocate(given, CALLS[KEY].rule)
    assert sum(step.lot.units for step in outcome.steps) == 30
    assert outcome.cost == 75_000_000


def test_sources_and_tiers_reach_the_round() -> None:
    application = written.read(bent("socialstyrelsen-2017", {"earlier_grants": ["2016"]}))[0]
    given = round_of(CALLS["socialstyrelsen-2017"], [Entry("b" * 8, "b", application)], Counter({Y: 1}), "s")
    assert given.measures[0].tier == 1
    assert len(round_of(CALLS["trondelag-0-24"], [], Counter({Y: 1}), "s").limits.sources) == 5


def test_a_need_outside_the_list_is_nobodys_ask() -> None:
    heard = Counter({Y: 2, Voice("trondheim", None, "youth", "18-24", None, frozenset({"other"})): 5})
    assert round_of(CALLS[KEY], [entry()], heard, "s").people == 2


def test_what_people_need_first_reaches_the_round_with_the_calls_order_between_equals() -> None:
    """Six, four of them need work first; five needed first what no category fits, and work beside it."""
    both = frozenset({"driving_licence", "work"})
    heard = Counter(
        {replace(Y, asks=both, first="work"): 4, replace(Y, asks=both, first="driving_licence"): 2}
    )
    heard[replace(Y, asks=frozenset({"work", "other"}), first="other")] = 5
    call = replace(CALLS[KEY], ties=("first", "lot"))
    given = round_of(call, [entry()], heard, "s")
    assert given.ties == ("first", "lot")
    firsts = Counter[str | None]()
    for each in given.voices:
        firsts[each.first] += each.people
    assert firsts == {"work": 4, "driving_licence": 2, None: 5}


async def test_what_somebody_put_first_is_what_they_need_first(house: House) -> None:
    await told(house, "kari")
    await press(house, "kari", "send")
    async with house.world.engine.begin() as db:
        (only,) = (await db.execute(select(needs))).mappings()
        more = {**only, "id": "x" * 32, "place": 2, "category": "work"}
        await db.execute(insert(needs), [more])
        await db.execute(update(needs).where(needs.c.id == only["id"]).values(place=3))
    async with reading(house.world.engine) as db:
        (voice,) = await voices.counted(db, ["trondheim"], attested=False)
    assert voice.asks == {only["category"], "work"}
    assert voice.first == "work"


def test_a_count_from_before_it_was_known_what_people_need_first_is_read_all_the_same() -> None:
    heard = Counter({Y: 3, replace(Y, first="driving_licence"): 2})
    rows = voices.written(heard)
    assert voices.read(rows) == heard
    old = [{key: value for key, value in row.items() if key != "first"} for row in rows if row["people"] == 3]
    assert voices.read(old) == {Y: 3}


def test_a_licence_is_for_those_of_sixteen_and_more() -> None:
    assert (LICENCE["youngest"], LICENCE["oldest"]) == (16, 24)


async def test_whom_a_worker_has_met_is_counted_apart(house: House) -> None:
    await house.make_code("assisted")
    await house.do("web", "kari", Used("code", "AB12CD34"))
    for address in ("kari", "ola"):
        await told(house, address)
        await press(house, address, "send")
    async with reading(house.world.engine) as db:
        everybody = await voices.counted(db, ["trondheim"], attested=False)
        met = await voices.counted(db, ["trondheim"], attested=True)
    assert (everybody.total(), met.total()) == (2, 1)


async def test_a_person_has_one_voice_and_a_flagged_flood_none(house: House) -> None:
    for address in ("kari", "ola", "per"):
        await told(house, address)
        await press(house, address, "send")
    await press(house, "kari", "send")
    async with house.world.engine.begin() as db:
        ids = await db.scalars(select(sendings.c.conversation_id).order_by(sendings.c.sent_at))
        rows = list(ids)
        await db.execute(update(sendings).where(sendings.c.conversation_id == rows[1]).values(flagged=True))
        await db.execute(update(sendings).where(sendings.c.conversation_id == rows[2]).values(attested=True))
    async with reading(house.world.engine) as db:
        everybody = await voices.counted(db, ["trondheim"], attested=False)
        assert sum(everybody.values()) == 2
        assert {voice.group for voice in everybody} == {"youth"}
        assert sum((await voices.counted(db, ["trondheim"], attested=True)).values()) == 1
        assert sum((await voices.counted(db, ["froya"], attested=False)).values()) == 0
