"""A category a coordinator added is offered, confirmed and kept; retiring it takes nothing that was told."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.channels.base import Pressed, Used, Wrote
from bot.store import categories
from bot.store.categories import Added
from dialogs.text import Told
from tests.house import House, opened
from tests.intake.conversations import press, text

DOGS = Added(
    key="dogs",
    topic="friends_and_leisure",
    audience="both",
    names=Told("Noe med hunder", "Noko med hundar", "Something with dogs"),
    about=Told("Å lufte en hund sammen.", "Å lufte ein hund saman.", "Walking a dog together."),
    words=("hundepark",),
    municipalities=("trondheim",),
    added_by="kari",
    added_at=1,
)


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url) as house:
        async with house.world.engine.begin() as db:
            await categories.add(db, DOGS)
        yield house


async def tell(house: House, address: str) -> str:
    await press(house, address, "18-24")
    return text(await house.do("web", address, Wrote("en hundepark", "m1")))


async def test_who_names_it_is_asked_whether_that_was_meant_and_it_is_kept(house: House) -> None:
    assert "Noe med hunder" in await tell(house, "ola")
    await press(house, "ola", "yes")
    assert "Noe med hunder" in text(await press(house, "ola", "none"))
    await press(house, "ola", "send")
    assert [need.category for need in await house.sent()] == ["dogs"]


async def test_it_stands_in_the_list_of_its_topic(house: House) -> None:
    await press(house, "ola", "18-24")
    offered = await press(house, "ola", "friends_and_leisure")
    assert "dogs" in {choice.id for shown in offered.shown for choice in shown.choices}


async def test_it_is_offered_where_it_was_added_and_nowhere_else(house: House) -> None:
    there = {"municipality": "froya"}
    at = await house.do("web", "eva", Used("start"), **there)
    await house.do("web", "eva", Pressed(("18-24",), at.turn))
    assert "Noe med hunder" not in text(await house.do("web", "eva", Wrote("en hundepark", "m1")))
    at = await house.do("web", "per", Used("start"), **there)
    at = await house.do("web", "per", Pressed(("18-24",), at.turn))
    offered = await house.do("web", "per", Pressed(("friends_and_leisure",), at.turn))
    assert "dogs" not in {choice.id for shown in offered.shown for choice in shown.choices}


async def test_one_that_is_retired_is_offered_no_more_and_takes_no_answer_with_it(house: House) -> None:
    await tell(house, "ola")
    await press(house, "ola", "yes")
    await press(house, "ola", "none")
    await press(house, "ola", "send")
    async with house.world.engine.begin() as db:
        assert await categories.retire(db, "dogs", ["trondheim"], 2)
    house.series.pass_time()
    assert "Noe med hunder" not in await tell(house, "eva")
    assert [need.category for need in await house.sent()] == ["dogs"]


async def test_a_key_that_has_a_meaning_is_not_given_another(house: House) -> None:
    async with house.world.engine.begin() as db:
        for key in ("dogs", "food", "money_food_clothes", "other"):
            with pytest.raises(categories.Taken):
                await categories.add(db, replace(DOGS, key=key))
