"""Forget what has had its time; runs by itself while Lytt runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.logs import error_class
from bot.store import erase
from bot.store.engine import AWAY, erase_traces, reading

DAY_MS = 86_400_000
UNSENT_MS = 30 * DAY_MS
KEYS_MS = 8 * DAY_MS  # Telegram repeats an update for 24 h; a client's retry is far shorter
WEB_REPLY_MS = DAY_MS
EVERY_SECONDS = 600
log = structlog.get_logger()


async def once(engine: AsyncEngine, now: int) -> int:
    """Erase what was not sent in 30 days, forget keys and fetched replies; returns how many were erased."""
    async with engine.begin() as db:
        unsent = await erase.unsent_before(db, now - UNSENT_MS)
        if unsent:
            await erase.erase(db, unsent)
        await erase.forget_old(db, keys_before=now - KEYS_MS, web_before=now - WEB_REPLY_MS, now=now)
    await erase_traces(engine)
    if unsent:
        log.info("unsent conversations erased", count=len(unsent))
    return len(unsent)


async def waiting(engine: AsyncEngine, now: int) -> int:
    """How many conversations the next time would erase."""
    async with reading(engine) as db:
        return len(await erase.unsent_before(db, now - UNSENT_MS))


async def run(engine: AsyncEngine, now: Callable[[], int]) -> None:
    """Do so again and again; a database that is away is tried at the next turn."""
    while True:
        try:
            await once(engine, now())
        except AWAY as error:
            log.warning("retention waits for the database", error=error_class(error))
        await asyncio.sleep(EVERY_SECONDS)
