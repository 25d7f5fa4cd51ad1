"""Who erases themselves is gone: from the bytes, from backups taken later, and from older ones restored."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from bot.channels.base import Used, Wrote
from bot.operations import backup, persons
from bot.store import erase, journal, sealed
from bot.store.engine import open_engine, reading
from bot.store.tables.base import metadata
from bot.store.tables.people import conversations, erased, red_flags
from tests.house import KEYS, ROOT, House, on_disk, opened
from tests.intake.conversations import press, sent, told

MARKER = "hemmelighet-ZQX-4711"


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "erased"


@pytest.fixture
async def house(database_url: str, noted: Path) -> AsyncIterator[House]:
    async with opened(database_url, journal=noted) as house:
        yield house


async def count(house: House, table: Table) -> int:
    async with reading(house.world.engine) as db:
        return len((await db.execute(select(table))).all())


async def secrets_of(house: House) -> list[bytes]:
    """Every encrypted value and keyed hash there is: what must not be found on disk afterwards."""
    found: list[bytes] = []
    async with reading(house.world.engine) as db:
        for column in sealed.columns("sealed", "hashed"):
            rows = (await db.execute(select(column).where(column.isnot(None)))).scalars()
            found += [bytes(value) for value in rows]
    return found


async def erase_chat(house: House, address: str, channel: str = "web") -> None:
    """Erase all that was told in a chat, in two steps."""
    await house.do(channel, address, Used("delete"))
    await house.do(channel, address, Wrote("ja, slett alt", "m9"))


async def test_without_the_keys_the_files_show_no_word_and_no_chat(
    sqlite_url: str, noted: Path, tmp_path: Path
) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    async with opened(sqlite_url, journal=noted) as house:
        receipt = await sent(house, "987654321012", words="jeg savner en zqxtrampoline", channel="telegram")
        await house.do("telegram", "987654321012", Wrote("jeg vil ikke leve mer zqxmørke", "m2"))
        await sent(house, "zqxsession", words="jeg savner en zqxtrampoline")
        await backup.make(house.world.engine, KEYS, tmp_path / "b.lytt", house.series.now())
        held = on_disk(folder) + (tmp_path / "b.lytt").read_bytes()
    for marker in ("zqxtrampoline", "zqxmørke", "987654321012", "zqxsession", receipt, receipt[:4] + " "):
        assert marker.encode() not in held


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_not_even_the_encrypted_bytes_are_left_after_erasure(
    sqlite_url: str, noted: Path, channel: str
) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    async with opened(sqlite_url, journal=noted) as house:
        before = set(await secrets_of(house))
        await sent(house, "4711", words=MARKER, channel=channel)
        told_by_person = set(await secrets_of(house)) - before
        assert any(value in on_disk(folder) for value in told_by_person)
        await erase_chat(house, "4711", channel)
        left = set(await secrets_of(house))
        assert await count(house, conversations) == 0
        bytes_left = on_disk(folder)
        assert [value for value in told_by_person - left if value in bytes_left] == []
        assert MARKER.encode() not in bytes_left


async def test_among_many_others_the_bytes_of_one_are_gone_too(sqlite_url: str, noted: Path) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    async with opened(sqlite_url, journal=noted) as house:
        for number in range(15):
            await sent(house, f"before {number}", words="jeg trenger vintersko " * 40)
        others = set(await secrets_of(house))
        await sent(house, "4711", words=MARKER)
        mine = set(await secrets_of(house)) - others
        for number in range(15):
            await sent(house, f"after {number}", words="jeg trenger vintersko " * 40)
        await erase_chat(house, "4711")
        mine -= set(await secrets_of(house))
        bytes_left = on_disk(folder)
        assert len(mine) > 5
        assert [value for value in mine if value in bytes_left] == []


async def test_an_erased_person_is_not_in_a_later_backup(house: House, noted: Path, tmp_path: Path) -> None:
    await sent(house, "4711", words=MARKER)
    await erase_chat(house, "4711")
    counts = await backup.make(house.world.engine, KEYS, tmp_path / "b.lytt", house.series.now())
    assert counts["conversations"] == counts["needs"] == counts["links"] == 0
    assert MARKER not in str(list(backup.tables(tmp_path / "b.lytt", KEYS)))


async def test_a_restored_backup_forgets_who_was_erased_since(
    house: House, sqlite_url: str, noted: Path, tmp_path: Path
) -> None:
    await sent(house, "4711", words=MARKER)
    await sent(house, "ola", words="jeg vil spille fotball")
    await backup.make(house.world.engine, KEYS, tmp_path / "b.lytt", house.series.now())
    await erase_chat(house, "4711")
    elsewhere = tmp_path / "restored" / "lytt.db"
    engine = open_engine(f"sqlite+aiosqlite:///{elsewhere}")
    await backup.restore(engine, KEYS, tmp_path / "b.lytt", noted)
    async with opened(f"sqlite+aiosqlite:///{elsewhere}") as restored:
        assert [need.words for need in await restored.sent()] == ["jeg vil spille fotball"]
        assert await count(restored, conversations) == 1
    await engine.dispose()


async def test_the_journal_holds_days_and_keyed_hashes_alone(house: House, noted: Path) -> None:
    await sent(house, "4711", words=MARKER)
    async with reading(house.world.engine) as db:
        (id,) = (await db.execute(select(conversations.c.id))).scalars()
    await erase_chat(house, "4711")
    (line,) = noted.read_text("ascii").splitlines()
    assert line == f"2026-11-23 {erase.erased_hashes(KEYS, id)[0].hex()}"
    assert id not in line
    assert noted.stat().st_mode & 0o077 == 0
    assert await count(house, erased) == 0


async def test_a_note_waits_in_the_database_until_the_journal_can_be_written(
    house: House, noted: Path
) -> None:
    await sent(house, "4711")
    noted.parent.write_text("a file where the folder should be")
    await erase_chat(house, "4711")
    assert await count(house, conversations) == 0
    assert await count(house, erased) == 1
    noted.parent.unlink()
    await journal.apply(house.world.engine, KEYS, noted)
    assert len(journal.read(noted)) == 1
    assert await count(house, erased) == 0


def test_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    journal.append(path, ["2026-11-23 aa01\n", "2026-11-23 bb"])
    journal.append(path, ["2026-11-24 cc03\n"])
    assert {hash.hex() for hash in journal.read(path)} >= {"aa01", "cc03"}


async def test_a_receipt_erases_from_any_channel(house: House, noted: Path) -> None:
    receipt = await sent(house, "4711", words=MARKER)
    await sent(house, "ola")
    await persons.erase_all(house.world, f"{receipt[:4]} {receipt[4:]}")
    assert len(await house.sent()) == 1
    assert len(journal.read(noted)) == 1
    with pytest.raises(persons.NoSuchPerson):
        await persons.erase_all(house.world, receipt)


async def test_a_red_flag_stays_without_words_or_person(house: House) -> None:
    await told(house, "4711")
    await house.do("web", "4711", Wrote("jeg vil ikke leve mer", "m2"))
    await press(house, "4711", "later")
    await erase_chat(house, "4711")
    async with reading(house.world.engine) as db:
        row = (await db.execute(select(red_flags))).one()
    assert (row.conversation_id, row.words) == (None, None)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.channels.base import Used, Wrote
from bot.store import journal
from tests.house import opened
from tests.intake.conversations import sent

async def main(url, noted, point):
    if point == "written":
        write = journal.append
        def append(path, lines):
            write(path, lines)
            os.kill(os.getpid(), signal.SIGKILL)
        journal.append = append
    at = lambda passed: os.kill(os.getpid(), signal.SIGKILL) if passed == point and dying else None
    dying = False
    async with opened(url, journal=Path(noted), at=at) as house:
        await sent(house, "4711")
        await house.do("web", "4711", Used("delete"))
        dying = True
        await house.do("web", "4711", Wrote("ja, slett alt", "m9"))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(("point", "gone"), [("saved", False), ("committed", True), ("written", True)])
async def test_killed_at_any_point_the_journal_says_what_the_database_says(
    sqlite_url: str, noted: Path, point: str, gone: bool
) -> None:
    """Killed before the commit nothing is erased or noted; after it both are, once Lytt starts again."""
    command = [sys.executable, "-c", KILLED, sqlite_url]
    died = subprocess.run([*command, str(noted), point], cwd=ROOT, env=os.environ, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    async with opened(sqlite_url) as house:
        await journal.apply(house.world.engine, KEYS, noted)
        assert await count(house, conversations) == (0 if gone else 1)
        assert bool(journal.read(noted)) == gone


def test_every_table_that_points_at_a_person_is_erased() -> None:
    """A flag stays without its person, and a decision on it is the municipality's own case."""
    personal = {table for table in metadata.tables.values() if any(c.info["personal"] for c in table.columns)}
    theirs = {table for table in metadata.tables.values() if "conversation_id" in table.columns}
    assert {table.name for table in (personal | theirs) - set(erase.HELD)} <= {"flag_decisions"}


def test_every_column_of_bytes_says_whether_it_is_encrypted_or_hashed() -> None:
    """What is neither would not follow when keys are changed."""
    plain = [
        str(column)
        for table in metadata.tables.values()
        for column in table.columns
        if column.type.python_type is bytes and not (column.info["sealed"] or column.info["hashed"])
    ]
    assert plain == []
