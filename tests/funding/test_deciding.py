"""A named human decides within the call; then it is final, and those who asked are told."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from bot.allocation.account import canonical
from bot.channels.base import Wrote
from bot.clock import milliseconds
from bot.funding import deciding, news, rounds
from bot.funding.deciding import AlreadyDecided, Units, WrongDecision
from bot.funding.rounds import Competition
from bot.i18n import Words
from bot.store import applications, calls, decisions, reports
from bot.store.decisions import ChangedDecision, Decision
from bot.store.engine import reading
from bot.store.tables import funding
from bot.store.tables.funding import decisions as table
from tests.allocation.rounds import FEWEST
from tests.funding.conftest import OPEN
from tests.funding.written import CALLS, FILES, LICENCE, bent
from tests.house import ROOT, House, Series, opened
from tests.intake.conversations import press

KEY = "trondheim-2021"
TWO = FILES[KEY].replace("groups = 8", "groups = 8\ndeciders = 2")
AFTER = milliseconds(CALLS[KEY].deadline) + 1000
WORDS = Words(ROOT / "locales", ("dialogs", "money"))


async def filled(
    house: House, text: str = FILES[KEY], people: int = 6, more: dict[str, object] | None = None
) -> None:
    """A call with two applications and people who ask for licences, closed."""
    world = house.world
    for number in range(people):
        await asks_for_a_licence(house, f"p{number}")
    async with world.engine.begin() as db:
        await calls.add(db, world.keys, text, "seed", OPEN)
        for number, title in enumerate(("Veien til førerkortet", "Moped")):
            changes = {"title": title, "measures.0.periods": ["2021-h2"], "budget.0.money": 500_000} | (
                more or {}
            )
            id = f"{number:08d}" + "0" * 24
            await applications.begin(db, world.keys, id, KEY, f"CODE{number}", bent(KEY, changes), OPEN)
            kept = await applications.by_id(db, world.keys, id)
            assert kept is not None
            assert await applications.send(db, world.keys, kept, OPEN)
    house.series.at = AFTER


async def asks_for_a_licence(house: House, address: str) -> None:
    """Somebody who asks for help with a licence, and to hear what comes of it."""
    await press(house, address, "18-24")
    await house.do("web", address, Wrote("jeg trenger lappen"))
    for choice in ("yes", "none", "send", "news"):
        await press(house, address, choice)


@pytest.fixture
async def decided(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house)
        yield house


async def competition(house: House) -> Competition:
    async with reading(house.world.engine) as db:
        return await rounds.competition(db, house.world.keys, KEY, house.world.places)


async def decide(
    house: House,
    units: Units | None = None,
    by: str = "kari",
    reason: str = "Flest ba om det.",
    fewest: int = FEWEST,
) -> Decision:
    found = await competition(house)
    async with house.world.engine.begin() as db:
        return await deciding.decide(db, house.world.keys, found, units, by, reason, house.series.at, fewest)


async def test_a_coordinator_decides_as_proposed(decided: House) -> None:
    made = await decide(decided)
    assert (made.by, made.final, made.body["changes"]) == ("kari", True, [])
    assert made.body["decided"]["spent"] == made.body["proposal"]["spent"] == 6 * 2_500_000
    assert made.body["seed"] == "seed"
    async with reading(decided.world.engine) as db:
        assert (await calls.named(db, KEY)).decided


@pytest.mark.parametrize(("fewest", "cost"), [(6, 6 * 2_500_000), (7, None)])
async def test_what_fewer_asked_for_than_the_setting_says_is_published_without_its_money(
    decided: House, fewest: int, cost: int | None
) -> None:
    made = await decide(decided, fewest=fewest)
    assert [each["cost"] for each in made.body["shown"]["measures"] if each["funded"]] == [cost]


async def test_of_two_who_decide_at_once_the_second_is_told_that_it_is_decided(
    migrated_postgres_url: str,
) -> None:
    async with opened(migrated_postgres_url, Series(OPEN)) as house:
        await filled(house)
        world, found = house.world, await competition(house)
        async with world.engine.begin() as db:
            await calls.close(db, world.keys, KEY, house.series.at)
        async with world.engine.begin() as db:
            await deciding.decide(db, world.keys, found, None, "kari", "Flest ba.", house.series.at, FEWEST)
            second = asyncio.create_task(decide(house, by="ola"))
            async with asyncio.timeout(20):
                while not await somebody_waits(house):
                    assert not second.done()
        with pytest.raises(AlreadyDecided):
            await second


async def somebody_waits(house: House) -> bool:
    """Whether a transaction in this database waits for another."""
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with house.world.engine.connect() as db:
        return (await db.exec_driver_sql(waits)).first() is not None


async def test_a_need_is_met_when_a_final_decision_gave_it_money(decided: House) -> None:
    async def met() -> dict[str, frozenset[str]]:
        async with reading(decided.world.engine) as db:
            return await decisions.met(db)

    assert await met() == {}
    await decide(decided)
    assert await met() == {"trondheim": frozenset({"driving_licence"})}


async def test_what_is_changed_is_shown_with_what_it_costs_whom(decided: House) -> None:
    found = await competition(decided)
    units = dict(deciding.weigh(found, CALLS[KEY].rule).units)
    (first, *_) = units
    weighed = deciding.weigh(found, CALLS[KEY].rule, {**units, first: units[first] - 2})
    assert [(each.proposed - each.decided, each.money) for each in weighed.changes] == [(2, -5_000_000)]
    assert weighed.needs == (("driving_licence", -2),)
    assert weighed.faults == ()


@pytest.mark.parametrize("units", [21, 400])
async def test_no_decision_goes_beyond_the_call(decided: House, units: int) -> None:
    found = await competition(decided)
    id = found.round.measures[0].id
    weighed = deciding.weigh(found, CALLS[KEY].rule, {(id, 0): units})
    assert weighed.faults
    with pytest.raises(WrongDecision):
        await decide(decided, {(id, 0): units})
    assert deciding.weigh(found, CALLS[KEY].rule, {(id, 3): 1}).faults


async def test_a_decision_can_not_be_made_again_or_without_a_reason(decided: House) -> None:
    with pytest.raises(WrongDecision):
        await decide(decided, reason="  ")
    made = await decide(decided)
    with pytest.raises(WrongDecision):
        await decide(decided, by="ola")
    async with reading(decided.world.engine) as db:
        assert await decisions.of_call(db, KEY) == made
        assert not await decisions.take_back(db, KEY)


async def test_an_open_call_is_not_decided(decided: House) -> None:
    decided.series.at = AFTER - 2000
    with pytest.raises(WrongDecision):
        await decide(decided)


async def test_two_decide_where_the_call_asks_for_two(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house, TWO)
        assert not (await decide(house)).final
        found = await competition(house)
        async with house.world.engine.begin() as db:
            with pytest.raises(WrongDecision):
                await news.tell(db, house.world, WORDS, KEY)
            with pytest.raises(WrongDecision):
                await deciding.agree(db, found, "kari", AFTER)
            made = await deciding.agree(db, found, "ola", AFTER)
        assert (made.final, made.agreed_by) == (True, "ola")


async def test_the_digest_is_that_of_what_is_kept(decided: House) -> None:
    made = await decide(decided)
    assert hashlib.sha256(canonical(made.body).encode()).hexdigest() == made.digest


async def test_a_decision_that_was_changed_in_the_database_is_found_out(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house)
        made = await decide(house)
        body = {**made.body, "rule": "proportional"}
        assert body != made.body
        async with house.world.engine.begin() as db:
            await db.execute(update(table).values(body=canonical(body)))
        async with reading(house.world.engine) as db:
            for reads in (decisions.of_call(db, KEY), decisions.met(db)):
                with pytest.raises(ChangedDecision, match=KEY):
                    await reads


async def test_what_is_shown_tells_of_no_small_group(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await filled(house, people=3)
        shown = (await decide(house)).body["shown"]
        assert [each["units"] for each in shown["measures"] if each["funded"]] == [None]
        assert shown["people"] is None


async def test_who_asked_is_told_once(decided: House) -> None:
    await decide(decided)
    for expected in (6, 0):
        async with decided.world.engine.begin() as db:
            assert (await news.tell(db, decided.world, WORDS, KEY)).people == expected


async def test_a_funded_group_owes_a_report_for_each_period_with_money(decided: House) -> None:
    made = await decide(decided)
    ids = list(made.granted())
    async with reading(decided.world.engine) as db:
        (report,) = await reports.of_applications(db, decided.world.keys, ids)
    assert report.period == "2021-h2"
    assert not report.is_late(report.due_at)
    assert report.is_late(report.due_at + 1)
    assert LICENCE["unit_cost"] == 25_000


@pytest.mark.parametrize("without", ["by", "reason"])
async def test_the_database_takes_no_decision_without_a_name_and_a_reason(
    decided: House, without: str
) -> None:
    row = {"call_key": KEY, "body": "{}", "digest": "", "by": "kari", "reason": "Fordi", "decided_at": AFTER}
    for empty in ("", None):
        with pytest.raises(IntegrityError):
            async with decided.world.engine.begin() as db:
                await db.execute(insert(table), [{**row, "final": True, without: empty}])


def test_no_person_is_linked_to_an_allocation() -> None:
    """Money goes to measures: no table of calls and decisions can point at a citizen."""
    columns = [
        column
        for each in (funding.calls, funding.applications, table, funding.reports)
        for column in each.columns
    ]
    assert [str(column) for column in columns if column.info["personal"]] == []
    assert [
        str(key) for column in columns for key in column.foreign_keys if "conversations" in str(key.column)
    ] == []
