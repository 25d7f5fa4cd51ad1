"""The age limit is the municipality's: a year below, at it and above it take their own paths."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot import municipalities
from bot.channels.base import Answer, Used, Wrote
from dialogs.model import TELEGRAM_AGE
from dialogs.needs import bands
from tests.house import House, opened
from tests.intake.conversations import press, text

LIMITS = (13, 15, 16)
AROUND = [(limit, age) for limit in LIMITS for age in (limit - 1, limit, limit + 1)]
WORDS = "jeg vil ha et sted å være sammen"


@asynccontextmanager
async def house(url: str, limit: int) -> AsyncIterator[House]:
    """A town with this limit, in the evening."""
    place = municipalities.load()["trondheim"]
    town = replace(place, municipality=place.municipality.model_copy(update={"age_limit": limit}))
    async with opened(url, places={"trondheim": town}) as home:
        yield home


async def up_to_sending(home: House, age: int, channel: str = "web") -> list[Answer]:
    answers = [await home.do(channel, "a", Used("start"))]
    answers.append(await home.do(channel, "a", Wrote(str(age))))
    answers.append(await home.do(channel, "a", Wrote(WORDS)))
    answers.append(await press(home, "a", "other", channel))
    answers.append(await press(home, "a", "none", channel))
    return answers


@pytest.mark.parametrize(("limit", "age"), AROUND)
async def test_own_words_are_closed_under_the_limit_alone(sqlite_url: str, limit: int, age: int) -> None:
    async with house(sqlite_url, limit) as home:
        await up_to_sending(home, age)
        await press(home, "a", "send")
        (need,) = await home.sent()
    assert need.words == (None if age < limit else WORDS)


@pytest.mark.parametrize(("limit", "age"), AROUND)
async def test_the_chat_is_let_go_after_sending_under_the_limit_alone(
    sqlite_url: str, limit: int, age: int
) -> None:
    async with house(sqlite_url, limit) as home:
        await up_to_sending(home, age)
        assert (await press(home, "a", "send")).over is (age < limit)


@pytest.mark.parametrize(("limit", "age"), AROUND)
async def test_telegram_is_for_sixteen_whatever_the_limit(sqlite_url: str, limit: int, age: int) -> None:
    async with house(sqlite_url, limit) as home:
        await home.do("telegram", "1", Used("start"))
        answer = await home.do("telegram", "1", Wrote(str(age)))
    assert answer.over is (age < TELEGRAM_AGE)
    assert ("https://lytt.example" in text(answer)) is (age < TELEGRAM_AGE)


@pytest.mark.parametrize("limit", LIMITS)
def test_no_band_straddles_the_limit(limit: int) -> None:
    lowest = [int(band.split("-")[0]) for band in bands(limit) if band[0].isdigit()]
    assert limit in lowest
    assert TELEGRAM_AGE in lowest


async def test_an_age_unsaid_is_the_youngest(sqlite_url: str) -> None:
    async with house(sqlite_url, 15) as home:
        await home.do("web", "a", Used("start"))
        await home.do("web", "a", Used("skip"))
        await home.do("web", "a", Wrote(WORDS))
        await press(home, "a", "other")
        await press(home, "a", "none")
        assert (await press(home, "a", "send")).over
        (need,) = await home.sent()
    assert need.words is None


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("12-14", "en voksen du stoler på"),
        ("16-17", "Du svarer for deg selv."),
        ("18-24", "Dette er ikke en søknad."),
        ("25+", "Ikke skriv navn på barna."),
    ],
)
async def test_each_age_has_words_of_its_own(sqlite_url: str, who: str, told: str) -> None:
    async with house(sqlite_url, 15) as home:
        await home.do("web", "a", Used("start"))
        assert told in text(await press(home, "a", who))
