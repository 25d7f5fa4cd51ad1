"""Who sends hears how many others asked for the same: the number that was published, and no other."""

import re
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from bot.channels.base import Wrote
from bot.clock import DAY_MS
from bot.operations import releasing
from bot.store import publishing
from bot.store.engine import reading
from bot.summaries import Key, Release, Voices
from tests.exports.told import tell
from tests.house import House, opened
from tests.intake.conversations import press, text
from tests.summaries.people import YEAR

FEWEST = 5
GROUPS = (("16-17", "youth"), ("18-24", "youth"), ("25+", "family"))


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url) as house:
        yield house


def people(number: int, *needs: str) -> list[Voices]:
    """So many who asked for the same, of all ages."""
    told = (GROUPS[each % len(GROUPS)] for each in range(number))
    return [Voices(YEAR, "trondheim", None, band, group, None, False, needs) for band, group in told]


async def hears(house: House, address: str, said: str = "jeg trenger lappen") -> int | None:
    """How many others somebody who sends is told of."""
    await press(house, address, "18-24")
    await house.do("web", address, Wrote(said, "m1"))
    await press(house, address, "yes")
    await press(house, address, "none")
    answer = text(await press(house, address, "send"))
    assert "Takk! Nå er det sendt." in answer
    found = re.search(r"(\d+) andre ba om det samme", answer)
    return int(found[1]) if found else None


async def asked_before(house: House, *crowds: list[Voices], first: int = 1_000_000) -> None:
    """Others have sent what they need; their ids are far from those a house makes."""
    await tell(house.world, [each for crowd in crowds for each in crowd], first=first, days=1)


async def released(house: House) -> Release:
    found = await releasing.released(house.world, FEWEST)
    assert found is not None
    return found


async def test_they_hear_the_number_that_was_published(house: House) -> None:
    await asked_before(house, people(21, "driving_licence"), people(30, "food"))
    release = await released(house)
    assert await hears(house, "ola") == release.people(Key(YEAR, "trondheim", "driving_licence")) == 21


async def test_what_is_not_released_is_told_to_nobody(house: House) -> None:
    await asked_before(house, people(21, "driving_licence"), people(30, "food"))
    assert await hears(house, "ola") is None


async def test_a_number_that_is_left_out_is_told_to_nobody(house: House) -> None:
    await asked_before(house, people(FEWEST - 1, "driving_licence"), people(30, "food"))
    await released(house)
    assert await hears(house, "ola") is None


async def test_a_number_hidden_to_protect_others_is_told_to_nobody(house: House) -> None:
    """Everybody asked for it but three: the number would tell of those."""
    await asked_before(house, people(30, "driving_licence"), people(3, "food"))
    release = await released(house)
    assert release.people(Key(YEAR, "trondheim", "driving_licence")) is None
    assert await hears(house, "ola") is None


async def test_from_day_to_day_it_moves_by_five_people_or_not_at_all(house: House) -> None:
    await asked_before(house, people(21, "driving_licence"), people(30, "food"))
    await released(house)
    heard = {await hears(house, "the first day")}
    for day in range(4, 17, 4):
        house.series.pass_time(4 * DAY_MS)
        newcomers = (
            people(number, need) for number, need in ((3, "driving_licence"), (4, "food"), (4, "work"))
        )
        await asked_before(house, *newcomers, first=2_000_000 + 100 * day)
        await releasing.once(house.world, FEWEST)
        heard.add(await hears(house, f"day {day}"))
    numbers = sorted(number for number in heard if number is not None)
    assert len(numbers) == len(heard) == 3
    assert all(later - earlier >= FEWEST for earlier, later in pairwise(numbers))


async def test_what_many_asked_for_outside_the_list_hides_no_other_number(house: House) -> None:
    await asked_before(house, people(21, "driving_licence"), people(30, "other"))
    await released(house)
    async with reading(house.world.engine) as db:
        assert await publishing.asked(db, "trondheim") == {"driving_licence": 21, "other": 30}
        assert await publishing.asked(db, "froya") == {}
