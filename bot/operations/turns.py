"""What is done again and again beside the talk with people, and never ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.logs import error_class
from bot.store.engine import alone, is_away

AGAIN_SECONDS = 5.0  # until who waited in line for a database that went away stands in line again
log = structlog.get_logger()
Work = Callable[[], Awaitable[object]]


async def again_and_again(task: str, turn: Work, seconds: float) -> None:
    """Take turns until cancelled; one that fails costs itself alone, for people are talking meanwhile."""
    while True:
        try:
            await turn()
        except Exception as error:
            if is_away(error):
                log.warning("a turn waits for the database", kind=task, error=error_class(error))
            else:
                log.error("a turn failed", kind=task, error=error_class(error), exc_info=error)
        await asyncio.sleep(seconds)


async def in_one_process(engine: AsyncEngine, task: str, work: Work) -> None:
    """Do what only one process may do; the others wait in line, also through a database that goes away."""
    while True:
        try:
            async with alone(engine, task):
                await work()
                return
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("the line waits for the database", kind=task, error=error_class(error))
        await asyncio.sleep(AGAIN_SECONDS)
