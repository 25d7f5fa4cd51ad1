"""What people say is in no log and in no file in clear; what is erased is in none at all."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.channels.base import Changed, Used, Wrote
from bot.store.engine import reading
from bot.store.erase import HELD
from bot.store.sealed import columns
from bot.store.tables.base import metadata
from dialogs.model import Heard
from tests.house import House, on_disk, opened
from tests.intake.conversations import press, sent, text

MARKER = "zkvarnbekk"  # a word that nobody says
ADDRESS = "7412589630"
GRAVE = f"jeg vil ta livet mitt {MARKER}"


async def everything(house: House) -> None:
    """A whole conversation with the marker wherever a person can put it."""
    await house.do("telegram", ADDRESS, Wrote(f"/start {MARKER}"))
    await press(house, ADDRESS, "18-24", "telegram")
    await house.do("telegram", ADDRESS, Wrote(f"jeg trenger {MARKER}", "m1"))
    await press(house, ADDRESS, "other", "telegram")
    await house.do("telegram", ADDRESS, Changed(f"jeg trenger {MARKER} nå", "m1"))
    await press(house, ADDRESS, "other", "telegram")
    await house.do("telegram", ADDRESS, Wrote(MARKER))
    await house.do("telegram", ADDRESS, Wrote(GRAVE))
    await house.write(f"Hei {MARKER}")
    await house.do("telegram", ADDRESS, Wrote(f"til deg: {MARKER}"))
    await house.do("telegram", ADDRESS, Used("receipt", MARKER))
    await house.do("telegram", ADDRESS, Used("code", MARKER))
    await house.do("telegram", ADDRESS, Used(MARKER, MARKER))


async def test_no_log_line_holds_what_people_say_or_who_they_are(
    sqlite_url: str, logged: Callable[[], str]
) -> None:
    async with opened(sqlite_url) as house:
        await everything(house)
        receipt = await sent(house, "kari")
    lines = logged()
    assert lines.count("\n") > 0 or lines == ""
    assert not [line for line in lines.splitlines() if MARKER in line or ADDRESS in line or receipt in line]


async def test_a_fault_of_ours_leaves_where_it_was_and_not_what_was_written(
    database_url: str, logged: Callable[[], str]
) -> None:
    def broken(text: str, language: str | None) -> Heard:
        raise ValueError(text)

    async with opened(database_url, read=broken) as house:
        await house.do("web", "kari", Wrote(MARKER))
    assert "bot/intake/work.py:" in logged()
    assert MARKER not in logged()


async def test_a_fault_that_nobody_waited_for_is_told_without_what_was_written(
    logged: Callable[[], str],
) -> None:
    """The event loop itself tells of it, with the error as it stands in the future."""
    forgotten = asyncio.get_running_loop().create_future()
    forgotten.set_exception(ValueError(MARKER))
    del forgotten
    gc.collect()
    assert "never retrieved" in logged()
    assert MARKER not in logged()


async def test_no_file_of_the_database_holds_words_or_addresses_in_clear(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with opened(sqlite_url) as house:
        await everything(house)
        receipt = await sent(house, "kari", words=f"{MARKER} for meg")
        held = on_disk(tmp_path / "database")
    assert b"conversations" in held
    for secret in (MARKER, ADDRESS, receipt):
        for encoding in ("utf-8", "utf-16-le"):
            assert secret.encode(encoding) not in held


async def test_a_person_who_erases_everything_leaves_no_byte_behind(sqlite_url: str, tmp_path: Path) -> None:
    """But for the answer that it is done, which is kept a day for who did not get it."""
    async with opened(sqlite_url) as house:
        await sent(house, "kari")
        await house.write("Hei!")
        await house.do("web", "kari", Wrote("hei du"))
        before = await sealed(house)
        assert before.keys() >= {"conversations", "needs", "outbox", "letters"}
        await house.do("web", "kari", Used("delete"))
        assert "slettet" in text(await press(house, "kari", "yes"))
        assert (await sealed(house)).keys() == {"outbox"}
        files = on_disk(tmp_path / "database")
        assert not [table for table, values in before.items() if any(value in files for value in values)]


async def sealed(house: House) -> dict[str, list[bytes]]:
    """Every encrypted value, by its table."""
    found: dict[str, list[bytes]] = {}
    async with reading(house.world.engine) as db:
        for column in columns("sealed"):
            values = [value for value in await db.scalars(select(column)) if value]
            if values:
                found.setdefault(column.table.name, []).extend(values)
    return found


async def test_erasing_one_person_leaves_the_others_whole(database_url: str) -> None:
    async with opened(database_url) as house:
        await sent(house, "kari")
        await sent(house, "ola", words="en sykkel")
        await house.do("web", "kari", Used("delete"))
        await press(house, "kari", "yes")
        assert [need.words for need in await house.sent()] == ["en sykkel"]
        assert (await house.do("web", "ola", Used("mine"), existing=True)).known
        assert not (await house.do("web", "kari", Used("mine"), existing=True)).known


def test_every_table_that_can_point_at_a_person_is_erased() -> None:
    """By the person's key, or with the row it belongs to."""
    personal = {table for table in metadata.sorted_tables if any(c.info["personal"] for c in table.columns)}
    cascading = {
        key.parent.table
        for table in personal
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table in HELD
    }
    assert personal - cascading <= set(HELD)
