"""The strings that break programs, through every question that hears words and through every channel."""

import json
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import understanding
from bot.channels import terminal
from bot.channels.base import CHANNELS, Act, Answer, Incoming, Pressed, Used, Wrote
from bot.render import render
from bot.store.engine import reading
from bot.store.tables.people import failures
from dialogs import engine
from dialogs.model import Conversation, Heard, Said
from dialogs.questions import SCRIPT
from tests.dialogs.situations import places
from tests.emulator import Emulator
from tests.house import House, opened, words
from tests.players.telegram import TelegramChat
from tests.players.web import Web
from tests.talk import Transcript

BLNS = Path(__file__).parents[3] / "shared" / "data" / "naughty" / "blns.json"
HARD = ["", "\0", "a\0b", "\ud800", "slutt \udfff", "bla\u030aba\u0308r", "x"]
LONG = [("Å, jeg må ha ro. " * 6_000)[:length] for length in (4095, 4096, 4097, 100_000)]
HEARING = [question.id for question in (*SCRIPT, *SCRIPT.asides) if question.hear]
TALK = Transcript("naughty", "Somebody who tries everything.", {}, ())


@pytest.fixture(scope="module")
def strings() -> list[str]:
    return [*json.loads(BLNS.read_text("utf-8")), *HARD, *LONG]


@pytest.fixture(scope="module")
def heard(strings: list[str]) -> list[Heard]:
    return [understanding.read(text, "nb") for text in strings]


def storable(text: str) -> str:
    """NFC of what was received, U+0000 and lone surrogates replaced."""
    return unicodedata.normalize(
        "NFC", "".join("\ufffd" if each == "\0" or 0xD800 <= ord(each) <= 0xDFFF else each for each in text)
    )


@pytest.mark.parametrize("question", HEARING)
def test_no_words_break_a_question(question: str, heard: list[Heard]) -> None:
    conversation, situation = places()[question][0]
    for each in heard:
        outcome = engine.step(conversation, Said(each, "m1"), situation)
        assert Conversation.model_validate_json(outcome.conversation.model_dump_json().encode())
        for abilities in CHANNELS.values():
            ids = [str(i) for i in range(len(outcome.messages))]
            assert all(shown.text for shown in render(outcome.messages, words(), "nb", abilities, ids))


async def all_at_once(house: House, acts: Sequence[Act | None]) -> list[Answer | None]:
    """What many people do at the same time, each in their own chat; None does nothing."""
    done = [Incoming("web", f"p{place}", house.series.new_id(), act) for place, act in enumerate(acts) if act]
    answers = iter(await house.intake.take_all(done))
    return [next(answers) if act else None for act in acts]


def presses(answers: Sequence[Answer | None], question: str, id: str) -> list[Act | None]:
    """Press this choice wherever this question is asked."""
    return [Pressed((id,), each.turn) if each and each.question == question else None for each in answers]


async def test_what_is_stored_is_what_was_received(database_url: str, strings: list[str]) -> None:
    async with opened(database_url) as house:
        answers = await all_at_once(house, [Used("start")] * len(strings))
        answers = await all_at_once(house, presses(answers, "who", "18-24"))
        answers = await all_at_once(house, [Wrote(text) for text in strings])
        asked = [
            text for text, each in zip(strings, answers, strict=True) if each and each.question == "heard"
        ]
        answers = await all_at_once(house, presses(answers, "heard", "other"))
        answers = await all_at_once(house, presses(answers, "district", "none"))
        await all_at_once(house, presses(answers, "send", "send"))
        stored = Counter(need.words for need in await house.sent())
        plain = [text for text in asked if not understanding.read(text).spans]
        assert len(plain) > 450
        assert Counter(map(storable, plain)) <= stored
        assert stored.total() == len(asked)
        assert await given_up(house) == []


async def given_up(house: House) -> list[str]:
    async with reading(house.world.engine) as db:
        return list(await db.scalars(select(failures.c.error)))


async def test_the_web_takes_them_all(sqlite_url: str, strings: list[str]) -> None:
    async with Web(TALK, sqlite_url) as player:
        await player.start()
        await player.presses("18–24 år")
        for text in strings:
            assert await player.says(text), text
        assert await given_up(player.house) == []


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


async def test_telegram_takes_them_all(sqlite_url: str, strings: list[str], emulator: Emulator) -> None:
    async with TelegramChat(TALK, sqlite_url, emulator) as player:
        await player.start()
        await player.presses("18–24 år")
        for text in strings:
            player.person.says(text)
        assert await player.answered(len(strings), within=60)
        assert await given_up(player.house) == []


async def test_the_terminal_takes_them_all(sqlite_url: str, strings: list[str]) -> None:
    async def lines() -> AsyncIterator[str]:
        yield "18"
        for text in strings:
            yield text.replace("\n", " ")

    told: list[str] = []
    async with opened(sqlite_url) as house:
        await terminal.talk(house.intake.take, lines(), told.append, house.series.new_id, address="tty")
        assert len(told) >= len(strings)
        assert await given_up(house) == []
