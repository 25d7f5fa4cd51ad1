"""People in Telegram and at a terminal, who talk with the same Lytt that the browser's pages are of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot import app
from bot.channels import terminal
from tests.emulator import Emulator, Person
from tests.web.serving import Site, settings

LOOK_SECONDS = 0.1  # an open terminal looks oftener here than people wait
FASTEST = 1e9  # messages a second
PATIENCE = 20.0  # seconds; only a fault takes so long
WHO, RIGHT, WHERE, ANSWER = "16–17 år", "Ja, det stemmer", "Midtbyen", "Ja, fra en i kommunen"
ASKED = ("Hvem er du?", "Hva trenger du", "Stemmer det?", "Hvor bor du?", "Vil du sende", "Vil du ha svar?")


@dataclass(frozen=True)
class Phone:
    """Somebody who talks with the bot in Telegram."""

    emulator: Emulator
    person: Person

    async def hears(self, words: str) -> None:
        """Wait until the bot has said this."""
        said = self.person.heard
        await self.emulator.telegram.until(lambda: any(words in each.text for each in said()), PATIENCE)

    async def sends(self, words: str) -> None:
        """Send a need, and want an answer."""
        self.person.says("/start")
        for asked, label in zip(ASKED, (WHO, "", RIGHT, WHERE, "Send", ANSWER), strict=True):
            await self.hears(asked)
            self.person.presses(label) if label else self.person.says(words)


@asynccontextmanager
async def phone_of(site: Site) -> AsyncIterator[Phone]:
    """A phone, and Telegram as the app puts it together: polling, and the outbox that delivers."""
    series, world, intake = site.house.series, site.house.world, site.house.intake
    async with Emulator(now=lambda: series.now() / 1000) as emulator:
        told = settings(
            telegram_token=emulator.token,
            telegram_base_url=emulator.base_url,
            send_per_chat=FASTEST,  # what waits for its turn would wait for a clock that stands still
        )
        async with app.telegram_at_work(app.House(told, world, intake), lambda telegram: telegram.poll()):
            yield Phone(emulator, emulator.person())


@dataclass
class Terminal:
    """Somebody at a terminal that stays open: lines in, text out."""

    told: str = ""
    typed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def lines(self) -> AsyncIterator[str]:
        """What is typed, as standard input gives it."""
        while True:
            yield await self.typed.get()

    def show(self, text: str) -> None:
        """What is printed."""
        self.told += text
        self.came.set()

    async def hears(self, words: str) -> None:
        """Wait until this is printed."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.told:
                self.came.clear()
                await self.came.wait()

    async def sends(self, words: str) -> None:
        """Send a need, and want an answer."""
        for asked, line in zip(ASKED, (WHO, words, RIGHT, WHERE, "Send", ANSWER), strict=True):
            await self.hears(asked)
            self.typed.put_nowait(line)


@asynccontextmanager
async def terminal_of(site: Site) -> AsyncIterator[Terminal]:
    """A terminal on the same database, until the test is done with it."""
    shell, house = Terminal(), site.house
    talk = terminal.talk(
        house.intake.take,
        shell.lines(),
        shell.show,
        house.world.new_id,
        address="tty",
        look_every=LOOK_SECONDS,
    )
    async with app.background(talk):
        yield shell
