"""People whose chats in Telegram are open, and the outbox that writes to them."""

import asyncio
from functools import partial

from sqlalchemy import func, select

from bot import clock
from bot.channels.base import Act, Button, Delivered, Shown
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api
from bot.operations import persons
from bot.outbox import Limits, Outbox
from bot.store import conversations, queue
from bot.store.crypto import Keys
from bot.store.engine import reading
from bot.store.tables import people
from tests.emulator import Emulator, Person
from tests.emulator.world import Call
from tests.house import House

FASTEST = 1e9  # a second: what is tested here is not the pace


class Phones:
    """A house with Telegram's outbox, and people whose chats are open."""

    def __init__(self, house: House, api: Api, emulator: Emulator) -> None:
        self.house = house
        self.api = api
        self.emulator = emulator

    def outbox(self, slow: asyncio.Event | None = None, *, flowing: bool = False) -> Outbox:
        """An outbox as each process has one; a slow one is done with a message only at the event."""
        world = self.house.world
        delivery = Delivery(self.api, world.words, partial(persons.as_file, world, "telegram"))

        async def deliver(address: str, shown: Shown) -> Delivered:
            delivered = await delivery.deliver(address, shown)
            if slow:
                await slow.wait()
            return delivered

        def passed(point: str) -> None:
            if flowing and point == "claimed":  # time goes on each time the outbox has looked around
                self.house.series.pass_time(500)
                outbox.wake()

        outbox = Outbox(
            world.engine,
            world.keys,
            "telegram",
            deliver,
            Limits(FASTEST, FASTEST),
            world.now,
            clock.monotonic,
            passed,
        )
        self.house.intake.listeners.append(outbox.wake)
        return outbox

    def person(self, number: int) -> Person:
        person = self.emulator.person(f"Person {number}", number)
        person.says("/start")
        return person

    async def does(self, person: Person, act: Act) -> None:
        await self.house.do("telegram", str(person.id), act)

    async def queued(
        self, person: Person, *texts: str, ways: tuple[Button, ...] = (), keys: Keys | None = None
    ) -> None:
        """Messages as others than a reply are queued; with `keys`, locked with others than the house has."""
        world = self.house.world
        chat = conversations.chat_hash(world.keys, "telegram", str(person.id))
        rows = [
            queue.row(
                keys or world.keys,
                id := world.new_id(),
                chat,
                "telegram",
                str(person.id),
                Shown(id=id, text=text, ways=ways).model_dump_json(),
                world.now(),
            )
            for text in texts
        ]
        async with world.engine.begin() as db:
            await queue.put(db, rows)

    def calls(self) -> list[Call]:
        """Every attempt to send."""
        return self.emulator.telegram.called("sendMessage")

    async def waiting(self) -> int:
        """How many messages are queued, due or not."""
        async with reading(self.house.world.engine) as db:
            return int((await db.execute(select(func.count()).select_from(people.outbox))).scalar_one())
