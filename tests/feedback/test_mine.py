"""What was written to a person is theirs: to see, to take along and to have erased."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.channels.base import Used, Wrote
from bot.operations import persons
from bot.store import alerts, casework, staff, threads
from bot.store.casework import Edit
from bot.store.engine import reading
from bot.store.tables.casework import drafts, letters
from bot.store.tables.casework import threads as talks
from bot.store.tables.people import conversations
from tests.feedback.post import KARI, person, told, write
from tests.house import House, opened
from tests.intake.conversations import press, sent, text


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def test_a_talk_is_in_what_a_person_sees_and_takes_along(house: House) -> None:
    receipt = await sent(house, "1")
    await write(house, "Vil du møte oss?")
    await house.do("web", "1", Wrote("ja, på onsdag"))
    shown = text(await house.do("web", "1", Used("mine")))
    assert f"{KARI} skrev: «Vil du møte oss?»" in shown
    assert "Du skrev: «ja, på onsdag»" in shown
    taken = await persons.show(house.world, receipt)
    assert [each["words"] for each in taken["letters"]] == ["Vil du møte oss?", "ja, på onsdag"]


async def test_telegram_shows_a_person_no_words_of_theirs_from_a_talk(house: House) -> None:
    await sent(house, "1", channel="telegram")
    await write(house, "Vil du møte oss?")
    await house.do("telegram", "1", Wrote("ja, på onsdag", "m7"))
    assert "onsdag" not in text(await house.do("telegram", "1", Used("mine")))


async def test_who_erases_all_leaves_nothing_of_a_talk(house: House) -> None:
    await sent(house, "1")
    await write(house, "Vil du møte oss?")
    await house.do("web", "1", Wrote("ja"))
    async with house.world.engine.begin() as db:
        now, keys = house.series.now(), house.world.keys
        await threads.keep_draft(db, keys, house.series.new_id(), await person(house), "kari", "Så", now)
    await house.do("web", "1", Used("delete"))
    await press(house, "1", "yes")
    async with reading(house.world.engine) as db:
        for table in (letters, talks, drafts):
            assert (await db.execute(select(func.count()).select_from(table))).scalar_one() == 0


async def test_the_named_contact_is_shown_by_the_name_they_chose(house: House) -> None:
    await sent(house, "1")
    now = house.series.now()
    async with house.world.engine.begin() as db:
        await staff.add(db, "kari", ["reviewer"], ["trondheim"], "none", now)
        edit = Edit(house.series.new_id(), await person(house), 0, "kari", now)
        await casework.name_contact(db, house.world.keys, edit, "kari")
    assert "Kontakten din: kari" in text(await house.do("web", "1", Used("mine")))
    async with house.world.engine.begin() as db:
        await staff.change(db, "kari", shown_as=KARI)
    assert f"Kontakten din: {KARI}" in text(await house.do("web", "1", Used("mine")))


async def test_what_a_person_writes_to_a_worker_alerts_who_answers(house: House) -> None:
    await sent(house, "1")
    await write(house, "Hei!")
    async with reading(house.world.engine) as db:
        assert await alerts.newest_sending(db, "trondheim", wants_answer=True) is None
    await house.do("web", "1", Wrote("hei"))
    async with reading(house.world.engine) as db:
        newest = await alerts.newest_sending(db, "trondheim", wants_answer=True)
    assert newest == house.series.now()


async def test_a_talk_comes_along_when_a_receipt_joins_two_conversations(house: House) -> None:
    receipt = await sent(house, "1")
    await house.do("web", "2", Wrote("jeg vil ikke leve mer"))
    async with reading(house.world.engine) as db:
        unsent = select(conversations.c.id).where(conversations.c.sent_at.is_(None))
        id: str = (await db.execute(unsent)).scalar_one()
    await write(house, "Jeg leser det nå.", id)
    opened_again = await house.do("web", "2", Used("receipt", receipt))
    assert opened_again.question == "thread"
    assert [each[:2] for each in await told(house)] == [("worker", "Jeg leser det nå.")]
