"""Everything that is kept of a person can be taken along by them, and by nobody else."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import Wrote
from bot.clock import MINUTE_MS
from bot.operations import persons
from bot.store import casework, erase, threads
from bot.store.casework import Edit
from bot.store.engine import reading
from bot.store.tables.people import conversations, red_flags
from bot.store.threads import Kept
from tests.house import KEYS, House, opened
from tests.intake.conversations import press, sent, told


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def ids(house: House) -> list[str]:
    async with reading(house.world.engine) as db:
        return list(
            (await db.execute(select(conversations.c.id).order_by(conversations.c.created_at))).scalars()
        )


async def test_every_row_that_carries_the_persons_key_is_there(house: House) -> None:
    await sent(house, "7", words="jeg savner en zqxtrampoline", channel="telegram")
    await sent(house, "ola", words="jeg vil spille fotball")
    mine, _ = await ids(house)
    async with reading(house.world.engine) as db:
        everything = await persons.take_along(db, KEYS, mine)
        rows = [(table.name, row) async for table, row in erase.held(db, mine)]
    assert {name for name, _ in rows} == set(everything) - {"version"}
    for name, listed in everything.items():
        if name != "version":
            assert len(listed) == sum(table == name for table, _ in rows)
    assert "zqxtrampoline" in str(everything["needs"])
    assert everything["links"][0]["address"] == "7"
    assert everything["conversations"][0]["state"]["needs"][0]["category"] == "other"
    assert everything["conversations"][0]["sent_at"].startswith("2026-11-23T")
    assert "fotball" not in str(everything)


async def test_what_is_taken_along_is_json_and_holds_no_hash(house: House) -> None:
    receipt = await sent(house, "kari")
    shown = await persons.show(house.world, f" {receipt[:4]} {receipt[4:8]} {receipt[8:]}\n")
    assert persons.as_json(shown)
    assert not {"receipt_hash", "hash", "chat", "source"} & {
        name for rows in shown.values() if isinstance(rows, list) for row in rows for name in row
    }


async def test_what_was_said_in_danger_is_among_it(house: House) -> None:
    await told(house, "kari")
    await house.do("web", "kari", Wrote("jeg vil ikke leve mer", "m2"))
    await press(house, "kari", "later")
    (mine,) = await ids(house)
    async with reading(house.world.engine) as db:
        everything = await persons.take_along(db, KEYS, mine)
    assert everything["red_flags"][0]["words"] == "jeg vil ikke leve mer"


async def test_who_of_staff_did_what_and_what_they_have_not_sent_are_not_among_it(house: House) -> None:
    """Whoever holds the phone would read that a report was made, or a letter that may yet be taken back."""
    await sent(house, "kari")
    await house.do("web", "kari", Wrote("jeg vil ikke leve mer", "m2"))
    await house.write("Vi ses på torsdag.")
    (mine,) = await ids(house)
    now = house.series.now()
    waiting = Kept("f" * 32, mine, "worker", "Siv", "Ikke ennå.", now, now + MINUTE_MS, worker="siv")
    async with house.world.engine.begin() as db:
        await threads.put(db, KEYS, [waiting])
        await db.execute(red_flags.update().values(owner="siv", owned_at=now, kept=True))
        everything = await persons.take_along(db, KEYS, mine)
    assert [letter["words"] for letter in everything["letters"]] == ["Vi ses på torsdag."]
    assert "siv" not in str(everything)
    assert not {"owner", "owned_at", "kept", "handed_over_at"} & set(everything["red_flags"][0])
    assert "worker" not in everything["letters"][0].keys() | everything["threads"][0].keys()


async def test_what_staff_wrote_for_each_other_is_not_among_it_but_is_erased(house: House) -> None:
    """Whoever holds the phone may be the one a note is about: somebody reads it through first."""
    receipt = await sent(house, "kari")
    (mine,) = await ids(house)
    now, new_id = house.series.now(), house.series.new_id
    async with house.world.engine.begin() as db:
        await casework.note(db, KEYS, Edit(new_id(), mine, 0, "siv", now), "Redd for faren sin.")
        await threads.keep_draft(db, KEYS, new_id(), mine, "siv", "Hei! Jeg er siv.", now)
    everything = await persons.show(house.world, receipt)
    assert "siv" not in str(everything)
    await persons.erase_all(house.world, receipt)
    async with reading(house.world.engine) as db:
        assert [row async for row in erase.held(db, mine)] == []


async def test_a_chat_takes_along_its_own_and_no_others(house: House) -> None:
    await sent(house, "kari", words="jeg savner en zqxtrampoline")
    await sent(house, "ola", words="jeg vil spille fotball")
    everything = await persons.mine(house.world, "web", "kari")
    assert everything
    assert "zqxtrampoline" in str(everything["needs"])
    assert "fotball" not in str(everything)
    assert await persons.mine(house.world, "web", "a stranger") is None


async def test_another_receipt_gives_nothing(house: House) -> None:
    await sent(house, "kari")
    for wrong in ("", "0000 0000 0000 0000", "kari"):
        with pytest.raises(persons.NoSuchPerson):
            await persons.show(house.world, wrong)
