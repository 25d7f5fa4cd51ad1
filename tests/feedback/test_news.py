"""Who asked to hear more hears it once, by the way they chose, and their chat is let go of then."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select

from bot import feedback
from bot.channels.base import Left, Used, Wrote
from bot.clock import DAY_MS, OSLO, milliseconds
from bot.feedback import News, Reached
from bot.municipalities.wished import next_time
from bot.operations import deliveries, retention
from bot.store import threads
from bot.store.engine import reading
from bot.store.tables.people import links, outbox, sendings
from dialogs.text import Told
from tests.feedback.post import person, told, write
from tests.house import House, opened
from tests.intake.conversations import press, sent, text

TOLD = Told("Det blir flere kurs.", "Det blir fleire kurs.", "There will be more courses.")


def at(year: int, month: int, day: int, hour: int) -> datetime:
    """A time on the wall."""
    return datetime(year, month, day, hour, tzinfo=OSLO)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def tell(house: House, id: str = "n1", *, decided: bool = False) -> Reached:
    async with house.world.engine.begin() as db:
        return await feedback.tell(db, house.world, News(id, "trondheim", ("other",), TOLD, decided))


async def by_themselves(house: House) -> list[str]:
    """What waits in chats without being an answer, in order."""
    async with reading(house.world.engine) as db:
        rows = await db.execute(select(outbox).where(outbox.c.in_reply_to.is_(None)).order_by(outbox.c.seq))
        return [house.world.keys.unlock(row.body, "outbox", "body", row.id) for row in rows]


async def turn(house: House) -> int:
    told: list[bytes] = []
    await deliveries.once(house.world, told.extend)
    return len(told)


async def linked(house: House) -> int:
    async with reading(house.world.engine) as db:
        return len((await db.execute(select(links))).all())


async def pass_days(house: House, days: float) -> None:
    """So long, and then a turn of retention by somebody who has seen the counts."""
    house.series.pass_time(int(days * DAY_MS))
    await retention.once(house.world, sure=True)


@pytest.mark.parametrize(("answer", "people"), [("news", 1), ("adult", 1), ("no", 0)])
async def test_only_who_asked_to_hear_is_told_and_once(house: House, answer: str, people: int) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", answer, "telegram")
    assert (await tell(house)).people == people
    assert (await tell(house)).people == 0
    bodies = await by_themselves(house)
    assert len(bodies) == people
    assert all("Det blir flere kurs." in body and "lappen" not in body for body in bodies)


async def test_news_waits_behind_the_receipt_of_who_has_no_chat(house: House) -> None:
    receipt = await sent(house, "1", who="12-14")
    async with house.world.engine.begin() as db:
        await db.execute(sendings.update().values(answer="news"))
    assert await tell(house) == Reached(1, ())
    answer = await house.do("web", "2", Used("receipt", receipt))
    assert "Nytt fra Trondheim kommune:\nDet blir flere kurs." in [each.text for each in answer.shown]
    assert [each[2] for each in await told(house)] == [True]


async def test_news_is_not_pushed_where_others_may_see_the_phone(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", "adult_hidden", "telegram")
    assert await tell(house) == Reached(1, ())
    assert await by_themselves(house) == []
    assert "flere kurs" in text(await house.do("telegram", "1", Used("mine")))


async def test_news_comes_last_of_all_that_waits(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", "news", "telegram")
    await tell(house)
    async with reading(house.world.engine) as db:
        priorities = await db.scalars(select(outbox.c.priority).where(outbox.c.in_reply_to.is_(None)))
        assert list(priorities) == [feedback.LAST]


async def test_who_was_told_what_was_decided_is_let_go_of(house: House) -> None:
    await sent(house, "1")
    await press(house, "1", "news")
    await press(house, "1", "no")
    await tell(house, "n1")
    await tell(house, "n2", decided=True)
    await pass_days(house, 3)
    assert await linked(house) == 1  # nobody has fetched it
    async with house.world.engine.begin() as db:
        ids = [each.id for each in await threads.of(db, house.world.keys, await person(house))]
        await threads.mark_shown(db, ids, house.series.now())
    await pass_days(house, 0.9)
    assert await linked(house) == 1
    await pass_days(house, 1)
    assert await linked(house) == 0


async def test_news_alone_does_not_end_the_waiting(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", "news", "telegram")
    await tell(house)
    async with house.world.engine.begin() as db:
        ids = [each.id for each in await threads.of(db, house.world.keys, await person(house))]
        await threads.mark_shown(db, ids, house.series.now())
    await pass_days(house, 40)
    assert await linked(house) == 1


async def test_who_got_an_answer_and_ended_the_talk_is_let_go_of_a_day_later(house: House) -> None:
    await sent(house, "1")
    await press(house, "1", "adult")
    await write(house, "Hei!")
    await pass_days(house, 60)
    assert await linked(house) == 1  # a talk has no end but the person's
    answer = await press(house, "1", "end")
    assert "Om et døgn kjenner jeg deg ikke igjen her." in answer.shown[0].text
    await pass_days(house, 0.9)
    assert await linked(house) == 1
    await pass_days(house, 0.2)
    assert await linked(house) == 0


async def test_who_asks_for_an_answer_once_more_is_not_let_go_of(house: House) -> None:
    await sent(house, "1")
    await press(house, "1", "adult")
    await write(house, "Hei!")
    await press(house, "1", "end")
    for answer in ("no", "adult"):
        await house.do("web", "1", Used("edit", "answer"))
        await press(house, "1", answer)
    await pass_days(house, 20)
    assert await linked(house) == 1


async def test_who_is_to_be_asked_again_stays_tied_after_the_answer(house: House) -> None:
    await sent(house, "1")
    for choice in ("news", "yes", "yes"):
        await press(house, "1", choice)
    await house.do("web", "1", Used("edit", "answer"))
    await press(house, "1", "adult")
    await write(house, "Hei!")
    await press(house, "1", "end")
    await pass_days(house, 190)
    assert await linked(house) == 1
    await pass_days(house, 11)
    assert await linked(house) == 0


async def test_an_open_talk_keeps_what_was_said_beyond_a_year(house: House) -> None:
    await sent(house, "1")
    await pass_days(house, 300)
    await write(house, "Hei igjen!")
    await pass_days(house, 300)
    assert len(await house.sent()) == 1
    await pass_days(house, 70)
    assert await house.sent() == []


async def test_who_wants_it_is_asked_again_after_half_a_year_once_and_by_day(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", "no", "telegram")
    await press(house, "1", "yes", "telegram")
    house.series.pass_time(181 * DAY_MS)
    assert await turn(house) == 0
    now = datetime.fromtimestamp(house.series.at / 1000, OSLO)
    house.series.at = milliseconds(now.replace(hour=23)) + 2 * DAY_MS
    assert await turn(house) == 0
    house.series.pass_time(10 * 3_600_000)
    assert await turn(house) == 1
    assert await turn(house) == 0
    (body,) = await by_themselves(house)
    assert "Du ba meg spørre igjen." in body
    assert "lappen" not in body
    answer = await house.do("telegram", "1", Wrote("jeg trenger et sted å bo", "m9"))
    assert answer.question == "heard"


async def test_who_blocked_us_is_not_asked_again_before_they_are_back(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await press(house, "1", "no", "telegram")
    await press(house, "1", "yes", "telegram")
    await house.do("telegram", "1", Left(gone=True))
    house.series.at = milliseconds(at(2027, 6, 10, 12))
    assert await turn(house) == 0
    await house.do("telegram", "1", Used("start"))
    assert await turn(house) == 1


async def test_a_letter_for_the_evening_comes_in_the_evening(house: House) -> None:
    await sent(house, "1", channel="telegram")
    house.series.at = milliseconds(at(2026, 11, 24, 10))
    due_at = milliseconds(at(2026, 11, 24, 18))
    await write(house, "God kveld!", due_at=due_at)
    assert await turn(house) == 0
    house.series.at = due_at
    assert await turn(house) == 1
    assert await turn(house) == 0
    assert "God kveld!" in (await by_themselves(house))[0]


@pytest.mark.parametrize(
    ("wish", "now", "opens"),
    [
        ("day", at(2026, 11, 24, 10), at(2026, 11, 24, 10)),
        ("day", at(2026, 11, 27, 17), at(2026, 11, 30, 8)),
        ("evening", at(2026, 11, 24, 10), at(2026, 11, 24, 18)),
        ("evening", at(2026, 11, 24, 21), at(2026, 11, 25, 18)),
        ("weekend", at(2026, 11, 24, 10), at(2026, 11, 28, 11)),
        ("weekend", at(2026, 12, 25, 12), at(2026, 12, 25, 12)),
        ("any", at(2026, 11, 24, 23), at(2026, 11, 25, 9)),
        (None, at(2027, 3, 28, 1), at(2027, 3, 28, 9)),
        (None, at(2026, 10, 25, 2), at(2026, 10, 25, 9)),
    ],
)
def test_a_wish_has_its_hours(wish: str | None, now: datetime, opens: datetime) -> None:
    assert next_time(wish, now) == opens
