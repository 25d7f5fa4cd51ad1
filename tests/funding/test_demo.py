"""The demo's call: the programme's own examples among its applications, all of them taken."""

from collections.abc import AsyncIterator

import pytest

from bot import clock
from bot.allocation import call as calls
from bot.allocation.account import Account
from bot.clock import milliseconds
from bot.funding import deciding, demo, files, rounds
from bot.operations import simulate
from bot.store import applications
from bot.store.engine import reading
from tests.funding.written import told
from tests.house import House, Series, opened

CALL = calls.read(demo.CALL.read_text("utf-8"))
RULES = ("most-requested", "equal-shares-completed")
FEWEST = 5


def test_every_application_of_the_demo_is_one_its_call_takes() -> None:
    drafts = files.read(demo.APPLICATIONS)
    assert {draft["title"] for draft in drafts} >= {"Stødig oppvekst", "Veien til førerkortet"}
    assert {draft["title"]: told(CALL, draft)[0] for draft in drafts} == {
        draft["title"]: set() for draft in drafts
    }


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url, Series(milliseconds(CALL.opens) + 1000)) as house:
        yield house


async def filled(house: House) -> str:
    world = house.world
    async with world.engine.begin() as db:
        return await demo.fill(db, world.keys, world.places, clock.new_id, clock.new_code, world.now())


async def test_the_demo_is_filled(house: House) -> None:
    key = await filled(house)
    async with reading(house.world.engine) as db:
        kept = await applications.of_call(db, house.world.keys, key)
    assert [each.counts for each in kept] == [True] * 6


def funded(held: Account) -> set[str]:
    return {each["measure"] for each in held["measures"] if each["units"]}


async def test_the_demo_shows_what_the_choice_of_a_rule_is_about(house: House) -> None:
    """The rules give to different groups, workers have met some, not all get in, and some money is left."""
    world = house.world
    await simulate.demo(world, house.intake.take, "trondheim", clock.new_id, clock.new_code)
    key = await filled(house)
    async with reading(world.engine) as db:
        found = await rounds.competition(db, world.keys, key, world.places)
        met = await rounds.competition(db, world.keys, key, world.places, attested=True)
        attesters = await rounds.attesters(db, world.keys, found)
    first, second = (deciding.weigh(found, rule).proposal for rule in RULES)
    assert funded(first) - funded(second)
    assert funded(second) - funded(first)
    assert FEWEST <= met.round.people < found.round.people
    assert [each.name for each in attesters or ()].count(None) == 0
    assert len(first["chosen"]) == CALL.groups
    assert min(each["asked"] for each in first["measures"]) >= FEWEST  # else little of it could be published
    assert {line["cap"] for line in first["lines"] if line["kind"] == "left"} == {"slots", "money"}
