"""Whose codes let in whom is counted with the call and frozen with it, one place as one."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import Used
from bot.funding import rounds
from bot.store import calls, codes, staff, voices
from bot.store.crypto import Keys
from bot.store.engine import reading
from bot.store.tables.funding import calls as table
from bot.store.tables.people import codes as codes_table
from bot.store.tables.people import sendings
from tests.funding.conftest import OPEN
from tests.funding.test_counting import close, erase_everybody
from tests.funding.test_deciding import KEY, asks_for_a_licence, competition
from tests.funding.written import FILES
from tests.house import KEYS, House, Series, opened

ROTATED = Keys((b"n" * 32, *KEYS.secrets))
PLACE = "Ungdomshuset"


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url, Series(OPEN)) as house:
        await publish(house)
        yield house


async def publish(house: House) -> None:
    async with house.world.engine.begin() as db:
        await calls.add(db, house.world.keys, FILES[KEY], "seed", OPEN)


async def let_in(house: House, place: str | None, *people: str, worker: str | None = None) -> None:
    """People who type a code of a place, or of a worker, and ask for a licence."""
    keys = house.world.keys
    for each in people:
        code = f"KODE{each.upper()}"
        async with house.world.engine.begin() as db:
            await codes.keep(db, keys, [code], "attested", "trondheim", place, OPEN, worker=worker)
        await house.do("web", each, Used("code", code))
        await asks_for_a_licence(house, each)


async def attesters(house: House) -> list[tuple[str | None, int]] | None:
    """The name of each, and how many people it has let in."""
    found = await competition(house)
    async with reading(house.world.engine) as db:
        known = await rounds.attesters(db, house.world.keys, found)
    return None if known is None else [(each.name, each.people) for each in known]


async def test_a_place_counts_as_one_however_it_is_spelled_and_who_has_no_code_is_in_none(
    house: House,
) -> None:
    await let_in(house, PLACE, "a", "b", "c")
    await let_in(house, f" {PLACE.upper()} ", "d", "e")
    await let_in(house, None, "f", worker="siv")
    await let_in(house, None, "g", "h")
    await asks_for_a_licence(house, "without")
    known = await attesters(house)
    assert known is not None
    assert [people for _, people in known] == [5, 2, 1]
    assert [name is None or name.strip().casefold() for name, _ in known] == [PLACE.casefold(), True, True]


async def test_a_place_with_few_people_has_no_name(house: House) -> None:
    await let_in(house, PLACE, "a", "b", "c", "d")
    assert await attesters(house) == [(None, 4)]


async def test_it_is_frozen_with_the_call_and_sealed(house: House) -> None:
    await let_in(house, PLACE, "a", "b", "c", "d", "e")
    await close(house)
    async with reading(house.world.engine) as db:
        tally = (await db.execute(select(table.c.tally))).scalar_one()
    assert PLACE.encode() not in tally
    await let_in(house, PLACE, "late")
    await erase_everybody(house)
    async with house.world.engine.begin() as db:
        await db.execute(codes_table.delete())
    assert await attesters(house) == [(PLACE, 5)]


async def test_of_a_call_that_was_closed_before_it_was_counted_nothing_is_known(house: House) -> None:
    await close(house)
    async with house.world.engine.begin() as db:
        tally = house.world.keys.lock('{"all": [], "attested": []}', "calls", "tally", KEY)
        await db.execute(table.update().values(tally=tally))
    assert await attesters(house) is None


async def test_a_place_and_a_worker_stay_one_when_keys_are_changed(database_url: str) -> None:
    async with opened(database_url, Series(OPEN)) as house:
        await publish(house)
        async with house.world.engine.begin() as db:
            await staff.add(db, "siv", ["reviewer"], ["trondheim"], "no password", OPEN)
        await let_in(house, PLACE, "a", "b", "c")
        await let_in(house, None, "d", worker="siv")
    async with opened(database_url, Series(OPEN), keys=ROTATED) as house:
        await let_in(house, PLACE, "e", "f")
        await let_in(house, None, "g", worker="siv")
        assert await attesters(house) == [(PLACE, 5), (None, 2)]


async def test_who_is_in_no_count_is_in_no_attesters_either(house: House) -> None:
    await let_in(house, PLACE, "a", "b")
    async with house.world.engine.begin() as db:
        await db.execute(sendings.update().values(flagged=True))
    await let_in(house, PLACE, "c")
    async with reading(house.world.engine) as db:
        (heard,) = (await voices.by_attester(db, ["trondheim"])).values()
        assert heard == await voices.counted(db, ["trondheim"], attested=True)
    assert heard.total() == 1
