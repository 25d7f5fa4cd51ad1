"""Whose code let somebody in is kept beside what they sent, for as long as that, and told to nobody."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import Used
from bot.operations import persons
from bot.store.engine import reading
from bot.store.tables.people import codes, sendings
from tests.house import House, opened
from tests.intake.conversations import press, sent, told

PLACE = "Ungdomshuset"


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def met(house: House, address: str, code: str = "AB12CD34", place: str = PLACE) -> None:
    """Somebody types a code of a place."""
    await house.make_code("attested", code, place)
    await house.do("web", address, Used("code", code))


async def attesters(house: House) -> list[bytes | None]:
    """Of all that was sent, in order."""
    async with reading(house.world.engine) as db:
        return list(await db.scalars(select(sendings.c.attester).order_by(sendings.c.sent_at)))


async def of_codes(house: House) -> set[bytes]:
    async with reading(house.world.engine) as db:
        return set(await db.scalars(select(codes.c.attester)))


async def test_it_reaches_the_sending_and_goes_with_erasure(house: House) -> None:
    await met(house, "kari")
    await sent(house, "kari")
    await sent(house, "ola")
    assert await attesters(house) == [*await of_codes(house), None]
    await house.do("web", "kari", Used("delete"))
    await press(house, "kari", "yes")
    assert await attesters(house) == [None]


async def test_it_stays_when_the_answers_are_sent_again_without_a_code(house: House) -> None:
    await met(house, "kari")
    receipt = await sent(house, "kari")
    await house.do("web", "at home", Used("receipt", receipt))
    await press(house, "at home", "send")
    assert await attesters(house) == [*await of_codes(house)]


async def test_a_code_typed_after_sending_counts_and_the_first_one_stays(house: House) -> None:
    await sent(house, "kari")
    await met(house, "kari")
    (first,) = await of_codes(house)
    assert await attesters(house) == [first]
    await met(house, "kari", "CD34EF56", "Skolen")
    assert await attesters(house) == [first]


async def test_it_comes_along_with_what_was_told_before_the_receipt(house: House) -> None:
    receipt = await sent(house, "kari")
    await met(house, "school")
    await told(house, "school")
    await house.do("web", "school", Used("receipt", receipt))
    assert await attesters(house) == [*await of_codes(house)]


async def test_nobody_is_told_whose_code_it_was(house: House) -> None:
    """Neither the person, whose own file leaves hashes out, nor who reads the exports or the lists."""
    await met(house, "kari")
    receipt = await sent(house, "kari")
    (attester,) = await attesters(house)
    assert attester is not None
    everything = persons.as_json(await persons.show(house.world, receipt)) + str(await house.sent())
    assert "attester" not in everything
    assert attester.hex() not in everything
    assert PLACE not in everything
