"""The demo's call: the programme's own examples among its applications, all of them taken."""

from bot.allocation import call as calls
from bot.clock import milliseconds
from bot.funding import demo, files
from bot.store import applications
from bot.store.engine import reading
from tests.funding.written import told
from tests.house import House, Series, opened

CALL = calls.read(demo.CALL.read_text("utf-8"))


def test_every_application_of_the_demo_is_one_its_call_takes() -> None:
    drafts = files.read(demo.APPLICATIONS)
    assert {draft["title"] for draft in drafts} >= {"Stødig oppvekst", "Veien til førerkortet"}
    assert {draft["title"]: told(CALL, draft)[0] for draft in drafts} == {
        draft["title"]: set() for draft in drafts
    }


async def test_the_demo_is_filled(sqlite_url: str) -> None:
    now = milliseconds(CALL.opens) + 1000
    async with opened(sqlite_url, Series(now)) as house:
        codes = iter(f"CODE{number:08}" for number in range(20))
        world = house.world
        async with world.engine.begin() as db:
            key = await demo.fill(db, world.keys, world.places, world.new_id, lambda length: next(codes), now)
        assert [kept.counts for kept in await of(house, key)] == [True] * 6


async def of(house: House, key: str) -> list[applications.Kept]:
    async with reading(house.world.engine) as db:
        return await applications.of_call(db, house.world.keys, key)
