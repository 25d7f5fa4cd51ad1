"""What waits for Telegram: in order, within the limits, after a refusal, and after a crash."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.app import background
from bot.channels.base import Act, Button, Delivered, Shown, Used, Wrote
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api
from bot.outbox import Limits, Outbox
from bot.store import conversations, queue, tables
from bot.store.engine import reading
from tests.emulator import Emulator, Person
from tests.emulator.faults import Kind
from tests.emulator.world import Call
from tests.house import House, Series, opened

FASTEST = 1e9  # a second: what is tested here is not the pace


class Phones:
    """A house with Telegram's outbox, and people whose chats are open."""

    def __init__(self, house: House, api: Api, emulator: Emulator) -> None:
        self.house = house
        self.api = api
        self.emulator = emulator

    def outbox(self, slow: asyncio.Event | None = None, *, flowing: bool = False) -> Outbox:
        """An outbox as each process has one; a slow one is done with a message only at the event."""
        world, delivery = self.house.world, Delivery(self.api, self.house.world.words)

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

    async def queued(self, person: Person, *texts: str, ways: tuple[Button, ...] = ()) -> None:
        """Messages as others than a reply are queued."""
        world = self.house.world
        chat = conversations.chat_hash(world.keys, "telegram", str(person.id))
        rows = [
            queue.row(
                world.keys,
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
            return int((await db.execute(select(func.count()).select_from(tables.outbox))).scalar_one())


@pytest.fixture
async def phones(database_url: str) -> AsyncIterator[Phones]:
    series = Series()
    telegram = Emulator(now=lambda: series.now() / 1000)
    async with telegram as emulator, opened(database_url, series) as house:
        api = Api(emulator.token, emulator.base_url)
        await api.initialize()
        yield Phones(house, api, emulator)
        await api.shutdown()


def texts(person: Person) -> list[str]:
    return [message.text for message in person.heard()]


async def test_one_chats_messages_arrive_in_order(phones: Phones) -> None:
    kari = phones.person(7)
    wanted = [str(number) for number in range(50)]
    await phones.queued(kari, *wanted)
    async with background(phones.outbox().run()):
        await kari.hears(50)
    assert texts(kari) == wanted


async def test_a_limit_holds_up_one_chat_in_its_order_and_no_other(phones: Phones) -> None:
    kari, ola = phones.person(7), phones.person(8)
    phones.emulator.fails("sendMessage", chat_id=7, retry_after=3)
    await phones.queued(kari, "en", "to")
    await phones.queued(ola, "en", "to")
    async with background(phones.outbox(flowing=True).run()):
        await ola.hears(2)
        assert texts(kari) == []
        await kari.hears(2)
    assert texts(kari) == ["en", "to"]
    to_kari = [call.at for call in phones.calls() if call.parameters["chat_id"] == 7]
    assert to_kari[1] - to_kari[0] >= 3


@pytest.mark.parametrize("fault", [{"status": 502}, {"kind": Kind.RESET}], ids=str)
async def test_what_failed_is_sent_again_in_its_order(phones: Phones, fault: dict[str, object]) -> None:
    kari = phones.person(7)
    phones.emulator.fails("sendMessage", **fault)
    await phones.queued(kari, "en", "to")
    async with background(phones.outbox(flowing=True).run()):
        await kari.hears(2)
    assert texts(kari) == ["en", "to"]
    assert len(phones.calls()) == 3


async def test_who_blocked_us_is_left_alone_until_they_write_again(phones: Phones) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await phones.does(kari, Used("start"))
        await kari.hears()
        kari.blocks_bot()
        await phones.queued(kari, "nyhet", "enda en")
        async with asyncio.timeout(10):
            while await phones.waiting():
                pass  # the outbox has not heard yet that nobody is there
        assert len(phones.calls()) == 2
        kari.unblocks_bot()
        await phones.does(kari, Wrote("hei igjen"))
        await kari.hears()
    assert not {"nyhet", "enda en"} & set(texts(kari))


async def test_what_was_under_way_in_a_process_that_died_is_sent_when_it_starts_again(phones: Phones) -> None:
    kari, never = phones.person(7), asyncio.Event()
    await phones.queued(kari, "en")
    async with background(phones.outbox(slow=never).run()):
        await kari.hears()
        # On PostgreSQL others wait until the claim of the dead process has run out.
        async with background(phones.outbox(flowing=True).run()):
            await kari.hears()  # twice rather than never
        never.set()
    assert texts(kari) == ["en", "en"]
    assert await phones.waiting() == 0


async def test_a_message_that_can_never_be_made_does_not_shut_a_chat_for_ever(phones: Phones) -> None:
    kari = phones.person(7)
    await phones.queued(kari, "Denne blir det feil med.", ways=(Button(id="w" * 80, label="For lang"),))
    await phones.queued(kari, "Her er hjelp.")
    async with background(phones.outbox(flowing=True).run()):
        await kari.hears()
    assert texts(kari) == ["Her er hjelp."]


async def test_what_is_said_while_an_erased_message_is_under_way_is_not_lost(phones: Phones) -> None:
    """SQLite gives a row's number again once the row is gone: the mark must not hit the new one."""
    kari, sent = phones.person(7), asyncio.Event()
    async with background(phones.outbox(slow=sent).run()):
        await phones.does(kari, Used("start"))
        await kari.hears()
        await phones.does(kari, Wrote("10"))  # too young: everything is erased, and this is told
        sent.set()
        await kari.hears()
    assert "12 år eller eldre" in texts(kari)[-1]


async def test_messages_to_one_chat_keep_their_distance_after_a_burst() -> None:
    limits = Limits(per_second=25, per_chat=1)
    chat = b"kari"
    assert [limits.wait(chat, 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert limits.wait(b"ola", 0.0) == 0
    assert limits.wait(chat, 1.0) == 0
    assert limits.wait(chat, 1.0) == 1


async def test_all_chats_together_keep_to_the_overall_limit() -> None:
    limits, sent = Limits(per_second=25, per_chat=1), 0
    for millisecond in range(10_000):
        sent += limits.wait(str(millisecond).encode(), millisecond / 1000) == 0
    assert 245 <= sent <= 260
