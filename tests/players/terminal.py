"""A person at a terminal, on a real database: lines in, text out."""

import asyncio
import re
from collections.abc import AsyncIterator

from bot.channels import terminal
from tests.players.base import AtHome
from tests.talk import Transcript

LOOK_SECONDS = 0.2  # an open terminal looks oftener here than people wait
_CHOICE = re.compile(r"^  (\d+)\) (.*)$", re.MULTILINE)


class Terminal(AtHome):
    """Types what is shown: the number of a choice, a command after a slash, or words."""

    name = "terminal"

    def __init__(self, transcript: Transcript, url: str) -> None:
        super().__init__(transcript, url)
        self.chats = 0
        self.numbers: dict[str, str] = {}
        self.told: list[str] = []

    async def open(self) -> None:
        """The same chat goes on after a restart, as a shell that was left open would."""
        await super().open()
        self.typed: asyncio.Queue[str] = asyncio.Queue()
        self.ready, self.came = asyncio.Event(), asyncio.Event()
        talk = terminal.talk(
            self.house.intake.take,
            self._lines(),
            self._show,
            self.series.new_id,
            address=f"tty{self.chats}",
            language=self.language,
            look_every=LOOK_SECONDS,
        )
        self.talking = asyncio.create_task(talk)
        self.running.push_async_callback(self._hang_up)
        self.greeted = await self._answered()

    async def _hang_up(self) -> None:
        self.talking.cancel()
        await asyncio.wait([self.talking])

    def _show(self, text: str) -> None:
        self.told.append(text)
        self.came.set()

    async def worker(self, words: str) -> str:
        """An open terminal looks for what came; what arrives is shown at once."""
        self.came.clear()
        if not await self.letter(words):
            return ""
        async with asyncio.timeout(20):
            await self.came.wait()
        return self._taken()

    async def _lines(self) -> AsyncIterator[str]:
        while True:
            self.ready.set()
            yield await self.typed.get()

    async def _answered(self) -> str:
        waiting = asyncio.create_task(self.ready.wait())
        await asyncio.wait([waiting, self.talking], return_when=asyncio.FIRST_COMPLETED, timeout=20)
        waiting.cancel()
        if self.talking.done():
            self.talking.result()
        return self._taken()

    def _taken(self) -> str:
        told = "\n".join(self.told)
        self.told.clear()
        if choices := _CHOICE.findall(told):
            self.numbers = {label: number for number, label in choices}
        return told

    async def _types(self, line: str) -> str:
        self.series.pass_time()
        self.ready.clear()
        self.typed.put_nowait(line)
        return await self._answered()

    async def start(self) -> str:
        return self.greeted

    async def restart(self, _: str) -> str:
        await super().restart(_)
        return self.greeted

    async def says(self, text: str) -> str:
        return await self._types(text)

    async def presses(self, labels: str) -> str:
        wanted = labels.split(" + ")
        assert self.numbers.keys() >= set(wanted), f"{labels!r} is not shown; there are {list(self.numbers)}"
        return await self._types(", ".join(self.numbers[label] for label in wanted))

    async def uses(self, command: str) -> str:
        return await self._types(f"/{command}")

    async def elsewhere(self, _: str) -> str:
        """Another terminal, with nothing to say whose it is."""
        self.chats += 1
        return await self.restart(_)
