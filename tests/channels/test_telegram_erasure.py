"""Who erases all in Telegram sees no more of it there: what can be deleted is, and the rest is explained."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import background
from bot.channels.base import Shown, Used, Wrote
from bot.channels.telegram_delivery import Delivery
from bot.clock import HOUR_MS
from bot.operations import persons, retention
from bot.store import conversations, said
from bot.store.crypto import Keys
from bot.store.engine import open_engine, reading
from bot.store.tables import people
from dialogs.questions.asides import CLEAR_THE_REST, ERASED
from tests.channels.phones import Phones
from tests.emulator import Emulator, Message, Person
from tests.faults.lytt import Lytt
from tests.house import KEYS, words
from tests.intake.conversations import sent

GUIDE = words().say(CLEAR_THE_REST.texts[-1], "nb")
GONE = words().say(ERASED.texts[0], "nb")


async def erases(phones: Phones, person: Person) -> None:
    """Erase all that was told in this chat, in two steps."""
    await phones.does(person, Used("delete"))
    await person.hears()
    await phones.does(person, Wrote("ja, slett alt"))


def tried(phones: Phones) -> set[int]:
    """Every message that we asked Telegram to delete."""
    calls = phones.emulator.telegram.called("deleteMessages")
    return {int(number) for call in calls for number in call.parameters["message_ids"]}


async def only_the_reply(emulator: Emulator, person: Person) -> Message:
    """Wait until the reply to the erasure stands alone."""
    await emulator.telegram.until(lambda: [GONE in each.text for each in person.heard()] == [True])
    return person.heard()[0]


async def kept(engine: AsyncEngine) -> int:
    async with reading(engine) as db:
        return int((await db.execute(select(func.count()).select_from(people.said))).scalar_one())


async def noted(database: str, messages: int) -> None:
    """Wait until so many messages are marked as said: a crash before that forgets their numbers."""
    engine = open_engine(database)
    async with asyncio.timeout(15):
        while await kept(engine) < messages:
            pass  # the process has not heard Telegram's answer yet
    await engine.dispose()


async def test_after_erasure_every_message_that_can_be_deleted_is(phones: Phones) -> None:
    kari, ola = phones.person(7), phones.person(8)
    async with background(phones.outbox().run()):
        for person in (kari, ola):
            await phones.does(person, Used("start"))
            await person.hears()
        await phones.queued(kari, *(str(number) for number in range(120)), "å " * 3000)
        await kari.hears(122)  # the last is longer than one message may be
        await erases(phones, kari)
        reply = await only_the_reply(phones.emulator, kari)
    assert len(everything := {each.id for each in phones.emulator.telegram.sent[kari.id]}) > 100
    assert tried(phones) == everything - {reply.id}
    assert GUIDE in reply.text
    assert len(ola.heard()) == 1


async def test_what_is_older_than_two_days_is_not_tried_and_the_person_is_told_how_to_clear_it(
    phones: Phones,
) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await phones.does(kari, Used("start"))
        (old,) = await kari.hears()
        phones.house.series.pass_time(48 * HOUR_MS)
        await phones.does(kari, Wrote("18"))
        (young,) = await kari.hears()
        phones.house.series.pass_time(47 * HOUR_MS)
        await erases(phones, kari)
        await phones.emulator.telegram.until(lambda: young.deleted)
    assert old.id not in tried(phones)
    assert [old, GUIDE in kari.heard()[-1].text] == [kari.heard()[0], True]


async def test_where_nothing_stays_with_the_person_nothing_is_said_of_it(phones: Phones) -> None:
    await phones.house.do("web", "kari", Used("start"))
    await phones.house.do("web", "kari", Used("delete"))
    answer = await phones.house.do("web", "kari", Wrote("ja, slett alt"))
    assert GONE in answer.shown[0].text
    assert GUIDE not in "".join(each.text for each in answer.shown)


async def test_what_was_under_way_while_all_was_erased_is_deleted_too(phones: Phones) -> None:
    kari, done = phones.person(7), asyncio.Event()
    async with background(phones.outbox(slow=done).run()):
        await phones.does(kari, Used("start"))
        await kari.hears()
        await phones.does(kari, Used("delete"))
        await phones.does(kari, Wrote("ja, slett alt"))
        done.set()
        await only_the_reply(phones.emulator, kari)


async def test_who_erases_elsewhere_finds_the_chat_empty_too(phones: Phones) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        receipt = await sent(phones.house, "7", channel="telegram")
        await kari.hears()
        await phones.emulator.telegram.until(lambda: receipt[:4] in kari.heard()[-1].text)
        await persons.erase_all(phones.house.world, receipt)
        await phones.emulator.telegram.until(lambda: kari.heard() == [])


async def test_a_limit_only_puts_the_deletion_off(phones: Phones) -> None:
    kari = phones.person(7)
    phones.emulator.fails("deleteMessages", retry_after=3)
    async with background(phones.outbox(flowing=True).run()):
        await phones.does(kari, Used("start"))
        await kari.hears()
        await erases(phones, kari)
        await only_the_reply(phones.emulator, kari)


async def test_one_message_that_can_not_be_deleted_keeps_no_other(phones: Phones) -> None:
    kari = phones.person(7)
    delivery = Delivery(phones.api, words())
    told = await delivery.deliver("7", Shown(id="m1", text="en"))
    told_more = await delivery.deliver("7", Shown(id="m2", text="to"))
    phones.emulator.fails("deleteMessages", status=400, times=2)
    unsays = (*told.messages, *told_more.messages)
    assert (await delivery.deliver("7", Shown(id="m3", text="", unsays=unsays))).done
    assert [each.text for each in kari.heard()] == ["en"]


async def test_a_message_remembered_under_an_old_key_is_found(phones: Phones) -> None:
    phones.person(7)
    await phones.does(phones.person(7), Used("start"))
    world = phones.house.world
    both = Keys((KEYS.secrets[0], bytes(reversed(range(32)))))
    older = Keys(both.secrets[1:])
    async with world.engine.begin() as db:
        chat = conversations.chat_hash(older, "telegram", "7")
        await said.keep(db, [(chat, "4711", world.now())])
        (id,) = (await db.execute(select(people.conversations.c.id))).scalars()
        (unsaid,) = await said.take(db, both, [id], world.now())
    assert (unsaid.address, unsaid.messages) == ("7", ("4711",))


async def test_the_numbers_of_messages_are_forgotten_after_two_days(phones: Phones) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await phones.does(kari, Used("start"))
        await kari.hears()
        await phones.does(kari, Wrote("18"))
        await kari.hears()
    assert await kept(phones.house.world.engine) == 2
    await retention.once(phones.house.world)
    for hours, left in ((47, 2), (2, 0)):
        phones.house.series.pass_time(hours * HOUR_MS)
        await retention.once(phones.house.world, sure=True)
        assert await kept(phones.house.world.engine) == left


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.mark.parametrize("point", ["committed:3", "sent:3"])
async def test_killed_between_the_erasure_and_the_deletion_it_is_deleted_after_a_new_start(
    emulator: Emulator, tmp_path: Path, point: str
) -> None:
    """Killed right after the commit, or when the reply is out and nothing is marked yet."""
    settings = {"LYTT_TELEGRAM_TOKEN": emulator.token, "LYTT_TELEGRAM_BASE_URL": emulator.base_url}
    lytt = Lytt(tmp_path, "telegram", settings)
    kari = emulator.person()
    try:
        await lytt.start(kill_at=point)
        for words_said in ("/start", "/slett"):
            kari.says(words_said)
            await kari.hears()
        before = kari.heard()
        await noted(lytt.database, len(before))
        kari.says("ja, slett alt")
        await lytt.died()
        assert not any(each.deleted for each in before)
        await lytt.start()
        await emulator.telegram.until(lambda: all(each.deleted for each in before))
    finally:
        await lytt.kill()
    assert all(GONE in each.text for each in kari.heard())
    assert kari.heard()
