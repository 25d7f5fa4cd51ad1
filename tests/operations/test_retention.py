"""What has had its time goes, and nothing before it, however the clock is set."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import Table, insert, select

from bot.channels.base import Wrote
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, OSLO
from bot.operations import retention
from bot.store import outlived
from bot.store.engine import reading
from bot.store.outlived import KINDS
from bot.store.tables.base import metadata
from bot.store.tables.people import attempts, conversations, links, sendings, taken
from tests.house import House, Series, opened
from tests.intake.conversations import press, sent, told
from tests.rules.source import documentation


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url) as house:
        yield house


async def count(house: House, table: Table) -> int:
    async with reading(house.world.engine) as db:
        return len((await db.execute(select(table))).all())


async def run(house: House, milliseconds: int = 0) -> dict[str, int]:
    """A turn of retention after some time, with a turn a day meanwhile: the clock goes on steadily."""
    end = house.series.at + milliseconds
    told: dict[str, int] = {}
    while house.series.at < end:
        house.series.pass_time(min(DAY_MS, end - house.series.at))
        told = await retention.once(house.world)
    return told if milliseconds else await retention.once(house.world)


async def run_late(house: House, milliseconds: int) -> dict[str, int]:
    """One turn after a long time, by somebody who has seen the counts."""
    house.series.pass_time(milliseconds)
    return await retention.once(house.world, sure=True)


def test_each_kind_says_how_long_and_who_says_so() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.source and kind.since and kind.kept_ms >= 0 for kind in KINDS)


def test_the_handbook_says_how_long_each_kind_is_kept() -> None:
    written = documentation("docs/operations.md")
    for kind in KINDS:
        days, hours = kind.kept_ms // DAY_MS, kind.kept_ms // HOUR_MS
        long = "no longer" if not hours else f"{days} days" if days > 1 else f"{hours} hours"
        assert f"| {kind.name} | {long} | {kind.since} |" in written


async def test_unsent_answers_go_after_thirty_days_and_not_before(house: House) -> None:
    await told(house, "kari")
    last = house.series.at
    await run(house, 30 * DAY_MS - MINUTE_MS)
    assert await count(house, conversations) == 1
    house.series.at = last + 30 * DAY_MS + MINUTE_MS
    assert (await run(house))["unsent answers"] == 1
    assert await count(house, conversations) == await count(house, links) == 0


async def test_who_comes_back_starts_the_thirty_days_anew(house: House) -> None:
    await told(house, "kari")
    await run(house, 20 * DAY_MS)
    await house.do("web", "kari", Wrote("jeg er her fortsatt", "m5"))
    await run(house, 20 * DAY_MS)
    assert await count(house, conversations) == 1


async def test_sent_answers_go_after_a_year(house: House) -> None:
    await sent(house, "kari")
    await run_late(house, 364 * DAY_MS)
    assert len(await house.sent()) == 1
    await run_late(house, 2 * DAY_MS)
    assert (await house.sent(), await count(house, conversations)) == ([], 0)


async def test_a_red_flag_keeps_what_belongs_to_it_for_a_worker(house: House) -> None:
    await told(house, "kari")
    await house.do("web", "kari", Wrote("jeg vil ikke leve mer", "m2"))
    await run(house, 40 * DAY_MS)
    assert await count(house, conversations) == 1


@pytest.mark.parametrize(
    ("answer", "again", "days"), [("no", "no", 30), ("no", "yes", 200), ("news", None, 365)]
)
async def test_a_chat_is_tied_as_long_as_the_last_thing_asked_for(
    house: House, answer: str, again: str | None, days: int
) -> None:
    await sent(house, "7", channel="telegram")
    async with house.world.engine.begin() as db:
        wanted = {"answer": answer, "ask_again": again == "yes"}
        await db.execute(sendings.update().values(**wanted))
    await run_late(house, (days - 1) * DAY_MS)
    assert await count(house, links) == 1
    await run_late(house, 2 * DAY_MS)
    assert await count(house, links) == 0


async def test_a_source_is_known_for_less_than_a_day(house: House) -> None:
    await sent(house, "kari")
    hour = house.series.at // HOUR_MS
    async with house.world.engine.begin() as db:
        await db.execute(insert(attempts), [{"source": b"s", "at_hour": hour, "count": 1}])
    house.series.pass_time(20 * HOUR_MS)
    await run(house)
    assert await count(house, attempts) == 1
    house.series.pass_time(4 * HOUR_MS - 20 * MINUTE_MS)
    await run(house)
    assert await count(house, attempts) == 0
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(sendings.c.source))).scalar() is None
    assert len(await house.sent()) == 1


def test_what_is_fleeting_is_kept_for_two_days_at_most_and_a_source_for_less_than_one() -> None:
    """A turn may be ten minutes late, and an hour of tries is counted from its beginning."""
    fleeting = [column for table in metadata.tables.values() for column in table.columns]
    fleeting = [column for column in fleeting if column.info["fleeting"]]
    short = {kind.table for kind in KINDS if kind.kept_ms <= 2 * DAY_MS}
    shorter = {kind.table for kind in KINDS if kind.kept_ms + HOUR_MS + 10 * MINUTE_MS < DAY_MS}
    assert {column.table for column in fleeting} <= short
    assert {column.table for column in fleeting if column.name == "source"} <= shorter


async def test_the_preview_tells_what_the_turn_then_does(house: House) -> None:
    await told(house, "kari")
    await told(house, "ola")
    house.series.pass_time(31 * DAY_MS)
    preview = await retention.waiting(house.world.engine, house.series.now())
    assert preview["unsent answers"] == 2
    assert await count(house, conversations) == 2
    forgotten = await retention.once(house.world, sure=True)
    assert forgotten["unsent answers"] == 2
    assert forgotten.items() <= preview.items()  # what belonged to them went with them
    assert await retention.waiting(house.world.engine, house.series.now()) == {}


# --- the clock ------------------------------------------------------------------------------------


async def test_a_clock_that_jumps_ahead_erases_nothing(house: House) -> None:
    await told(house, "kari")
    await run(house)
    right = house.series.at
    house.series.pass_time(400 * DAY_MS)
    for _ in range(10):
        house.series.pass_time(10 * MINUTE_MS)
        assert "unsent answers" not in await run(house)
    house.series.at = right + 2 * HOUR_MS  # set right again
    await run(house)
    assert await count(house, conversations) == 1
    await run(house, 31 * DAY_MS)
    assert await count(house, conversations) == 0


async def test_a_clock_that_stays_ahead_is_believed_after_a_day(house: House) -> None:
    """Lytt was switched off for two months: the same to look at, and erasing is a day late at most."""
    await told(house, "kari")
    await run(house)
    house.series.pass_time(60 * DAY_MS)
    await run(house)
    assert await count(house, conversations) == 1
    await run(house, DAY_MS)
    assert await count(house, conversations) == 0


async def test_a_clock_set_back_erases_nothing_early_when_it_is_set_right(house: House) -> None:
    await run(house)
    right = house.series.at
    house.series.at = right - 60 * DAY_MS
    await run(house)
    await told(house, "kari")  # stamped sixty days too old
    house.series.pass_time(HOUR_MS)
    await run(house)
    house.series.at = right + 2 * HOUR_MS
    await run(house)
    assert await count(house, conversations) == 1
    await run(house, 29 * DAY_MS)
    assert await count(house, conversations) == 1
    await run(house, 2 * DAY_MS)
    assert await count(house, conversations) == 0


async def test_a_clock_set_back_for_good_is_believed_in_the_end(house: House) -> None:
    await run(house)
    house.series.at -= 1000 * DAY_MS
    await told(house, "kari")
    await run(house, 70 * DAY_MS)
    assert await count(house, conversations) == 0


async def test_once_forgotten_is_not_forgotten_twice(house: House) -> None:
    await told(house, "kari")
    await run(house, 31 * DAY_MS)
    at = house.series.at
    house.series.at = at - 3 * HOUR_MS
    assert await run(house) == {}
    house.series.at = at
    assert await run(house) == {}


@pytest.mark.parametrize(
    "begin",
    [
        datetime(2026, 3, 1, 1, 30, tzinfo=OSLO),  # summer time begins within the thirty days
        datetime(2026, 10, 1, 1, 30, tzinfo=OSLO),  # and ends
        datetime(2026, 10, 25, 2, 30, tzinfo=OSLO, fold=1),  # the hour that comes twice
        datetime(2027, 12, 15, 12, tzinfo=OSLO),  # a year's end
        datetime(2028, 2, 20, 12, tzinfo=OSLO),  # a leap day
        datetime(2038, 1, 10, 12, tzinfo=OSLO),  # the end of 32 bits
    ],
    ids=["spring", "autumn", "twice", "new year", "leap day", "2038"],
)
async def test_no_calendar_shortens_thirty_days(sqlite_url: str, begin: datetime) -> None:
    async with opened(sqlite_url, Series(at=int(begin.timestamp() * 1000))) as house:
        await told(house, "kari")
        last = house.series.at
        await run(house, 30 * DAY_MS - MINUTE_MS)
        assert await count(house, conversations) == 1
        house.series.at = last + 30 * DAY_MS + 1
        await run(house)
        assert await count(house, conversations) == 0


async def test_it_is_the_same_on_postgresql(migrated_postgres_url: str) -> None:
    async with opened(migrated_postgres_url) as house:
        await told(house, "kari")
        await sent(house, "ola")
        await press(house, "ola", "no")
        forgotten = await run_late(house, 366 * DAY_MS)
        assert (forgotten["unsent answers"], forgotten["sent answers"]) == (1, 1)
        assert await count(house, conversations) == await count(house, taken) == 0
        async with house.world.engine.begin() as db:
            assert retention.TURN in await outlived.marked(db)
