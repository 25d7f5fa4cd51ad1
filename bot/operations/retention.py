"""Forget what has had its time; runs by itself while Lytt runs."""

from __future__ import annotations

from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import DAY_MS, HOUR_MS
from bot.intake import World
from bot.operations import turns
from bot.store import journal, outlived
from bot.store.engine import erase_traces, reading
from bot.store.outlived import KINDS

EVERY_SECONDS = 600
ACCEPTED_MS = 31 * DAY_MS  # longer than the shortest time anything of a person's is kept
TURN, AHEAD, LOW, HIGH = "retention", "retention: ahead", "retention: low", "retention: high"
log = structlog.get_logger()


async def waiting(engine: AsyncEngine, now: int) -> dict[str, int]:
    """How many of each kind the next turn would forget."""
    async with reading(engine) as db:
        counts = {kind.name: await outlived.count(db, kind, now) for kind in KINDS}
    return {name: count for name, count in counts.items() if count}


async def once(world: World, *, sure: bool = False) -> dict[str, int]:
    """Forget all that is due and return how many of each kind.

    `sure` says that a person has seen the counts. Else what a person told is left alone while the clock
    can not be believed; what lives a day at most goes in any case.
    """
    now = world.now()
    async with world.engine.begin() as db:
        believed = await _believed(db, now, sure=sure)
        due = [kind for kind in KINDS if believed or not kind.lasting]
        forgotten = {kind.name: await outlived.forget(db, world.keys, kind, now) for kind in due}
    if world.journal:
        await journal.write(world.engine, world.journal)
    await erase_traces(world.engine)
    for name, count in forgotten.items():
        if count:
            log.info("forgotten", kind=name, count=count)
    if not believed:
        log.warning("the clock jumped: what people told is not erased until it is steady again")
    return {name: count for name, count in forgotten.items() if count}


async def _believed(db: AsyncConnection, now: int, *, sure: bool) -> bool:
    """Whether the clock goes on from where it was at the last turn, or may be taken for right again."""
    marks = await outlived.marked(db)
    last, ahead = marks.get(TURN, now), marks.get(AHEAD)
    if not sure and now < last - HOUR_MS:
        return await _set_back(db, now, marks)
    if LOW in marks:
        await _set_right(db, now, marks)
    if not sure and now > last + DAY_MS and (ahead is None or not ahead + DAY_MS <= now):
        await outlived.mark(db, AHEAD, min(ahead or now, now))
        return False
    await outlived.mark(db, TURN, now)
    await outlived.mark(db, AHEAD, None)
    return True


async def _set_back(db: AsyncConnection, now: int, marks: dict[str, int]) -> bool:
    """A clock that stands lower than it stood; after a month it is the one that was right."""
    low, high = min(marks.get(LOW, now), now), max(marks.get(HIGH, now), now)
    if high - low >= ACCEPTED_MS:
        for name in (LOW, HIGH):
            await outlived.mark(db, name, None)
        await outlived.mark(db, TURN, now)
        return True
    await outlived.mark(db, LOW, low)
    await outlived.mark(db, HIGH, high)
    return False


async def _set_right(db: AsyncConnection, now: int, marks: dict[str, int]) -> None:
    """What was said while the clock stood too low would seem older than it is: it is kept from now on."""
    await outlived.lift(db, marks[LOW] - HOUR_MS, marks[HIGH] + HOUR_MS, now)
    for name in (LOW, HIGH):
        await outlived.mark(db, name, None)


async def run(world: World) -> None:
    """Do so again and again."""
    await turns.again_and_again("retention", partial(once, world), EVERY_SECONDS)
