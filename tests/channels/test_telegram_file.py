"""What Lytt keeps of a person comes to their phone as a file, and is gone from there when they erase all."""

import json

from sqlalchemy import select

from bot.app import background
from bot.channels.base import Used, Wrote
from bot.store.engine import reading
from bot.store.tables import people
from tests.channels.phones import Phones
from tests.emulator import Message, Person
from tests.emulator.faults import Kind
from tests.intake.conversations import told

WORDS = "jeg trenger lappen for å få jobb"


def files(person: Person) -> list[Message]:
    return [message for message in person.heard() if "document" in message.content]


async def file_of(phones: Phones, person: Person) -> Message:
    """Wait for the file."""
    await phones.emulator.telegram.until(lambda: bool(files(person)))
    return files(person)[0]


async def test_everything_that_is_kept_comes_as_a_file_within_two_taps(phones: Phones) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await told(phones.house, "7", channel="telegram")
        await phones.does(kari, Used("mine"))
        await phones.does(kari, Used("take"))
        file = await file_of(phones, kari)
    assert file.content["document"]["file_name"] == "lytt.json"
    held = json.loads(file.content["caption"])
    assert held["conversations"][0]["state"]["needs"][0]["words"] == WORDS
    async with reading(phones.house.world.engine) as db:
        assert (await db.execute(select(people.outbox))).all() == []  # no copy of it waits anywhere


async def test_the_file_is_taken_back_when_all_is_erased(phones: Phones) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await told(phones.house, "7", channel="telegram")
        await phones.does(kari, Wrote("ta med svarene"))
        file = await file_of(phones, kari)
        await phones.does(kari, Used("delete"))
        await phones.does(kari, Wrote("ja, slett alt"))
        await phones.emulator.telegram.until(lambda: file.deleted)


async def test_where_sending_failed_the_file_comes_after_all(phones: Phones) -> None:
    kari = phones.person(7)
    phones.emulator.fails("sendDocument", kind=Kind.RESET)
    async with background(phones.outbox(flowing=True).run()):
        await told(phones.house, "7", channel="telegram")
        await phones.does(kari, Used("take"))
        assert await file_of(phones, kari)


async def test_who_is_gone_when_it_is_sent_gets_no_file(phones: Phones) -> None:
    kari = phones.person(7)
    await phones.does(kari, Used("take"))
    await phones.does(kari, Used("delete"))
    await phones.does(kari, Wrote("ja, slett alt"))
    async with background(phones.outbox().run()):
        await kari.hears()
    assert files(kari) == []
