"""At every question every kind of update is answered once, in words, or met with a silence named here."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.base import Answer
from bot.channels.telegram_updates import read
from tests.emulator import Emulator, Person
from tests.emulator.people import KINDS
from tests.faults.answers import LONG, Press, reply_to
from tests.house import House, opened

QUESTIONS = 12  # asked in the long conversation, each by one message


class Telephone:
    """What a person does, read as the channel reads it and handed in; nothing is sent."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._emulator = Emulator(now=lambda: house.series.now() / 1000)
        self.kari: Person = self._emulator.person("Kari", 7)

    async def hand_in(self) -> Answer:
        self._house.series.pass_time()
        incoming = read(self._emulator.waiting()[-1]).incoming
        assert incoming is not None
        return await self._house.intake.take(incoming)

    async def says(self, text: str) -> Answer:
        self.kari.says(text)
        return await self.hand_in()

    async def presses(self, data: str) -> Answer:
        telegram = self._emulator.telegram
        shown = telegram.post(self.kari.chat, telegram.bot, {"text": "?"}, from_bot=True)
        self.kari.presses_data(data, shown)
        return await self.hand_in()

    async def replies(self, asked: Answer) -> Answer | None:
        """Go on to the next question; None at the end."""
        reply = reply_to(words(asked), LONG)
        if reply is None:
            return None
        if not isinstance(reply, Press):
            return await self.says(reply.words)
        choices = {choice.label: choice.id for shown in asked.shown for choice in shown.choices}
        return await self.presses(f"c:{asked.turn}:{choices[reply.label]}")


def words(answer: Answer) -> str:
    return "\n".join(shown.text for shown in answer.shown)


@pytest.fixture
async def phone(sqlite_url: str) -> AsyncIterator[Telephone]:
    async with opened(sqlite_url) as house:
        yield Telephone(house)


async def test_what_is_not_words_is_answered_once_and_changes_nothing(phone: Telephone) -> None:
    asked: Answer | None = await phone.says("/start")
    questions = 0
    while asked:
        questions += 1
        for kind in KINDS:
            phone.kari.sends(kind)
            again = await phone.hand_in()
            assert (len(again.shown), again.question, again.turn) == (1, asked.question, asked.turn), kind
        asked = await phone.replies(asked)
    assert questions == QUESTIONS


@pytest.mark.parametrize("data", ["c:0:who", "c:999:yes", "m:0:x", "d:0:", "w:0:skip", "w:0:back", "forged"])
async def test_an_old_or_forged_button_is_answered_kindly_and_changes_nothing(
    phone: Telephone, data: str
) -> None:
    asked: Answer | None = await phone.says("/start")
    while asked:
        again = await phone.presses(data)
        assert again.stale
        assert (len(again.shown), again.question, again.turn) == (1, asked.question, asked.turn)
        asked = await phone.replies(asked)


@pytest.mark.parametrize("way", ["skip", "back"])
async def test_a_second_tap_takes_no_second_step(phone: Telephone, way: str) -> None:
    asked = await phone.says("/start")
    for _ in range(3):
        following = await phone.replies(asked)
        assert following is not None
        asked = following
    once = await phone.presses(f"w:{asked.turn}:{way}")
    twice = await phone.presses(f"w:{asked.turn}:{way}")
    assert once.question != asked.question
    assert twice.stale
    assert twice.question == once.question


async def test_what_somebody_else_wrote_is_no_answer(phone: Telephone) -> None:
    asked: Answer | None = await phone.says("/start")
    while asked:
        for does in (phone.kari.forwards, phone.kari.says_via_bot):
            does("jeg trenger penger")
            again = await phone.hand_in()
            assert (len(again.shown), again.question) == (1, asked.question)
        asked = await phone.replies(asked)


async def test_editing_what_answered_nothing_is_met_with_silence(phone: Telephone) -> None:
    asked = await phone.says("/start")
    greeting = phone.kari.says("hei")
    await phone.hand_in()
    phone.kari.edits(greeting, "hei hei")
    assert (await phone.hand_in()).shown == ()
    assert (await phone.says("16")).question != asked.question


async def test_blocking_and_coming_back_are_met_with_silence(phone: Telephone) -> None:
    await phone.says("/start")
    for does in (phone.kari.blocks_bot, phone.kari.unblocks_bot):
        does()
        assert (await phone.hand_in()).shown == ()


async def test_start_in_the_middle_goes_on_at_the_question(phone: Telephone) -> None:
    asked = await phone.says("/start")
    following = await phone.replies(asked)
    assert following is not None
    assert (await phone.says("/start")).question == following.question
    assert (await phone.says("/start ukjent-kampanje")).question == following.question
