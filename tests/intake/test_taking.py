"""What is taken is stored once, whoever brings it how often; what can not be stored is not taken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import current_thread, main_thread

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from bot.channels.base import Answer, Incoming, Pressed, Unavailable, Used, Wrote
from bot.intake.door import LONG, TRIES
from bot.store.engine import reading
from bot.store.tables.people import conversations, failures, outbox, taken
from dialogs.model import Heard
from tests.house import KEYS, House, Series, opened
from tests.intake.conversations import press, sent, text, told


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def count(house: House, table: object) -> int:
    async with reading(house.world.engine) as db:
        return len((await db.execute(select(table))).all())  # type: ignore[call-overload]


async def test_a_conversation_is_stored_when_it_is_sent(house: House) -> None:
    await told(house, "kari")
    assert await house.sent() == []
    await press(house, "kari", "send")
    (need,) = await house.sent()
    assert (need.category, need.age_band, need.words) == (
        "other",
        "18-24",
        "jeg trenger lappen for å få jobb",
    )


async def test_the_same_key_again_gets_the_same_answer_and_changes_nothing(house: House) -> None:
    at = await house.do("web", "kari", Used("start"))
    first = await house.do("web", "kari", Pressed(("18-24",), at.turn), key="k1")
    again = await house.do("web", "kari", Pressed(("18-24",), at.turn), key="k1")
    assert again.shown == first.shown
    assert again.turn == first.turn


async def test_a_key_is_one_chats_own_where_the_client_makes_it(house: House) -> None:
    assert (await house.do("web", "kari", Used("start"), key="1")).shown
    assert (await house.do("web", "ola", Used("start"), key="1")).shown
    assert await count(house, conversations) == 2


async def test_an_update_is_taken_once_whichever_chat_it_names(house: House) -> None:
    await house.do("telegram", "7", Used("start"), key="771")
    await house.do("telegram", "7", Used("start"), key="771")
    assert await count(house, taken) == 1
    assert await count(house, outbox) == 1


async def test_the_same_thing_twice_in_one_batch_is_taken_once(house: House) -> None:
    twice = [Incoming("web", "kari", "k1", Used("start"))] * 2
    first, second = await house.intake.take_all(twice)
    assert first == second
    assert await count(house, taken) == 1


async def test_five_taps_on_send_make_one_sending(house: House) -> None:
    await told(house, "kari")
    at = await house.do("web", "kari", Used("start"))
    taps = [Incoming("web", "kari", f"tap{i}", Pressed(("send",), at.turn)) for i in range(5)]
    answers = await asyncio.gather(*map(house.intake.take, taps))
    assert [answer.stale for answer in answers] == [False, True, True, True, True]
    assert len(await house.sent()) == 1


async def test_who_waits_together_shares_a_commit(database_url: str) -> None:
    commits: list[str] = []
    async with opened(database_url, at=commits.append) as house:
        people = [Incoming("web", f"p{i}", "1", Used("start")) for i in range(60)]
        await asyncio.gather(*map(house.intake.take, people))
        assert await count(house, conversations) == 60
    assert commits.count("committed") <= 2


async def test_two_processes_are_brought_the_same_answer_and_one_stores_it(database_url: str) -> None:
    series, other = Series(), Series(made=1_000_000)
    async with opened(database_url, series) as first, opened(database_url, other) as second:
        await told(first, "kari")
        at = await first.do("web", "kari", Used("start"))
        tap = Incoming("web", "kari", "tap", Pressed(("send",), at.turn))
        await asyncio.gather(take_until_taken(first, tap), take_until_taken(second, tap))
        assert len(await first.sent()) == 1


async def test_two_processes_begin_the_same_chat_once(database_url: str) -> None:
    series, other = Series(), Series(made=1_000_000)
    async with opened(database_url, series) as first, opened(database_url, other) as second:
        hello = Incoming("telegram", "7", "771", Used("start"))
        await asyncio.gather(take_until_taken(first, hello), take_until_taken(second, hello))
        assert await count(first, conversations) == 1
        assert await count(first, outbox) == 1


async def take_until_taken(house: House, incoming: Incoming) -> Answer:
    """As a channel does: what was not taken is brought again."""
    for _ in range(3):
        try:
            return await house.intake.take(incoming)
        except Unavailable:
            continue
    raise AssertionError("never taken")


# What spoils its batch


def poisonous(text: str, language: str | None) -> Heard:
    if text == "gift":
        raise RuntimeError("hemmelig gift")
    return Heard(masked=text)


async def test_an_update_that_always_fails_costs_nobody_else_theirs(
    database_url: str, logged: Callable[[], str]
) -> None:
    async with opened(database_url, read=poisonous) as house:
        batch = [Incoming("web", name, "1", Used("start")) for name in ("kari", "ola")]
        await house.intake.take_all(batch)
        batch = [Incoming("web", "kari", "2", Wrote("gift")), Incoming("web", "ola", "2", Wrote("17"))]
        spoilt, fine = await house.intake.take_all(batch)
        assert "Skriv det på nytt" in text(spoilt)
        assert fine.question == "need"
        async with reading(house.world.engine) as db:
            (kept,) = (await db.execute(select(failures.c.channel, failures.c.key, failures.c.error))).all()
        assert tuple(kept) == ("web", "2", "builtins.RuntimeError")
        assert (await house.intake.take(batch[0])).shown == spoilt.shown
    lines = logged()
    assert "an update was given up" in lines
    assert "gift" not in lines


async def test_it_is_tried_three_times_before_it_is_given_up(sqlite_url: str) -> None:
    tried: list[str] = []

    def fails_twice(text: str, language: str | None) -> Heard:
        tried.append(text)
        if len(tried) <= TRIES:
            raise RuntimeError
        return Heard(masked=text)

    async with opened(sqlite_url, read=fails_twice) as house:
        await house.do("web", "kari", Used("start"))
        answer = await house.do("web", "kari", Wrote("17"))
        assert answer.question == "need"
    assert len(tried) == TRIES + 1  # once with its batch, then alone


# The database is away


class Away:
    """A fail point where the database goes away and comes back."""

    def __init__(self) -> None:
        self.away = False

    def __call__(self, point: str) -> None:
        if self.away and point == "saved":
            raise OperationalError("commit", {}, OSError("the disk is gone"))


async def test_nothing_is_taken_while_the_database_is_away_and_all_of_it_after(database_url: str) -> None:
    away = Away()
    async with opened(database_url, at=away) as house:
        at = await house.do("web", "kari", Used("start"))
        away.away = True
        tap = Incoming("web", "kari", "k1", Pressed(("18-24",), at.turn))
        with pytest.raises(Unavailable):
            await house.intake.take(tap)
        away.away = False
        assert (await house.intake.take(tap)).question == "need"


@pytest.mark.parametrize("language", ["nb", "nn", "en", None])
@pytest.mark.parametrize("act", [Used("help"), Wrote("hjelp nå"), Wrote("jeg vil ta livet mitt")], ids=str)
async def test_help_needs_no_database(language: str | None, act: Used | Wrote) -> None:
    async with opened("sqlite+aiosqlite://") as house:
        shown = house.intake.straight(Incoming("telegram", "7", "1", act, language))
        assert "113" in shown[0].text
        assert "116 111" in shown[0].text  # the youngest list, for whom the age is unknown
        assert house.intake.straight(Incoming("telegram", "7", "2", Wrote("jeg vil ha jobb"), language)) == ()


async def test_an_unknown_chat_is_refused_where_it_must_exist(house: House) -> None:
    answer = await house.do("web", "nobody", Used("start"), existing=True)
    assert not answer.known
    assert await count(house, conversations) == 0


async def test_a_restart_goes_on_at_the_same_question(database_url: str) -> None:
    series = Series()
    async with opened(database_url, series) as house:
        await told(house, "kari")
    async with opened(database_url, series) as house:
        assert (await house.do("web", "kari", Used("start"))).question == "send"


async def test_receipts_are_stored_as_hashes_alone(house: House) -> None:
    receipt = await sent(house, "kari")
    async with reading(house.world.engine) as db:
        (held,) = (await db.execute(select(conversations.c.receipt_hash))).scalars()
    assert held == KEYS.hash("receipt", receipt)


# Reading


async def test_words_are_read_before_the_transaction_begins(database_url: str) -> None:
    happened: list[str] = []

    def reading_notes(text: str, language: str | None) -> Heard:
        happened.append("read")
        return Heard(masked=text)

    def began(*_: object) -> None:
        happened.append("begun")

    async with opened(database_url, read=reading_notes) as house:
        await house.do("web", "kari", Used("start"))
        event.listen(house.world.engine.sync_engine, "begin", began)
        await house.do("web", "kari", Wrote("17"))
    assert happened.index("read") < happened.index("begun")


async def test_a_long_text_is_read_beside_the_loop_where_it_holds_nobody_up(sqlite_url: str) -> None:
    threads: dict[str, bool] = {}

    def noted(text: str, language: str | None) -> Heard:
        threads["long" if len(text) > LONG else "short"] = current_thread() is main_thread()
        return Heard(masked=text)

    async with opened(sqlite_url, read=noted) as house:
        await house.do("web", "kari", Wrote("17"))
        await house.do("web", "kari", Wrote("lappen " * LONG))
    assert threads == {"short": True, "long": False}
