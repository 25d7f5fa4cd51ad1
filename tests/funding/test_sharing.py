"""The field's own formats: valid by their schema, read by our reader, nothing of a few people in them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from bot.allocation import pabulib
from bot.funding import sharing
from bot.summaries import Voices
from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.funding.conftest import OPEN
from tests.funding.test_deciding import competition, decide, filled
from tests.house import Series, opened

STANDARDS = Path(__file__).parents[3] / "shared" / "data" / "standards"


def is_a_time(value: object) -> bool:
    """A day alone is no time: the standard tells the two apart."""
    return "T" in str(value)


FORMATS = FormatChecker(())
FORMATS.checks("date-time")(is_a_time)


def schema(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((STANDARDS / name).read_text("utf-8"))
    return held


async def test_grants_are_valid_by_the_standards_own_schema(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house)
        decision = await decide(house)
        text, hidden = sharing.giving(await competition(house), decision, house.world.places)
    grants = json.loads(text)["grants"]
    grant = Draft202012Validator(schema("360-giving-schema.json"), format_checker=FORMATS)
    assert [error.message for each in grants for error in grant.iter_errors(each)] == []
    package = schema("360-giving-package-schema.json")
    package["properties"]["grants"]["items"] = {}  # held by the other schema, above
    assert [error.message for error in Draft202012Validator(package).iter_errors(json.loads(text))] == []
    assert hidden == 0
    assert sum(each["amountAwarded"] for each in grants) == decision.body["decided"]["spent"] / 100


async def test_a_sum_that_would_tell_of_a_few_people_is_left_out(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house, people=3)
        text, hidden = sharing.giving(await competition(house), await decide(house), house.world.places)
    assert (json.loads(text)["grants"], hidden) == ([], 1)


async def test_a_round_is_read_again_as_it_was_written(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house)
        found = await competition(house)
        given = pabulib.read(sharing.pabulib(found, None))
        assert given.limits.money == found.round.limits.money
        assert [measure.id for measure in given.measures] == [measure.id for measure in found.round.measures]
        assert given.people == 0, "nothing is published yet"


@pytest.mark.parametrize(
    ("place", "group", "people", "votes"),
    [
        ("trondheim", "youth", 6, 6),
        ("trondheim", "youth", 4, 0),
        ("trondheim", "family", 6, 0),
        ("froya", "youth", 6, 0),
    ],
)
async def test_a_ballot_is_a_published_wish_of_somebody_whom_a_measure_is_for(
    sqlite_url: str, place: str, group: str, people: int, votes: int
) -> None:
    """Two measures are for the young of Trondheim; nobody can tell who wished for something else as well."""
    asked = Voices("2021-1", place, None, None, group, None, False, ("driving_licence", "food"))
    flood = replace(asked, flagged=True)
    grid = replace(GRID, half_years=("2021-1",))
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house, people=0)
        release = await publish(house.world, grid, [asked] * people + [flood] * 5)
        text = sharing.pabulib(await competition(house), release)
    given = pabulib.read(text)
    assert given.people == votes
    assert text.count(",".join(measure.id for measure in given.measures)) == votes
