"""Killed at any moment, Lytt loses no answer, doubles none, and goes on at each person's question.

`make faults` (LYTT_FAULTS=full) kills it more often, 200 times at random moments in each channel.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from tests.emulator import Emulator, Message
from tests.faults.answers import SHORT, Answers, Reply, Say, reply_to
from tests.faults.crowd import Crowd
from tests.faults.lytt import SECRET, Lytt
from tests.faults.process import POINTS
from tests.faults.web import Visitors

FULL = os.environ.get("LYTT_FAULTS") == "full"
RANDOM_KILLS = 200 if FULL else 4
# When a point is passed for the third time by all together, or for the 27th one by one, people are
# telling what they need: a press that is taken twice may do no harm, words would.
TOGETHER = (1, 2, 3, 4, 5) if FULL else (3,)
ONE_BY_ONE = (1, 8, 27, 40, 60) if FULL else (27,)
PEOPLE_A_START = 12
LONGEST_LIFE = 0.4  # seconds from the start to a random kill
FINISHED_WITHIN = 180.0


@dataclass
class Scene:
    """One channel: the installation, and how people begin and finish there."""

    lytt: Lytt
    points: tuple[str, ...]
    times: tuple[int, ...]
    begin: Callable[[int], None]
    finish: Callable[[], Awaitable[object]]
    under_way: Callable[[], int]
    people: int = 0

    def arrive(self) -> None:
        """New people begin, beside those who are under way."""
        for _ in range(PEOPLE_A_START):
            self.begin(10_000 + self.people)
            self.people += 1


def words_of(person: int) -> str:
    """What this person needs, in words no other uses, without digits: those may be a phone number."""
    return "jeg trenger hjelp til å ta lappen " + "".join(chr(ord("a") + int(digit)) for digit in str(person))


def answers_of(person: int) -> Answers:
    return {
        prompt: Say(words_of(person)) if isinstance(reply, Say) else reply for prompt, reply in SHORT.items()
    }


def replies(person: int, message: Message, replied: int) -> Reply | None:
    return reply_to(message.text, answers_of(person))


@asynccontextmanager
async def in_telegram(folder: Path, webhook: bool) -> AsyncIterator[Scene]:
    async with Emulator() as emulator:
        settings = {
            "LYTT_TELEGRAM_TOKEN": emulator.token,
            "LYTT_TELEGRAM_BASE_URL": emulator.base_url,
            "LYTT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }
        lytt = Lytt(folder, "serve" if webhook else "telegram", settings)
        if webhook:
            settings["LYTT_TELEGRAM_WEBHOOK_URL"] = f"{lytt.address}/telegram/updates"
        crowd = Crowd(emulator, replies)

        async def finish() -> None:
            await emulator.telegram.until(lambda: crowd.finished == crowd.begun, FINISHED_WITHIN)

        times = ONE_BY_ONE if webhook else TOGETHER
        yield Scene(lytt, POINTS, times, crowd.begin, finish, lambda: crowd.begun - crowd.finished)


@asynccontextmanager
async def in_the_web_chat(folder: Path) -> AsyncIterator[Scene]:
    lytt = Lytt(folder, "serve")
    async with aiohttp.ClientSession() as http:
        visitors = Visitors(lytt.address, answers_of, http)
        points = tuple(point for point in POINTS if point not in ("claimed", "sent"))  # nothing is delivered
        finish = partial(visitors.finish, FINISHED_WITHIN)
        yield Scene(lytt, points, TOGETHER, visitors.begin, finish, visitors.under_way)


CHANNELS = {
    "polling": lambda folder: in_telegram(folder, webhook=False),
    "webhook": lambda folder: in_telegram(folder, webhook=True),
    "web": in_the_web_chat,
}


@pytest.fixture(params=CHANNELS)
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    async with CHANNELS[request.param](tmp_path) as scene:
        yield scene
        await scene.lytt.kill()


async def all_is_there(scene: Scene) -> None:
    """Everybody comes to the end, and each need is stored exactly once."""
    await scene.lytt.start()
    await scene.finish()
    wanted = Counter(words_of(10_000 + person) for person in range(scene.people))
    assert await scene.lytt.stored() == wanted


@pytest.mark.timeout(3600 if FULL else 240)
async def test_killed_at_every_commit_point_nothing_is_lost_or_doubled(scene: Scene) -> None:
    for point in scene.points:
        for times in scene.times:
            scene.arrive()
            await scene.lytt.start(kill_at=f"{point}:{times}")
            await scene.lytt.died()
    await all_is_there(scene)


@pytest.mark.timeout(7200 if FULL else 240)
async def test_killed_at_random_moments_under_load_nothing_is_lost_or_doubled(scene: Scene) -> None:
    chance, interrupted = random.Random(20261123), 0
    for _ in range(RANDOM_KILLS):
        await scene.lytt.start()
        if scene.under_way() <= PEOPLE_A_START:  # always somebody, and no more than can come to the end
            scene.arrive()
        await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))  # the moment is what is tested
        interrupted += scene.under_way() > 0
        await scene.lytt.kill()
    assert interrupted >= RANDOM_KILLS / 2, "too few were talking when it was killed"
    await all_is_there(scene)
