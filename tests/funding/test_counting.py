"""A round has an end: who is counted is settled when the call closes, and nothing after that changes it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.allocation import again
from bot.allocation.account import account, canonical
from bot.clock import milliseconds
from bot.funding import applying, deciding
from bot.funding.deciding import WrongDecision
from bot.funding.rounds import Competition
from bot.operations import retention
from bot.store import applications, calls, categories, erase
from bot.store.categories import Added
from bot.store.engine import reading
from bot.store.outlived import KINDS
from bot.store.tables.funding import calls as calls_table
from bot.store.tables.funding import decisions as decisions_table
from bot.store.tables.people import conversations, needs, sendings
from dialogs.text import Told
from tests.allocation.rounds import FEWEST
from tests.funding.conftest import OPEN
from tests.funding.test_deciding import AFTER, KEY, asks_for_a_licence, competition, decide, filled
from tests.funding.written import CALLS, FILES, bent
from tests.house import House, Series, opened

DEADLINE = milliseconds(CALLS[KEY].deadline)
HUNDRED_YEARS_MS = 100 * 365 * 86_400_000
ICE = Added(
    "ice",
    "friends_and_leisure",
    "both",
    Told("Is", "Is", "Ice"),
    Told("", "", ""),
    (),
    ("trondheim",),
    "siv",
    OPEN,
)


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    """A call with two applications and six people, its deadline a second ago and nobody has closed it."""
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house)
        yield house


async def close(house: House) -> None:
    async with house.world.engine.begin() as db:
        await calls.close(db, house.world.keys, KEY, house.series.at)


async def erase_everybody(house: House) -> None:
    async with house.world.engine.begin() as db:
        ids = list(await db.scalars(select(conversations.c.id)))
        await erase.remove(db, ids)


def people(found: Competition) -> int:
    return found.round.people


async def test_who_answers_after_the_deadline_is_in_no_round(house: House) -> None:
    before = await competition(house)
    house.series.at = DEADLINE + 1000
    await asks_for_a_licence(house, "late")
    assert await competition(house) == before
    await close(house)
    assert (await competition(house)).round == before.round
    assert people(before) == 6


@pytest.mark.parametrize(("late_ms", "counted"), [(0, 6), (999, 6), (1000, 5)])
async def test_the_second_of_the_deadline_is_in(house: House, late_ms: int, counted: int) -> None:
    async with house.world.engine.begin() as db:
        one = select(sendings.c.conversation_id).limit(1).scalar_subquery()
        late = sendings.update().where(sendings.c.conversation_id == one)
        await db.execute(late.values(sent_at=DEADLINE + late_ms))
    assert people(await competition(house)) == counted


async def test_a_call_closed_early_counts_those_who_had_answered(house: House) -> None:
    house.series.at = OPEN + 1000
    await close(house)
    await asks_for_a_licence(house, "after")
    assert people(await competition(house)) == 6


async def test_what_changes_after_the_close_changes_no_round(house: House) -> None:
    await close(house)
    before = await competition(house)
    house.series.at = OPEN  # a clock set back opens nothing and counts nobody anew
    await asks_for_a_licence(house, "late")
    await erase_everybody(house)
    assert (await competition(house)).round == before.round


async def test_the_proposal_and_the_decision_are_of_one_round(house: House) -> None:
    proposed = deciding.weigh(await competition(house), CALLS[KEY].rule).proposal
    await close(house)
    await asks_for_a_licence(house, "late")
    assert (await decide(house)).body["proposal"] == proposed


async def test_a_decision_on_what_was_counted_before_the_close_is_looked_at_once_more(house: House) -> None:
    found = await competition(house)
    await erase_everybody(house)
    world = house.world
    with pytest.raises(WrongDecision, match="once more"):
        async with world.engine.begin() as db:
            await deciding.decide(db, world.keys, found, None, "kari", "Fordi.", AFTER, FEWEST)


async def test_the_count_of_a_closed_call_is_sealed(house: House) -> None:
    await close(house)
    async with reading(house.world.engine) as db:
        tally = (await db.execute(select(calls_table.c.tally))).scalar_one()
    assert b"driving_licence" not in tally


async def test_an_allocation_is_made_again_bit_for_bit_after_every_answer_is_gone(house: House) -> None:
    """The archive: a decided call, its rules and its count stay when what people wrote is long deleted."""
    made = await decide(house)
    await erase_everybody(house)
    house.series.at += HUNDRED_YEARS_MS
    await retention.once(house.world, sure=True)
    async with reading(house.world.engine) as db:
        for table in (sendings, needs, conversations):
            assert (await db.execute(select(table))).first() is None
    found = await competition(house)
    outcome = again.allocate(found.round, made.body["rule"])
    again_made = account(found.round, made.body["rule"], outcome)
    assert canonical(again_made) == canonical(made.body["proposal"])
    assert found.held.call.digest == made.body["call"]["digest"]
    kept = {calls_table, decisions_table}
    assert kept.isdisjoint(kind.table for kind in KINDS)


# --- kinds of need that a coordinator added -------------------------------------------------------


async def test_money_follows_a_need_that_a_coordinator_added(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        world = house.world
        async with world.engine.begin() as db:
            await categories.add(db, ICE)
            held = await calls.add(db, world.keys, FILES[KEY], "seed", OPEN)
        draft = bent(KEY, {"measures.0.needs": ["ice"], "measures.0.youngest": 12})
        assert not applying.look(held, draft, world.places).refused
        assert applying.look(held, bent(KEY, {"measures.0.needs": ["snow"]}), world.places).refused
        async with world.engine.begin() as db:
            await applications.begin(db, world.keys, "a" * 32, KEY, "CODE", draft, OPEN)
            kept = await applications.by_id(db, world.keys, "a" * 32)
            assert kept is not None
            assert await applications.send(db, world.keys, kept, OPEN)
        for number in range(6):
            await asks_for_a_licence(house, f"p{number}")
        async with world.engine.begin() as db:
            await db.execute(needs.update().values(category="ice"))
        house.series.at = AFTER
        made = await decide(house)
        assert [each["units"] for each in made.body["shown"]["measures"]] == [6]
