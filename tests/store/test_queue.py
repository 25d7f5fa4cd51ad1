"""What waits to be sent, where two processes look at once."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import queue
from bot.store.engine import open_engine
from tests.house import KEYS

NOW = 1_000


async def queued(engine: AsyncEngine, *ids: str) -> None:
    """Messages to one chat, in order."""
    async with engine.begin() as db:
        await queue.put(db, [queue.row(KEYS, id, b"kari", "telegram", "7", id, NOW) for id in ids])


async def claimed(db: AsyncConnection, limit: int) -> list[str]:
    """The ids of what one process may send now."""
    messages, _ = await queue.claim(db, KEYS, "telegram", NOW, limit)
    return [each.id for each in messages]


async def test_two_processes_never_share_one_chats_messages(migrated_postgres_url: str) -> None:
    """The second would send the later message before the first has sent the earlier one."""
    engine = open_engine(migrated_postgres_url)
    await queued(engine, "1", "2")
    async with engine.begin() as first:
        assert await claimed(first, 1) == ["1"]
        async with engine.connect() as second:
            await second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(DBAPIError):  # it waits for the first to be done with claiming
                await claimed(second, 9)
    async with engine.begin() as second:
        assert await claimed(second, 9) == []
    await engine.dispose()
