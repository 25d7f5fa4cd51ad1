"""Only one process at a time does what only one may do."""

import asyncio

from bot.store.engine import alone, open_engine


async def test_a_second_process_waits_until_the_first_is_done(postgres_url: str) -> None:
    first, second = open_engine(postgres_url), open_engine(postgres_url)
    order: list[str] = []

    async def wait_for_turn() -> None:
        async with alone(second, "polling"):
            order.append("second")

    async with alone(first, "polling"):
        waiting = asyncio.create_task(wait_for_turn())
        async with alone(second, "another task"):
            order.append("first")
        assert not waiting.done()
    await waiting
    assert order == ["first", "second"]
    await first.dispose()
    await second.dispose()


async def test_a_process_that_dies_blocks_nobody(postgres_url: str) -> None:
    first, second = open_engine(postgres_url), open_engine(postgres_url)
    holding = alone(first, "polling")
    await holding.__aenter__()
    waiting = asyncio.create_task(alone(second, "polling").__aenter__())
    async with first.connect() as connection:
        await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
    await waiting
    await first.dispose()
    await second.dispose()
