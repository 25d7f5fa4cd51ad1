"""Every transcript plays the same through every channel that can do its steps."""

from collections.abc import AsyncIterator

import pytest

from tests.emulator import Emulator
from tests.players.engine import Engine
from tests.players.telegram import TelegramChat
from tests.players.terminal import Terminal
from tests.players.web import Web
from tests.talk import Transcript, every, replay

TRANSCRIPTS = every()


def through(channel: str) -> pytest.MarkDecorator:
    """Every transcript that can happen in this channel."""
    possible = [each for each in TRANSCRIPTS if channel in each.channels]
    return pytest.mark.parametrize("transcript", possible, ids=lambda each: each.name)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@through("engine")
async def test_the_engine_alone(transcript: Transcript) -> None:
    player = Engine(transcript)
    sent, ended = await replay(transcript, player)
    if "taps" in transcript.settings:
        most_sent, most_ended = map(int, transcript.settings["taps"].split())
        assert player.over
        assert (sent <= most_sent, ended <= most_ended) == (True, True), (sent, ended)


@through("terminal")
async def test_a_terminal(transcript: Transcript, sqlite_url: str) -> None:
    async with Terminal(transcript, sqlite_url) as player:
        await replay(transcript, player)


@through("web")
async def test_the_web_chat(transcript: Transcript, database_url: str) -> None:
    async with Web(transcript, database_url) as player:
        await replay(transcript, player)


@through("telegram")
async def test_telegram(transcript: Transcript, migrated_postgres_url: str, emulator: Emulator) -> None:
    async with TelegramChat(transcript, migrated_postgres_url, emulator) as player:
        await replay(transcript, player)


def test_there_are_people_of_many_kinds() -> None:
    assert len(TRANSCRIPTS) >= 40
    assert all(each.title.endswith((".", "!", "?")) for each in TRANSCRIPTS)
