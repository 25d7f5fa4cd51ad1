"""A person in Telegram: a phone in the emulator, the bot polling, the replies through the outbox."""

import asyncio
from collections.abc import Coroutine, Sequence

from bot import clock
from bot.channels.base import Answer, Delivered, Incoming, Shown
from bot.channels.telegram import NORWEGIAN, Telegram
from bot.channels.telegram_delivery import DONE, Delivery
from bot.channels.telegram_http import Api
from bot.outbox import Limits, Outbox
from bot.pages.visitors import Limit
from dialogs import commands
from dialogs.commands import LANGUAGE_WORDS
from tests.emulator import Emulator, Message, Person
from tests.house import KEYS, words
from tests.players.base import AtHome
from tests.talk import Transcript

FAST = Limits(per_second=10_000, per_chat=10_000)
TYPED = {meaning: f"/{name}" for name, meaning in NORWEGIAN.items()}
PATIENCE = 30.0  # seconds; only a fault takes so long


class TelegramChat(AtHome):
    """Presses labels, writes words and commands, and reads what arrives."""

    name = "telegram"

    def __init__(self, transcript: Transcript, url: str, emulator: Emulator) -> None:
        super().__init__(transcript, url)
        self.emulator = emulator
        self.person: Person = emulator.person("Kari", language=self.language)
        self.written: dict[str, Message] = {}
        self.seen: set[str] = set()
        self.arrived: list[Shown] = []
        self.owed, self.paid, self.given = 0, 0, 0

    async def open(self) -> None:
        await super().open()
        api = Api(self.emulator.token, self.emulator.base_url)
        delivery = Delivery(api, words())

        async def deliver(address: str, shown: Shown) -> Delivered:
            result = await delivery.deliver(address, shown)
            if shown.unsays:
                return result  # nothing is told
            self.arrived.append(shown)
            self.paid += 1
            self.emulator.telegram.wake()
            return result

        world = self.house.world
        outbox = Outbox(world.engine, KEYS, "telegram", deliver, FAST, self.series.now, clock.monotonic)
        self.house.intake.listeners.append(outbox.wake)
        # Here one person does in a second what takes people an hour; who is too fast has tests of their own.
        pace = Limit(1000, burst=1000)
        telegram = Telegram(api, self._take, self.house.intake.straight, delivery, words(), pace)
        self.running.push_async_callback(telegram.close)
        self._work(telegram.poll(), outbox.run())

    def _work(self, *works: Coroutine[None, None, None]) -> None:
        tasks = [asyncio.create_task(work) for work in works]

        async def stop() -> None:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.running.push_async_callback(stop)

    async def _take(self, batch: Sequence[Incoming]) -> list[Answer]:
        """What is new is owed an answer; what comes again is owed none."""
        answers = await self.house.intake.take_all(batch)
        for incoming, answer in zip(batch, answers, strict=True):
            if incoming.key not in self.seen:
                self.seen.add(incoming.key)
                self.owed += len(answer.shown)
        self.emulator.telegram.wake()
        return answers

    async def answered(self, updates: int = 1, within: float = PATIENCE) -> str:
        """All that is answered to so many updates."""
        self.given += updates
        await self.emulator.telegram.until(
            lambda: len(self.seen) >= self.given and self.paid >= self.owed, within
        )
        arrived, self.arrived = self.arrived, []
        buttons = (f"[{label}]" for message in self.person.heard()[-1:] for label in message.buttons)
        return "\n".join([*(shown.text for shown in arrived), *buttons])

    async def start(self) -> str:
        return await self.says("/start")

    async def says(self, text: str) -> str:
        self.series.pass_time()
        self.written[text] = self.person.says(text)
        return await self.answered()

    async def presses(self, labels: str) -> str:
        """Several are marked one by one, and then done."""
        self.series.pass_time()
        wanted = labels.split(" + ")
        done = [words().say(DONE, self.language)]
        asked = next(each for each in reversed(self.person.heard()) if set(wanted) & set(each.buttons))
        if not set(done) & set(asked.buttons):
            self.person.presses(labels, asked)
            return await self.answered()
        for label in wanted:
            self.person.presses(label, asked)
            await self.answered()
        self.person.presses(done[0], asked)
        return await self.answered()

    async def old(self, label: str) -> str:
        shown = [each for each in self.person.heard() if any(label in str(keys) for keys in each.keyboards)]
        self.person.presses(label, shown[0], old=True)
        return await self.answered()

    async def double(self, label: str) -> str:
        """Two taps on the same button before the first is answered."""
        shown = self.person.heard()[-1]
        self.person.presses(label, shown)
        self.person.presses(label, shown)
        return await self.answered(2)

    async def uses(self, command: str) -> str:
        """A button where there is one, Telegram's menu, or the words for it."""
        name, _, value = command.partition(" ")
        label = words().say(commands.LABELS[name], self.language) if name in commands.LABELS else name
        if not value and label in self.person.heard()[-1].buttons:
            return await self.presses(label)
        if name == "language" and value:
            return await self.says(LANGUAGE_WORDS[value][0])
        return await self.says(TYPED[name] if name in TYPED else f"{commands.WORDS[name][0]} {value}".strip())

    async def edit(self, what: str) -> str:
        before, arrow, new = what.rpartition(" => ")
        self.person.edits(self.written[before] if arrow else list(self.written.values())[-1], new)
        return await self.answered()

    async def show(self, kind: str) -> str:
        self.person.sends(kind)
        return await self.answered()

    async def worker(self, words: str) -> str:
        """One message arrives by itself in each chat."""
        self.owed += len(await self.letter(words))
        return await self.answered(0)

    async def group(self, text: str) -> str:
        """Written where others read: one answer there, and out of it."""
        self.person.writes_in_group(text)
        telegram = self.emulator.telegram
        await telegram.until(lambda: bool(telegram.called("leaveChat")), PATIENCE)
        return "\n".join(message.text for message in telegram.sent.get(-1001, []))
