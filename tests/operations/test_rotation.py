"""Keys are changed under everything that was said, and nothing that was said is lost."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.base import Used
from bot.clock import DAY_MS
from bot.operations import backup, opening, rotation
from bot.operations.opening import NotReady
from bot.settings import Settings
from bot.store import journal, sealed
from bot.store.crypto import Keys, read_keys, write_keys
from bot.store.engine import open_engine, reading
from bot.store.presence import InUse, at_work
from bot.store.tables.people import conversations, links, outbox, taken
from tests.house import KEYS, ROOT, Series, opened
from tests.intake.conversations import press, sent, told
from tests.operations.test_erasure import erase_chat


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    write_keys(tmp_path / "secret" / "keys", KEYS.secrets)
    return tmp_path / "secret" / "keys"


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


async def rotate(engine: AsyncEngine, key_file: Path, now: int = 0) -> Keys:
    keys, _ = await rotation.begin(engine, key_file)
    await rotation.go_on(engine, keys, now, lambda count: None)
    return keys


async def keys_in_use(engine: AsyncEngine, mark: str) -> set[bytes]:
    """The keys under which anything with this mark stands."""
    found = set()
    async with reading(engine) as db:
        for column in sealed.columns(mark):
            values = (await db.execute(select(column).where(column.isnot(None)))).scalars()
            found |= {bytes(value)[:4] for value in values}
    return found


async def rows_of(engine: AsyncEngine, table: Table) -> int:
    async with reading(engine) as db:
        return len((await db.execute(select(table))).all())


async def test_everything_encrypted_is_under_the_new_key_alone(
    database_url: str, engine: AsyncEngine, key_file: Path
) -> None:
    async with opened(database_url) as house:
        await sent(house, "kari")
        await sent(house, "7", channel="telegram")
        rows = await house.sent()
    keys = await rotate(engine, key_file)
    assert read_keys(key_file).ids == keys.ids
    assert keys.ids[1:] == KEYS.ids
    assert await keys_in_use(engine, "sealed") == {keys.ids[0]}
    async with opened(database_url, keys=keys) as house:
        assert await house.sent() == rows


async def test_chats_and_receipts_find_their_conversation_through_the_old_key(
    database_url: str, engine: AsyncEngine, key_file: Path
) -> None:
    series = Series()
    async with opened(database_url, series) as house:
        receipt = await sent(house, "kari")
        await told(house, "7", channel="telegram")
    keys = await rotate(engine, key_file)
    async with opened(database_url, series, keys=keys) as house:
        await press(house, "7", "send", "telegram")
        assert len(await house.sent()) == 2
        answer = await house.do("web", "another", Used("receipt", receipt))
        assert answer.known
        await erase_chat(house, "another")
        assert len(await house.sent()) == 1
        await erase_chat(house, "7", "telegram")
        async with reading(engine) as db:
            left = [(await db.execute(select(table))).all() for table in (conversations, links)]
    assert left == [[], []]


async def test_an_update_taken_before_is_not_taken_again(
    database_url: str, engine: AsyncEngine, key_file: Path
) -> None:
    series = Series()
    async with opened(database_url, series) as house:
        await house.do("telegram", "7", Used("start"), key="771")
        first = await house.do("web", "kari", Used("start"), key="k1")
    queued = await rows_of(engine, outbox)
    keys = await rotate(engine, key_file)
    async with opened(database_url, series, keys=keys) as house:
        await house.do("telegram", "7", Used("start"), key="771")
        assert await house.do("web", "kari", Used("start"), key="k1") == first
    assert await rows_of(engine, taken) == 2
    assert await rows_of(engine, outbox) == queued


async def test_the_key_file_stays_its_owners_and_is_never_half(
    engine: AsyncEngine, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rotate(engine, key_file)
    assert key_file.stat().st_mode & 0o077 == 0
    before = key_file.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        await rotation.begin(engine, key_file)
    assert key_file.read_bytes() == before


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.operations import rotation
from bot.store.engine import open_engine

async def main(url, path, times):
    left = int(times)
    def done(count):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    rotation.SOME = 2
    engine = open_engine(url)
    keys, _ = await rotation.begin(engine, Path(path))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    await rotation.go_on(engine, keys, 0, done)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_again_and_again_it_goes_on_where_it_was(sqlite_url: str, key_file: Path) -> None:
    async with opened(sqlite_url) as house:
        for number in range(4):
            await sent(house, f"kari {number}")
        await sent(house, "7", channel="telegram")
        rows = await house.sent()
    for times in ("0", "1", "3", "2"):
        command = [sys.executable, "-c", KILLED, sqlite_url, str(key_file), times]
        died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
        async with opened(sqlite_url, keys=read_keys(key_file)) as house:
            assert await house.sent() == rows
    engine = open_engine(sqlite_url)
    keys = await rotate(engine, key_file)
    assert len(keys.ids) == 2
    assert await keys_in_use(engine, "sealed") == {keys.ids[0]}
    await engine.dispose()


async def test_an_old_key_stays_while_anything_needs_it(
    database_url: str, engine: AsyncEngine, key_file: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "erased"
    async with opened(database_url, journal=noted) as house:
        await sent(house, "kari")
        await sent(house, "ola")
        await erase_chat(house, "ola")
        now = house.series.now()
    keys = await rotate(engine, key_file, now)
    (old,) = await rotation.finish(engine, key_file, noted, now)
    told_why = " ".join(old.reasons)
    for reason in ("conversations.receipt_hash", "links.hash", "erasure journal", "backups", "2026-12-28"):
        assert reason in told_why
    assert read_keys(key_file).ids == keys.ids
    assert "sealed" not in told_why


async def test_an_old_key_goes_when_nothing_needs_it(
    database_url: str, engine: AsyncEngine, key_file: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "erased"
    series = Series()
    async with opened(database_url, series, journal=noted) as house:
        await sent(house, "7", channel="telegram")
    keys = await rotate(engine, key_file, series.now())
    async with opened(database_url, series, keys=keys, journal=noted) as house:
        await erase_chat(house, "7", "telegram")
    later = series.now() + 40 * DAY_MS
    async with engine.begin() as db:
        await db.execute(taken.delete())  # retention does so after eight days
    (old,) = await rotation.finish(engine, key_file, noted, later)
    assert old.reasons == ()
    assert read_keys(key_file).ids == keys.ids[:1]


async def test_a_change_that_was_cut_off_keeps_the_old_key(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    async with opened(sqlite_url) as house:
        await sent(house, "kari")
    engine = open_engine(sqlite_url)
    await rotation.begin(engine, key_file)
    (old,) = await rotation.finish(engine, key_file, tmp_path / "erased", 400 * DAY_MS)
    assert any("not done" in reason for reason in old.reasons)
    assert len(read_keys(key_file).ids) == 2
    await engine.dispose()


async def test_a_backup_and_the_journal_from_before_still_serve(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "erased"
    async with opened(sqlite_url, journal=noted) as house:
        await sent(house, "kari")
        await sent(house, "ola")
        await backup.make(house.world.engine, KEYS, tmp_path / "old.lytt", house.series.now())
        await erase_chat(house, "ola")
    engine = open_engine(sqlite_url)
    keys = await rotate(engine, key_file)
    await engine.dispose()
    new = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'lytt.db'}")
    await backup.restore(new, keys, tmp_path / "old.lytt", noted)
    assert len(journal.read(noted)) == 1
    async with reading(new) as db:
        assert len((await db.execute(select(conversations))).all()) == 1
    await new.dispose()


async def test_a_start_with_the_wrong_keys_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url) as house:
        await sent(house, "kari")
        rows = await house.sent()
    (tmp_path / "secret").mkdir()
    wrong = Settings(_env_file=None, database_url=sqlite_url, secret_key_file=tmp_path / "secret" / "keys")
    with pytest.raises(NotReady, match="key file"):
        async with opening.stored(wrong):
            pytest.fail("it opened")
    async with opened(sqlite_url) as house:
        assert await house.sent() == rows


def test_keys_are_not_changed_while_lytt_runs(key_file: Path) -> None:
    with at_work(key_file), at_work(key_file), pytest.raises(InUse), at_work(key_file, alone=True):
        pytest.fail("it was alone")
    with at_work(key_file, alone=True), pytest.raises(InUse), at_work(key_file):
        pytest.fail("it was let in")
    with at_work(key_file, alone=True):
        pass
