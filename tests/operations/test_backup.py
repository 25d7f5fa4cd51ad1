"""A backup holds one moment whole, opens with the keys alone, and is never half there."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import DAY_MS
from bot.operations import backup
from bot.operations.backup import BackupError
from bot.store.crypto import Keys, WrongKey, write_keys
from bot.store.engine import open_engine, reading
from bot.store.tables.base import metadata
from bot.store.tables.people import attempts, conversations, failures, sendings
from tests.house import KEYS, ROOT, House, opened
from tests.intake.conversations import sent

OTHER = Keys((bytes(32),))


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.lytt"


async def counted(engine: AsyncEngine) -> dict[str, int]:
    """How many rows each table holds."""
    async with reading(engine) as db:
        return {
            name: (await db.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in metadata.tables.items()
        }


async def restored(file: Path, folder: Path, keys: Keys = KEYS) -> AsyncEngine:
    """A backup on a machine where there was nothing."""
    engine = open_engine(f"sqlite+aiosqlite:///{folder / 'new' / 'lytt.db'}")
    await backup.restore(engine, keys, file, folder / "erased")
    return engine


async def test_everything_is_there_again_on_a_clean_machine(house: House, file: Path, tmp_path: Path) -> None:
    await sent(house, "kari")
    await sent(house, "7", channel="telegram")
    before, rows = await counted(house.world.engine), await house.sent()
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    engine = await restored(file, tmp_path)
    after = await counted(engine)
    await engine.dispose()
    assert {name: count for name, count in after.items() if count != before[name]} == {}
    async with opened(str(engine.url)) as again:
        assert await again.sent() == rows


async def test_a_backup_goes_from_a_file_into_postgresql_and_goes_on_counting(
    sqlite_url: str, postgres_url: str, file: Path, tmp_path: Path
) -> None:
    async with opened(sqlite_url) as house:
        await sent(house, "7", channel="telegram")
        await backup.make(house.world.engine, KEYS, file, house.series.now())
        rows = await house.sent()
    engine = open_engine(postgres_url)
    await backup.restore(engine, KEYS, file, tmp_path / "erased")
    await engine.dispose()
    async with opened(postgres_url, house.series) as again:
        assert await again.sent() == rows
        await sent(again, "8", channel="telegram")  # its messages must not take the numbers of others
        assert len(await again.sent()) == 2


async def test_a_backup_under_load_is_of_one_moment(house: House, file: Path, tmp_path: Path) -> None:
    """Each conversation is stored with its link: a backup that tears one apart could not be restored."""
    stop = False

    async def talking(number: int) -> None:
        while not stop:
            await sent(house, f"{number} {house.series.new_id()}")

    people = [asyncio.create_task(talking(number)) for number in range(5)]
    await sent(house, "first")
    counts = await backup.make(house.world.engine, KEYS, file, house.series.now())
    stop = True
    await asyncio.gather(*people)
    engine = await restored(file, tmp_path)
    after = await counted(engine)
    await engine.dispose()
    assert after | counts == after
    assert counts["sendings"] == counts["needs"] >= 1


async def test_a_backup_shows_nothing_without_the_key(house: House, file: Path, tmp_path: Path) -> None:
    await sent(house, "4711", words="jeg savner en zqxtrampoline", channel="telegram")
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    held = file.read_bytes()
    assert b"zqxtrampoline" not in held
    assert b"conversations" not in held
    with pytest.raises(WrongKey):
        backup.check(file, OTHER)


async def test_a_source_is_in_no_backup(house: House, file: Path) -> None:
    """It lives a day at most, and a backup lives five weeks."""
    await sent(house, "kari")
    row = {"source": b"source", "at_hour": 1, "count": 1}
    async with house.world.engine.begin() as db:
        await db.execute(insert(attempts), [row])
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    held = {name: (columns, rows) for name, columns, rows in backup.tables(file, KEYS)}
    columns, rows = held["sendings"]
    assert "attempts" not in held
    assert [row[columns.index("source")] for row in rows] == [None]
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(sendings.c.source))).scalar() is not None


def backup_fails(file: Path) -> bool:
    """Whether a backup is known for what it is."""
    try:
        backup.check(file, KEYS)
    except BackupError:
        return True
    return False


async def test_no_part_can_be_lost_changed_or_moved(
    monkeypatch: pytest.MonkeyPatch, house: House, file: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(backup, "CHUNK_BYTES", 512)
    rows = [
        {"id": f"{n:032x}", "channel": "web", "key": f"{n * 7919**9:0128x}", "error": "e", "at": n}
        for n in range(300)
    ]
    async with house.world.engine.begin() as db:
        await db.execute(insert(failures), rows)
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    whole = file.read_bytes()
    chunk = backup.LENGTH.size + 512 + backup.TAG_BYTES
    start = backup.HEADER.size
    assert len(whole) > start + 4 * chunk
    spoiled = {
        "cut between chunks": whole[: start + 2 * chunk],
        "cut within a chunk": whole[: start + 2 * chunk + 100],
        "cut within a length": whole[: start + 2 * chunk + 2],
        "nothing after the header": whole[:start],
        "a chunk left out": whole[: start + chunk] + whole[start + 2 * chunk :],
        "chunks in another order": whole[:start]
        + whole[start + chunk : start + 2 * chunk]
        + whole[start : start + chunk]
        + whole[start + 2 * chunk :],
        "a bit turned": whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
        "another time": whole[:15] + bytes([whole[15] ^ 1]) + whole[16:],
        "something after the end": whole + b"x",
        "no backup": b"something else",
    }
    for how, held in spoiled.items():
        file.write_bytes(held)
        assert backup_fails(file), how
        with pytest.raises(BackupError):
            await restored(file, tmp_path)


async def test_a_backup_that_fails_half_way_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, house: House, file: Path
) -> None:
    await sent(house, "kari")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup._Sealing, "end", fail)
    with pytest.raises(BackupError, match="No space"):
        await backup.make(house.world.engine, KEYS, file, house.series.now())
    assert list(file.parent.iterdir()) == []


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.operations import backup
from bot.store.crypto import read_keys
from bot.store.engine import open_engine

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

async def main(what, url, file, keys, point):
    setattr(backup if point != "end" else backup._Sealing, point, die)
    engine, held = open_engine(url), read_keys(Path(keys))
    if what == "make":
        await backup.make(engine, held, Path(file), 0)
    await backup.restore(engine, held, Path(file), Path(keys).with_name("erased"))

asyncio.run(main(*sys.argv[1:]))
"""


async def killed(what: str, url: str, file: Path, point: str) -> None:
    """Kill a process of its own in the middle of it."""
    keys = file.with_name("keys")
    write_keys(keys, KEYS.secrets)
    command = [sys.executable, "-c", KILLED, what, url, str(file), str(keys), point]
    died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    keys.unlink()


@pytest.mark.parametrize("point", ["end", "check"])
async def test_killed_while_it_is_made_there_is_no_file_of_that_name(
    sqlite_url: str, file: Path, point: str
) -> None:
    async with opened(sqlite_url) as house:
        await sent(house, "kari")
    await killed("make", sqlite_url, file, point)
    assert [path.name for path in file.parent.iterdir()] == [f"{file.name}.part"]
    async with opened(sqlite_url) as house:
        await backup.make(house.world.engine, KEYS, file, 0)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


async def test_killed_while_it_is_restored_the_database_is_empty_still(
    house: House, file: Path, tmp_path: Path
) -> None:
    await sent(house, "kari")
    rows = await house.sent()
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    (tmp_path / "new").mkdir()
    await killed("restore", f"sqlite+aiosqlite:///{tmp_path / 'new' / 'lytt.db'}", file, "_count_on")
    engine = await restored(file, tmp_path)
    await engine.dispose()
    async with opened(str(engine.url)) as again:
        assert await again.sent() == rows


async def test_a_backup_is_never_written_over(house: House, file: Path) -> None:
    file.write_text("the only one")
    with pytest.raises(BackupError, match="there already"):
        await backup.make(house.world.engine, KEYS, file, house.series.now())
    assert file.read_text() == "the only one"


async def test_a_database_with_anything_in_it_is_left_alone(house: House, file: Path, tmp_path: Path) -> None:
    await sent(house, "kari")
    before = await house.sent()
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    with pytest.raises(BackupError, match="not empty"):
        await backup.restore(house.world.engine, KEYS, file, tmp_path / "erased")
    assert await house.sent() == before


async def test_old_backups_go_and_nothing_else_does(house: House, file: Path) -> None:
    now = house.series.now()
    old, young, other = (file.with_name(name) for name in ("old.lytt", "young.lytt", "diary.txt"))
    await backup.make(house.world.engine, KEYS, old, now - 36 * DAY_MS)
    await backup.make(house.world.engine, KEYS, young, now - 34 * DAY_MS)
    await backup.make(house.world.engine, KEYS, file, now)
    other.write_text("not a backup")
    assert backup.expire(file.parent, 35, now, but=file) == [old]
    assert sorted(file.parent.iterdir()) == sorted([young, file, other])


async def test_a_clock_far_ahead_leaves_the_backup_just_made(house: House, file: Path) -> None:
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    assert backup.expire(file.parent, 35, house.series.now() + 400 * DAY_MS, but=file) == []


async def test_a_copy_of_the_backup_and_the_keys_is_all_that_is_needed(
    house: House, file: Path, tmp_path: Path
) -> None:
    await sent(house, "kari")
    await backup.make(house.world.engine, KEYS, file, house.series.now())
    moved = tmp_path / "another machine"
    moved.mkdir()
    shutil.copy(file, moved)
    engine = await restored(moved / file.name, moved, Keys((bytes(32), *KEYS.secrets)))
    async with reading(engine) as db:
        assert len((await db.execute(select(conversations))).all()) == 1
    await engine.dispose()
