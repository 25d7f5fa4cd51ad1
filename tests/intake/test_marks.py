"""Who answers on the youngest path again without the receipt is kept and not counted, and not followed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.base import Answer, Pressed, Used
from bot.clock import DAY_MS
from bot.store import calls, needs, publishing, voices
from bot.store.engine import erase_traces, reading
from bot.store.publishing import Span
from bot.store.tables.funding import calls as kept_calls
from tests.funding.written import FILES
from tests.house import KEYS, House, on_disk, opened
from tests.intake.conversations import press, told

CALL = "trondheim-2021"


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        await publish(house)
        yield house


async def publish(house: House) -> None:
    async with house.world.engine.begin() as db:
        await calls.add(db, KEYS, FILES[CALL], "seed", house.series.now())


async def close(house: House) -> None:
    async with house.world.engine.begin() as db:
        await calls.close(db, KEYS, CALL, house.series.now())


async def send(
    house: House, address: str, marks: tuple[str, ...] | None = None, who: str = "12-14"
) -> Answer:
    """A chat of its own in a browser that holds these marks."""
    await told(house, address, who)
    return await send_on(house, address, marks)


async def send_on(house: House, address: str, marks: tuple[str, ...] | None = None) -> Answer:
    at = await house.do("web", address, Used("help"))
    return await house.do("web", address, Pressed(("send",), at.turn), marks=marks or ())


async def counted(house: House) -> set[int]:
    """How many people each count has: the one told to citizens, the published one, the one for money."""
    now = house.series.now()
    async with reading(house.world.engine) as db:
        asked = await needs.counts(db, "trondheim", now + 1)
        published = await publishing.voices(db, [Span("2026-2", now - DAY_MS, now + 1)])
        newly = await publishing.sent_since(db, 0)
        steering = await voices.counted(db, ["trondheim"], attested=False)
    return {sum(asked.values()), sum(each.people for each in published), newly, steering.total()}


async def test_who_sends_again_in_the_same_browser_is_kept_and_counted_once(house: House) -> None:
    first = await send(house, "a")
    assert first.over
    assert first.marks
    again = await send(house, "b", first.marks)
    assert len(await house.sent()) == 2
    assert await counted(house) == {1}
    assert again.marks == first.marks


async def test_what_the_browser_holds_says_of_nobody_who_they_are(house: House) -> None:
    """The same in every browser: it follows no child, and is joined to no answers."""
    first, other = await send(house, "a"), await send(house, "b")
    assert first.marks == other.marks
    assert await counted(house) == {2}


async def test_who_comes_back_with_the_receipt_counts_once_by_the_latest_whole(house: House) -> None:
    answer = await send(house, "a")
    receipt = next(each.receipt for each in answer.shown if each.receipt)
    await house.do("web", "b", Used("receipt", receipt), marks=answer.marks or ())
    await house.do("web", "b", Used("edit", "need0"))
    await press(house, "b", "work_and_way")
    await press(house, "b", "driving_licence")
    await send_on(house, "b", answer.marks)
    assert [need.category for need in await house.sent()] == ["driving_licence"]
    assert await counted(house) == {1}


async def test_what_is_sent_again_stays_uncounted_when_its_own_receipt_is_opened(house: House) -> None:
    first = await send(house, "a")
    again = await send(house, "b", first.marks)
    receipt = next(each.receipt for each in again.shown if each.receipt)
    await house.do("web", "c", Used("receipt", receipt))
    await house.do("web", "c", Used("edit", "need0"))
    await press(house, "c", "work_and_way")
    await press(house, "c", "driving_licence")
    await send_on(house, "c")
    assert await counted(house) == {1}


async def test_whom_a_worker_has_met_counts_in_a_browser_that_others_answered_in(house: House) -> None:
    first = await send(house, "a")
    await house.make_code("assisted")
    await house.do("web", "b", Used("code", "AB12CD34"))
    await send(house, "b", first.marks)
    assert await counted(house) == {2}


async def test_who_erases_all_may_answer_again(house: House) -> None:
    answer = await send(house, "a")
    receipt = next(each.receipt for each in answer.shown if each.receipt)
    await house.do("web", "b", Used("receipt", receipt))
    await house.do("web", "b", Used("delete"))
    assert (await press(house, "b", "yes")).marks == ()


async def test_the_tie_of_others_is_all_that_marks_them(house: House) -> None:
    assert (await send(house, "a", who="16-17")).marks is None


async def test_without_a_call_nobody_is_marked_and_everybody_counts(database_url: str) -> None:
    async with opened(database_url) as house:
        assert (await send(house, "a")).marks == ()
        await send(house, "b")
        assert await counted(house) == {2}


async def test_when_the_call_closes_its_mark_is_destroyed_and_says_nothing(house: House) -> None:
    first = await send(house, "a")
    await close(house)
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(kept_calls.c.mark))).scalar_one() is None
    await send(house, "b", first.marks)
    assert await counted(house) == {2}


async def test_of_a_closed_call_no_byte_of_the_mark_is_left(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    async with opened(sqlite_url) as house:
        await publish(house)
        async with reading(house.world.engine) as db:
            sealed = (await db.execute(select(kept_calls.c.mark))).scalar_one()
        assert sealed in on_disk(folder)
        await close(house)
        await erase_traces(house.world.engine)
        assert sealed not in on_disk(folder)
