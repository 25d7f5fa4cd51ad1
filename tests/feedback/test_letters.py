"""A worker's letter reaches its person wherever they are, and waits where they are not."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot import feedback
from bot.channels.base import Left, Looked, Pressed, Used, Wrote
from bot.store import threads
from bot.store.engine import reading
from bot.store.tables.casework import letters
from bot.store.tables.people import outbox, red_flags
from tests.feedback.post import KARI, person, told, write
from tests.house import House, opened
from tests.intake.conversations import press, sent


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def test_the_bot_steps_aside_and_what_is_written_goes_to_the_worker(house: House) -> None:
    await sent(house, "1", channel="web")
    assert len(await write(house, "Vil du møte oss?")) == 1
    answer = await house.do("web", "1", Wrote("ja, på onsdag"))
    assert answer.question == "thread"
    assert [each[:2] for each in await told(house)] == [
        ("worker", "Vil du møte oss?"),
        ("person", "ja, på onsdag"),
    ]
    assert len(await house.sent()) == 1


async def test_who_ends_the_talk_is_back_where_they_were(house: House) -> None:
    await sent(house, "1", channel="web")
    before = await house.do("web", "1", Used("start"))
    await write(house, "Hei!")
    answer = await press(house, "1", "end", "web")
    assert answer.question == before.question == "answer"
    async with reading(house.world.engine) as db:
        thread = await threads.thread(db, await person(house))
    assert thread is not None
    assert thread.ended_at == house.series.now()
    assert thread.unread
    await write(house, "Hei igjen!")
    assert (await house.do("web", "1", Used("start"))).question == "thread"


async def test_a_grave_message_in_the_talk_is_found_first(house: House) -> None:
    await sent(house, "1", channel="web")
    await write(house, "Hvordan går det?")
    answer = await house.do("web", "1", Wrote("jeg vil ikke leve mer"))
    assert answer.question == "danger"
    assert "113" in " ".join(each.text for each in answer.shown)
    assert [each[0] for each in await told(house)] == ["worker"]
    async with reading(house.world.engine) as db:
        assert len((await db.execute(select(red_flags))).all()) == 1
    await press(house, "1", "later", "web")
    assert (await house.do("web", "1", Wrote("takk for det"))).question == "thread"
    assert [each[0] for each in await told(house)] == ["worker", "person"]


@pytest.mark.parametrize("words", ["hjelp nå", "mine svar", "personvern"])
async def test_commands_are_commands_in_a_talk(house: House, words: str) -> None:
    await sent(house, "1", channel="web")
    await write(house, "Hei!")
    assert (await house.do("web", "1", Wrote(words))).shown
    assert [each[0] for each in await told(house)] == ["worker"]


@pytest.mark.parametrize("words", ["vet ikke", "tilbake", "engelsk", "nei", "2"])
async def test_what_is_no_command_in_a_talk_reaches_the_worker(house: House, words: str) -> None:
    await sent(house, "1", channel="web")
    await write(house, "Hei!")
    await house.do("web", "1", Wrote(words))
    assert [each[1] for each in await told(house)][1:] == [words]


async def test_stop_ends_the_talk(house: House) -> None:
    await sent(house, "1", channel="web")
    await write(house, "Hei!")
    answer = await house.do("web", "1", Wrote("stopp"))
    assert answer.shown[0].text.startswith("Praten er slutt.")
    assert (await house.do("web", "1", Used("start"))).question == "answer"


async def test_who_has_no_chat_finds_the_answer_behind_the_receipt(house: House) -> None:
    receipt = await sent(house, "1", channel="web", who="12-14")
    assert await write(house, "Ja, vi hjelper deg.") == []
    assert await told(house) == [("worker", "Ja, vi hjelper deg.", False)]
    answer = await house.do("web", "2", Used("receipt", receipt))
    assert f"{KARI} skriver:\nJa, vi hjelper deg." in [each.text for each in answer.shown]
    assert answer.question == "thread"
    assert await told(house) == [("worker", "Ja, vi hjelper deg.", True)]
    await press(house, "2", "yes", "web")
    again = await house.do("web", "2", Used("start"))
    assert "Ja, vi hjelper deg." not in " ".join(each.text for each in again.shown)
    assert [each[:2] for each in await told(house)][1:] == [("person", "Ja")]


async def test_an_open_terminal_shows_what_came_once(house: House) -> None:
    await sent(house, "1", channel="terminal")
    assert (await house.do("terminal", "1", Looked())).shown == ()
    await write(house, "Hei fra oss.")
    came = await house.do("terminal", "1", Looked())
    assert "Hei fra oss." in came.shown[0].text
    assert came.question == "thread"
    assert (await house.do("terminal", "1", Looked())).shown == ()


async def test_who_blocked_us_is_answered_behind_the_receipt(house: House) -> None:
    await sent(house, "7", channel="telegram")
    await write(house, "Den første.")
    await house.do("telegram", "7", Left(gone=True))
    assert await write(house, "Den andre.") == []
    answer = await house.do("telegram", "7", Used("start"))
    texts = " ".join(each.text for each in answer.shown)
    assert "Den første." in texts
    assert "Den andre." in texts


async def test_where_others_may_see_the_phone_nothing_is_shown_unasked(house: House) -> None:
    await sent(house, "7", channel="telegram")
    await press(house, "7", "adult_hidden", "telegram")
    await write(house, "Kom til oss på onsdag.")
    async with reading(house.world.engine) as db:
        bodies = [
            house.world.keys.unlock(row.body, "outbox", "body", row.id)
            for row in await db.execute(select(outbox).where(outbox.c.in_reply_to.is_(None)))
        ]
    assert len(bodies) == 1
    assert KARI not in bodies[0]
    assert "onsdag" not in bodies[0]
    answer = await press(house, "7", "show", "telegram")
    assert "Kom til oss på onsdag." in answer.shown[0].text
    assert [each[2] for each in await told(house)] == [True]


async def test_an_old_button_says_that_a_worker_talks_now(house: House) -> None:
    await sent(house, "1", channel="web")
    before = await house.do("web", "1", Used("start"))
    await write(house, "Hei!")
    answer = await house.do("web", "1", Pressed(("no",), before.turn))
    assert (answer.stale, answer.question) == (True, "thread")


async def test_a_letter_for_later_waits_and_can_be_taken_back(house: House) -> None:
    await sent(house, "1", channel="web")
    due_at = house.series.now() + 3_600_000
    assert await write(house, "Senere.", due_at=due_at) == []
    assert (await house.do("web", "1", Used("start"))).question == "answer"
    async with house.world.engine.begin() as db:
        assert await threads.due(db, due_at - 1, 10) == []
        (due,) = await threads.due(db, due_at, 10)
        assert await threads.withdraw(db, due.conversation_id, due.id)
        assert not await threads.withdraw(db, due.conversation_id, due.id)
        assert (await db.execute(select(letters))).all() == []


async def test_a_letter_is_brought_once_whoever_brings_it(house: House) -> None:
    await sent(house, "1", channel="web")
    await write(house, "Hei!")
    async with house.world.engine.begin() as db:
        (row,) = (await db.execute(select(letters.c.id, letters.c.conversation_id))).all()
        assert await feedback.bring(db, house.world, threads.Due(row.id, row.conversation_id)) == []


async def test_a_draft_is_kept_encrypted_until_nothing_is_left_of_it(house: House) -> None:
    await sent(house, "1", channel="web")
    id, keys = await person(house), house.world.keys
    async with house.world.engine.begin() as db:
        for words in ("Hei", "Hei, vil du"):
            await threads.keep_draft(db, keys, house.series.new_id(), id, "kari", words, house.series.now())
        assert await threads.draft(db, keys, id, "kari") == "Hei, vil du"
        assert await threads.draft(db, keys, id, "ola") == ""
        await threads.keep_draft(db, keys, house.series.new_id(), id, "kari", " ", house.series.now())
        assert await threads.draft(db, keys, id, "kari") == ""
