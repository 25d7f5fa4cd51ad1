"""A receipt opens the answers from any channel; guessing is limited, and a code works once."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import Used, Wrote
from bot.clock import HOUR_MS
from bot.store import casework, queue, threads
from bot.store import conversations as conversations_of
from bot.store.casework import Case, Edit
from bot.store.codes import TRIES_AN_HOUR, TRIES_OF_A_SOURCE, may_try
from bot.store.engine import reading
from bot.store.tables.people import conversations, links
from tests.house import KEYS, House, opened
from tests.intake.conversations import press, sent, text, told

FOUND = "Fint at du er tilbake."
FULL = "Jeg har plass til fem ønsker. Du kan endre dem du har."
NOT_FOUND = "Jeg fant ingen svar med den kvitteringen."


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


@pytest.mark.parametrize(
    ("first", "second"), [("web", "telegram"), ("telegram", "terminal"), ("terminal", "web")]
)
async def test_a_receipt_goes_on_in_another_channel(house: House, first: str, second: str) -> None:
    receipt = await sent(house, "1", channel=first)
    assert FOUND in text(await house.do(second, "2", Used("receipt", receipt)))
    await house.do(second, "2", Wrote("og en sykkel"))
    await press(house, "2", "other", second)
    await press(house, "2", "send", second)
    assert [need.words for need in await house.sent()] == ["jeg trenger lappen for å få jobb", "og en sykkel"]


async def test_needs_told_before_the_receipt_come_along(house: House) -> None:
    receipt = await sent(house, "kari")
    await told(house, "mobil", words="og en sykkel")
    assert FOUND in text(await house.do("web", "mobil", Wrote(receipt)))
    await press(house, "mobil", "send")
    assert [need.words for need in await house.sent()] == ["jeg trenger lappen for å få jobb", "og en sykkel"]
    async with reading(house.world.engine) as db:
        assert len((await db.execute(select(conversations.c.id))).all()) == 1


async def test_what_staff_did_before_the_receipt_was_opened_comes_along(house: House) -> None:
    """A red flag is followed up before anything is sent: no note of it may go with the conversation."""
    receipt, new_id, now = await sent(house, "kari"), house.series.new_id, house.series.now
    async with house.world.engine.begin() as db:
        (first,) = (await db.execute(select(conversations.c.id))).scalars()
        await casework.note(db, KEYS, Edit(new_id(), first, 0, "ola", now()), "Ringte skolen.")
    await house.do("web", "mobil", Wrote("jeg vil ikke leve lenger", "m1"))
    async with house.world.engine.begin() as db:
        (second,) = (
            await db.execute(select(conversations.c.id).where(conversations.c.id != first))
        ).scalars()
        await casework.assign(db, KEYS, Edit(new_id(), second, 0, "per", now()), "per")
        await casework.note(db, KEYS, Edit(new_id(), second, 1, "per", now()), "Snakket med moren.")
        await threads.keep_draft(db, KEYS, new_id(), second, "per", "Hei, jeg heter Per.", now())
    await house.do("web", "mobil", Used("receipt", receipt))
    async with reading(house.world.engine) as db:
        assert await casework.case_of(db, first) == Case(version=3, worker="per")
        done = [(each.version, each.words) for each in await casework.changes(db, KEYS, first)]
        assert await threads.draft(db, KEYS, first, "per") == "Hei, jeg heter Per."
    assert sorted(done) == [(1, "Ringte skolen."), (2, None), (3, "Snakket med moren.")]


async def test_words_not_yet_confirmed_and_a_code_come_along_to_the_receipt(house: House) -> None:
    receipt = await sent(house, "kari")
    await house.make_code("assisted")
    await press(house, "mobil", "18-24")
    await house.do("web", "mobil", Used("code", "AB12CD34"))
    await house.do("web", "mobil", Wrote("og en sykkel"))
    assert "og en sykkel" in text(await house.do("web", "mobil", Used("receipt", receipt)))
    await press(house, "mobil", "other")
    await press(house, "mobil", "send")
    found = await house.sent()
    assert [need.words for need in found] == ["jeg trenger lappen for å få jobb", "og en sykkel"]
    assert [need.assisted for need in found] == [True, True]


async def test_what_stops_the_questions_still_does_when_a_receipt_is_opened(house: House) -> None:
    receipt = await sent(house, "kari")
    await house.do("web", "mobil", Wrote("jeg vil ta livet mitt"))
    answer = await house.do("web", "mobil", Used("receipt", receipt))
    assert answer.question == "danger"
    await press(house, "mobil", "delete")
    assert await house.flags() == [("suicide", "sure", False)]


async def test_who_got_a_receipt_here_and_opens_an_earlier_one_is_told_which_to_keep(house: House) -> None:
    receipt = await sent(house, "kari")
    await house.do("web", "mobil", Wrote("jeg vil ta livet mitt"))
    answer = await press(house, "mobil", "adult")
    given = next(each.receipt for each in answer.shown if each.receipt)
    answer = await house.do("web", "mobil", Used("receipt", receipt))
    assert "Kvitteringen du fikk her, virker ikke lenger." in text(answer)
    assert "jeg fant ingen svar" in text(await house.do("web", "annen", Used("receipt", given))).casefold()
    again = await house.do("web", "tredje", Used("receipt", receipt))
    assert "virker ikke lenger" not in text(again)


async def test_guessing_receipts_is_limited(house: House) -> None:
    receipt = await sent(house, "kari")
    for _ in range(TRIES_AN_HOUR):
        assert NOT_FOUND in text(await house.do("web", "ola", Used("receipt", "0" * 16)))
    assert NOT_FOUND in text(await house.do("web", "ola", Used("receipt", receipt)))
    house.series.pass_time(HOUR_MS)
    assert FOUND in text(await house.do("web", "ola", Used("receipt", receipt)))


async def test_a_new_chat_is_no_new_chance_to_guess(house: House) -> None:
    receipt = await sent(house, "kari")
    async with house.world.engine.begin() as db:
        for _ in range(TRIES_OF_A_SOURCE):
            await may_try(db, KEYS, "source 192.0.2.1", house.series.now())
    there = Used("receipt", receipt)
    assert NOT_FOUND in text(await house.do("web", "ola", there, source="192.0.2.1"))
    assert FOUND in text(await house.do("web", "per", there, source="192.0.2.2"))


async def test_a_younger_persons_receipt_does_not_open_in_telegram(house: House) -> None:
    receipt = await sent(house, "kari", who="12-14")
    assert NOT_FOUND in text(await house.do("telegram", "7", Used("receipt", receipt)))


async def test_the_youngest_are_let_go_when_they_have_sent(house: House) -> None:
    """The chat says nothing any more of who sent; only the receipt does, and for an hour."""
    receipt = await sent(house, "kari", who="12-14")
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(links))).all() == []
    assert not (await house.do("web", "kari", Used("mine"), existing=True)).known
    await house.do("web", "annen", Used("receipt", receipt))
    assert (await house.do("web", "annen", Used("mine"), existing=True)).known
    house.series.pass_time(HOUR_MS)
    assert not (await house.do("web", "annen", Used("mine"), existing=True)).known


async def test_of_the_youngest_only_the_reply_with_the_receipt_can_be_fetched_again(house: House) -> None:
    receipt = await sent(house, "kari", who="12-14")
    await sent(house, "ola")
    chats = [conversations_of.chat_hash(KEYS, "web", name) for name in ("kari", "ola")]
    async with reading(house.world.engine) as db:
        kept = await queue.of_chat(db, KEYS, chats[:1])
        others = await queue.of_chat(db, KEYS, chats[1:])
    assert len({each.in_reply_to for each in kept}) == 1
    assert receipt in "".join(each.body for each in kept)
    assert len({each.in_reply_to for each in others}) > 1


async def test_own_words_of_the_youngest_are_not_stored(house: House) -> None:
    await sent(house, "kari", who="12-14", words="en hemmelig sykkel")
    assert [need.words for need in await house.sent()] == [None]


async def test_a_code_works_once(house: House) -> None:
    await house.make_code("assisted")
    await house.do("web", "kari", Wrote("kode ab12cd34"))
    await house.do("web", "ola", Wrote("kode ab12cd34"))
    await sent(house, "kari")
    await sent(house, "ola")
    assert [(need.attested, need.assisted) for need in await house.sent()] == [(True, True), (False, False)]


async def test_guessing_codes_is_limited(house: House) -> None:
    await house.make_code("attested")
    for _ in range(TRIES_AN_HOUR):
        await house.do("web", "ola", Used("code", "FEIL2345"))
    assert "virker ikke" in text(await house.do("web", "ola", Used("code", "AB12CD34")))


async def test_the_latest_sending_counts_whole(house: House) -> None:
    await sent(house, "kari")
    await house.do("web", "kari", Used("edit", "need0"))
    await house.do("web", "kari", Wrote("en seng"))
    await press(house, "kari", "other")
    assert [need.words for need in await house.sent()] == ["jeg trenger lappen for å få jobb"]
    await press(house, "kari", "send")
    assert [need.words for need in await house.sent()] == ["en seng"]


async def test_who_brings_more_than_there_is_room_for_is_told(house: House) -> None:
    receipt = await sent(house, "kari")
    await told(house, "mobil")
    for words in ("en sykkel", "et sted å være", "noen å snakke med", "varme klær"):
        await press(house, "mobil", "more")
        await house.do("web", "mobil", Wrote(words))
        await press(house, "mobil", "other")
        await house.do("web", "mobil", Used("skip"))
    assert FULL in text(await house.do("web", "mobil", Used("receipt", receipt)))
