"""Every channel in the list is met in the same way by intake, from the first word to the last."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import CHANNELS, Gave, Incoming, Left, Pressed, Shown, Used, Wrote
from bot.store.engine import reading
from bot.store.tables.people import links, outbox
from tests.house import KEYS, House, opened
from tests.intake.conversations import press, sent, text, told

every_channel = pytest.mark.parametrize("channel", CHANNELS)


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url) as house:
        yield house


@every_channel
async def test_a_need_is_sent_and_stored_with_its_channel(house: House, channel: str) -> None:
    assert len(await sent(house, "1", channel=channel)) == 16
    (need,) = await house.sent()
    assert (need.channel, need.words) == (channel, "jeg trenger lappen for å få jobb")


@every_channel
async def test_the_answer_says_where_the_person_is(house: House, channel: str) -> None:
    first = await house.do(channel, "1", Used("start"))
    assert (first.question, first.stale) == ("who", False)
    old = await house.do(channel, "1", Pressed(("18-24",), first.turn - 1))
    assert (old.question, old.stale) == ("who", True)


@every_channel
@pytest.mark.parametrize("kind", ["sticker", "voice", "location", "contact", "picture", "anything"])
async def test_what_is_not_words_is_answered_in_words(house: House, channel: str, kind: str) -> None:
    await told(house, "1", channel=channel)
    answer = await house.do(channel, "1", Gave(kind))
    assert answer.shown[0].text
    assert answer.question == "send"


@every_channel
async def test_help_is_there_before_and_after_the_first_word(house: House, channel: str) -> None:
    for act in (Used("help"), Used("start"), Wrote("hjelp")):
        answer = await house.do(channel, "1", act)
        assert answer.shown
        assert act == Used("start") or "113" in answer.shown[0].text
    assert house.intake.straight(Incoming(channel, "1", "k", Used("help")))


@every_channel
async def test_who_blocked_us_is_left_alone_and_keeps_what_they_said(house: House, channel: str) -> None:
    await told(house, "1", channel=channel)
    assert (await house.do(channel, "1", Left(gone=True))).shown == ()
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(links.c.unreachable))).scalar() is True
        assert (await db.execute(select(outbox))).all() == []
    assert (await press(house, "1", "send", channel)).question == "answer"
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(links.c.unreachable))).scalar() is False


@every_channel
async def test_replies_are_queued_where_they_are_delivered_or_fetched(house: House, channel: str) -> None:
    await house.do(channel, "1", Used("start"))
    abilities = CHANNELS[channel]
    async with reading(house.world.engine) as db:
        rows = (await db.execute(select(outbox))).all()
    assert bool(rows) == (abilities.pushes or abilities.fetched)
    for row in rows:
        assert Shown.model_validate_json(KEYS.unlock(row.body, "outbox", "body", row.id))
        assert (row.address is not None) == abilities.pushes


@every_channel
async def test_who_has_erased_all_is_led_to_begin_anew_with_nothing_left(house: House, channel: str) -> None:
    await told(house, "1", channel=channel)
    await house.do(channel, "1", Used("delete"))
    gone = (await press(house, "1", "yes", channel)).shown[-1]
    assert [(way.id, way.label) for way in gone.ways] == [("start", "Begynn på nytt")]
    assert (await house.do(channel, "1", Used("start"))).question == "who"
    assert "ikke sagt hva du trenger" in text(await house.do(channel, "1", Used("mine")))


@every_channel
async def test_who_is_not_asked_may_begin_anew_as_another(house: House, channel: str) -> None:
    """A phone is lent: who is none of those asked leaves it to the next one."""
    ended = await press(house, "1", "none", channel)
    assert ("start", "Begynn på nytt") in [(way.id, way.label) for way in ended.shown[-1].ways]
    assert (await house.do(channel, "1", Used("start"))).question == "who"
    assert (await press(house, "1", "18-24", channel)).question == "need"


@every_channel
async def test_the_bot_steps_aside_while_a_worker_talks(house: House, channel: str) -> None:
    await sent(house, "1", channel=channel)
    assert len(await house.write("Vil du møte oss?")) == 1
    assert (await house.do(channel, "1", Wrote("ja takk"))).question == "thread"
    assert await house.said() == ["ja takk"]
    assert (await press(house, "1", "end", channel)).question == "answer"
