"""What waits for Telegram: in order, within the limits, after a refusal, and after a crash."""

import asyncio

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import background
from bot.channels.base import Button, Delivered, Shown, Used, Wrote
from bot.outbox import MOST_FAULTS, Limits
from bot.settings import Settings
from bot.store import queue
from bot.store.crypto import Keys
from bot.store.engine import reading
from tests.channels.phones import Phones
from tests.emulator import Person
from tests.emulator.faults import Kind

OTHER_KEYS = Keys((bytes(reversed(range(32))), bytes(range(32))))


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
    await phones.does(kari, Used("start"))
    async with background(phones.outbox(slow=never).run()):
        await kari.hears()
        # On PostgreSQL others wait until the claim of the dead process has run out.
        async with background(phones.outbox(flowing=True).run()):
            await kari.hears()  # twice rather than never
        never.set()
    first, again = texts(kari)
    assert first == again
    assert await phones.waiting() == 0


async def test_a_database_that_is_gone_at_the_end_is_no_fault_of_the_process(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(engine: AsyncEngine) -> None:
        raise OperationalError("BEGIN", {}, Exception())

    kari, said = phones.person(7), asyncio.Event()
    await phones.does(kari, Used("start"))
    async with background(phones.outbox(slow=said).run()):
        await kari.hears()
        monkeypatch.setattr(AsyncEngine, "begin", gone)
        said.set()
    monkeypatch.undo()
    assert await phones.waiting() == 1  # said, and not marked: it comes once more


async def test_a_message_that_can_never_be_made_does_not_shut_a_chat_for_ever(phones: Phones) -> None:
    kari = phones.person(7)
    await phones.queued(kari, "Denne blir det feil med.", ways=(Button(id="w" * 80, label="For lang"),))
    await phones.queued(kari, "Her er hjelp.")
    async with background(phones.outbox(flowing=True).run()):
        await kari.hears()
    assert texts(kari) == ["Her er hjelp."]


async def test_who_waited_long_for_their_turn_is_not_given_up_at_the_first_fault(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside news to thousands a reply is held up again and again; that is no try to send it."""
    held_up, faults = iter([1.0] * (MOST_FAULTS + 1)), iter([RuntimeError()])
    kari = phones.person(7)
    monkeypatch.setattr(Limits, "wait", lambda *_: next(held_up, 0.0))
    outbox = phones.outbox(flowing=True)
    deliver = outbox._deliver

    async def failing_once(address: str, shown: Shown) -> Delivered:
        for fault in faults:
            raise fault
        return await deliver(address, shown)

    monkeypatch.setattr(outbox, "_deliver", failing_once)
    await phones.queued(kari, "Her er hjelp.")
    async with background(outbox.run()):
        await kari.hears()
    assert texts(kari) == ["Her er hjelp."]


async def test_a_message_that_no_key_opens_holds_up_nobody_and_waits_for_its_key(phones: Phones) -> None:
    kari, world = phones.person(7), phones.house.world
    await phones.queued(kari, "Med en nøkkel som ble borte.", keys=OTHER_KEYS)
    await phones.queued(kari, "Her er hjelp.")
    async with background(phones.outbox().run()):
        await kari.hears()
    assert texts(kari) == ["Her er hjelp."]
    async with reading(world.engine) as db:
        assert await queue.unopened(db) == 1
        assert await queue.claim(db, world.keys, "telegram", world.now(), 9, lease=False) == ([], [])
    phones.house.series.pass_time(queue.ASIDE_MS)
    async with reading(world.engine) as db:
        (opened,), _ = await queue.claim(db, OTHER_KEYS, "telegram", world.now(), 9, lease=False)
    assert "ble borte" in opened.body


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


@pytest.mark.parametrize("setting", ["send_per_second", "send_per_chat"])
def test_a_pace_at_which_nothing_is_sent_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({setting: 0})


async def test_all_chats_together_keep_to_the_overall_limit() -> None:
    limits, sent = Limits(per_second=25, per_chat=1), 0
    for millisecond in range(10_000):
        sent += limits.wait(str(millisecond).encode(), millisecond / 1000) == 0
    assert 245 <= sent <= 260
