"""What is done beside the talk: a fault in it, or a database that goes away, ends no talk."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot import feedback
from bot.app import background
from bot.operations import deliveries, turns
from bot.store import threads
from bot.store.engine import alone, open_engine
from bot.store.threads import Due
from tests.house import Series, opened


async def test_a_turn_that_fails_is_followed_by_the_next() -> None:
    taken, again = list[int](), asyncio.Event()

    async def turn() -> None:
        taken.append(len(taken))
        if len(taken) < 3:
            raise [RuntimeError("hemmelig"), OSError("hemmelig")][len(taken) - 1]
        again.set()

    with capture_logs() as logged:
        async with background(turns.again_and_again("floods", turn, 0)):
            await again.wait()
    assert [(line["log_level"], line["kind"]) for line in logged] == [
        ("error", "floods"),
        ("warning", "floods"),
    ]
    assert "hemmelig" not in "".join(str(line["error"]) for line in logged)


async def in_line(db: AsyncConnection, but: int = 0) -> int:
    """The first connection, but this one, that waits for what another does."""
    query = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid <> {but}"
    while True:
        if found := (await db.exec_driver_sql(query)).scalar():
            return int(found)


async def test_who_waits_in_line_for_a_database_that_goes_away_waits_anew(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AGAIN_SECONDS", 0)
    first, second = open_engine(postgres_url), open_engine(postgres_url)
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()

    async with alone(first, "polling"):
        waiting = asyncio.create_task(turns.in_one_process(second, "polling", work))
        async with first.connect() as db:
            cut = await in_line(db)
            await db.exec_driver_sql(f"SELECT pg_terminate_backend({cut})")
            assert await in_line(db, but=cut) != cut
        assert not begun.is_set()
    await waiting
    assert begun.is_set()
    await first.dispose()
    await second.dispose()


async def test_a_fault_in_the_work_itself_is_told(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)

    async def work() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await turns.in_one_process(engine, "polling", work)
    await engine.dispose()


async def test_a_letter_that_can_not_be_brought_holds_up_nobody_elses(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = list[str]()

    async def due(*_: object) -> list[Due]:
        return [Due("broken", "kari"), Due("whole", "ola")]

    async def bring(db: object, world: object, letter: Due) -> list[bytes]:
        if letter.id == "broken":
            raise ValueError
        brought.append(letter.id)
        return [b"chat"]

    monkeypatch.setattr(threads, "due", due)
    monkeypatch.setattr(feedback, "bring", bring)
    async with opened(sqlite_url, Series()) as house:
        assert await deliveries.once(house.world, lambda chats: None) == 1
    assert brought == ["whole"]
