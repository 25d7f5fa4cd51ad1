"""`make bench`: Lytt beside python-telegram-bot's own ConversationHandler, in one run, on one machine."""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from tests.emulator import Emulator, Message
from tests.faults.answers import LONG, Press, Reply, Say, reply_to
from tests.faults.crowd import Crowd, Replies

Runs = Callable[[Emulator, str], AbstractAsyncContextManager[None]]
"""A bot at work against an emulator, what it stores in a folder."""

PEOPLE = 250
OPEN_CONVERSATIONS = 1000
TAPS_PER_SECOND = 40
TAPS_MEASURED = 1200
UPDATES_EACH = 12
MOST_OWN_TIME_MS = 50


@dataclass(frozen=True)
class Measured:
    """What one run gave."""

    name: str
    per_second: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.name:34}{self.per_second:10.0f}{self.p50:10.0f}{self.p99:10.0f}"


def lytt_replies(person: int, message: Message, replied: int) -> Reply | None:
    """The long conversation of Lytt."""
    return reply_to(message.text, LONG)


def usual_replies(person: int, message: Message, replied: int) -> Reply | None:
    """As many words and presses, in the same places, for the bot beside it."""
    if replied == UPDATES_EACH - 1:
        return None
    return Say("jeg trenger hjelp til å ta lappen") if replied in (1, 5) else Press("Ja")


def percentile(seconds: list[float], share: float) -> float:
    """The wait that this share of the waits does not exceed, in milliseconds."""
    return 1000 * sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)]


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[None]:
    """A bot in a process of its own, ended at the end."""
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", *arguments),
        env=os.environ | environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        bot.terminate()
        await bot.wait()


@asynccontextmanager
async def lytt(emulator: Emulator, folder: str) -> AsyncIterator[None]:
    """Lytt as it runs for real, on a file in `folder`; only the limits of sending are lifted."""
    settings = {
        "LYTT_ENVIRONMENT": "test",
        "LYTT_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/lytt.db",
        "LYTT_SECRET_KEY_FILE": f"{folder}/keys",
        "LYTT_TELEGRAM_TOKEN": emulator.token,
        "LYTT_TELEGRAM_BASE_URL": emulator.base_url,
        "LYTT_SEND_PER_SECOND": "100000",
        "LYTT_SEND_PER_CHAT": "100000",
        "LYTT_LOG_LEVEL": "ERROR",
    }
    async with process("bot", "telegram", **settings):
        yield


@asynccontextmanager
async def usual(emulator: Emulator, folder: str) -> AsyncIterator[None]:
    """The bot of conversation_handler.py, its pickle in `folder`."""
    module = "tests.benchmarks.conversation_handler"
    async with process(module, emulator.token, emulator.base_url, folder):
        yield


async def throughput(name: str, bot: Runs, replies: Replies) -> Measured:
    """One goes ahead, then everybody starts at once; how long until all are through."""
    with tempfile.TemporaryDirectory() as folder:
        async with Emulator() as emulator, bot(emulator, folder):
            crowd = Crowd(emulator, replies)
            await emulator.telegram.until(lambda: emulator.telegram.polls > 0, within=60)
            crowd.begin(9_999)  # the first person meets what is loaded only once
            await emulator.telegram.until(lambda: crowd.finished == 1, within=60)
            crowd.waited.clear()
            begun = time.perf_counter()
            for number in range(10_000, 10_000 + PEOPLE):
                crowd.begin(number)
            await emulator.telegram.until(lambda: crowd.finished == PEOPLE + 1, within=180)
            seconds = time.perf_counter() - begun
    assert len(crowd.waited) == PEOPLE * UPDATES_EACH
    waits = (percentile(crowd.waited, share) for share in (0.5, 0.99))
    return Measured(name, len(crowd.waited) / seconds, *waits)


async def phone_pace() -> list[float]:
    """With many conversations open, the time from a tap to the next question."""
    chance, loop = random.Random(1), asyncio.get_running_loop()

    def pause(act: Callable[[], None]) -> None:
        # One tap a conversation every 25 seconds is, over a thousand of them, forty a second.
        loop.call_later(chance.uniform(0.2, 1.8) * OPEN_CONVERSATIONS / TAPS_PER_SECOND, act)

    with tempfile.TemporaryDirectory() as folder:
        async with Emulator() as emulator, lytt(emulator, folder):
            crowd = Crowd(emulator, lytt_replies, pause)
            await emulator.telegram.until(lambda: emulator.telegram.polls > 0, within=60)
            for number in range(20_000, 20_000 + OPEN_CONVERSATIONS):
                crowd.begin(number)
            await emulator.telegram.until(lambda: len(crowd.waited) >= OPEN_CONVERSATIONS, within=120)
            crowd.waited.clear()
            await emulator.telegram.until(lambda: len(crowd.waited) >= TAPS_MEASURED, within=180)
    return crowd.waited


async def main() -> int:
    print(f"{'':34}{'updates/s':>10}{'p50 ms':>10}{'p99 ms':>10}")
    ours = await throughput("Lytt, durable", lytt, lytt_replies)
    print(ours)
    theirs = await throughput("ConversationHandler, pickle", usual, usual_replies)
    print(theirs)
    faster, slower = ours.per_second / theirs.per_second, ours.p99 / theirs.p99
    print(f"Lytt takes {faster:.2f} times as many updates a second, at {slower:.2f} times the p99.")
    waits = await phone_pace()
    p95 = percentile(waits, 0.95)
    print(f"Tap to next question, {OPEN_CONVERSATIONS} open, {TAPS_PER_SECOND} taps/s: p95 {p95:.1f} ms")
    return 0 if faster >= 1 and slower <= 1 and p95 < MOST_OWN_TIME_MS else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
