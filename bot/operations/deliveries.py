"""Bring people what waited for its time: a letter for the evening, the question after half a year."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot import feedback
from bot.intake import World
from bot.logs import error_class
from bot.store import threads
from bot.store.engine import AWAY, alone, reading

EVERY_SECONDS = 20.0
AT_ONCE = 100  # letters in one turn
log = structlog.get_logger()
Queued = Callable[[Sequence[bytes]], None]


async def once(world: World, queued: Queued) -> int:
    """Bring all that is due; returns in how many chats there is something new."""
    chats: list[bytes] = []
    async with reading(world.engine) as db:
        waiting = await threads.due(db, world.now(), AT_ONCE)
    for each in waiting:
        async with world.engine.begin() as db:
            chats += await feedback.bring(db, world, each)
            world.at("bringing")
        world.at("brought")
    async with world.engine.begin() as db:
        chats += await feedback.ask_again(db, world)
    if chats:
        queued(chats)
    return len(chats)


async def run(world: World, queued: Queued) -> None:
    """Do so again and again, in one process of all."""
    async with alone(world.engine, "deliveries"):
        while True:
            try:
                await once(world, queued)
            except AWAY as error:
                log.warning("letters wait for the database", error=error_class(error))
            await asyncio.sleep(EVERY_SECONDS)
