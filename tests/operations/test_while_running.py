"""What is done at the command line while Lytt serves people: they notice nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.operations import persons
from bot.store.engine import reading
from bot.store.tables.people import outbox
from tests.house import House, on_disk, opened
from tests.intake.conversations import sent
from tests.operations.test_erasure import MARKER, secrets_of


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url, journal=tmp_path / "erased") as house:
        yield house


async def looking(house: House) -> None:
    """Read again and again, as the outbox and the web pages do."""
    while True:
        async with reading(house.world.engine) as db:
            await db.execute(select(func.count()).select_from(outbox))
        await asyncio.sleep(0)


async def test_erased_beside_a_busy_service_the_bytes_are_gone_all_the_same(
    house: House, sqlite_url: str
) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    await sent(house, "ola")
    others = set(await secrets_of(house))
    receipt = await sent(house, "4711", words=MARKER)
    mine = set(await secrets_of(house)) - others
    readers = [asyncio.create_task(looking(house)) for _ in range(3)]
    async with opened(sqlite_url, house.series, journal=house.world.journal) as beside:
        await persons.erase_all(beside.world, receipt)
        left = set(await secrets_of(beside))
    for reader in readers:
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
    held = on_disk(folder)
    assert [value for value in mine - left if value in held] == []
