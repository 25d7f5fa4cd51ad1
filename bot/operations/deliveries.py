"""Bring people what waited for its time: a letter for the evening, the question after half a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import structlog

from bot import feedback
from bot.intake import World
from bot.logs import error_class
from bot.operations import turns
from bot.store import threads
from bot.store.engine import is_away, reading
from bot.store.threads import Due

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
        chats += await _brought(world, each)
    async with world.engine.begin() as db:
        chats += await feedback.ask_again(db, world)
    if chats:
        queued(chats)
    return len(chats)


async def _brought(world: World, letter: Due) -> list[bytes]:
    """Bring one letter; one that can not be brought holds up nobody else's."""
    try:
        async with world.engine.begin() as db:
            chats = await feedback.bring(db, world, letter)
            world.at("bringing")
        world.at("brought")
    except Exception as error:
        if is_away(error):
            raise
        log.error("a letter can not be brought", error=error_class(error), exc_info=error)
        return []
    return chats


async def run(world: World, queued: Queued) -> None:
    """Do so again and again, in one process of all."""
    turn = partial(once, world, queued)
    bringing = partial(turns.again_and_again, "deliveries", turn, EVERY_SECONDS)
    await turns.in_one_process(world.engine, "deliveries", bringing)
