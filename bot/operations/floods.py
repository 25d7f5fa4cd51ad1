"""Floods: bursts of sendings that no class and no school makes are flagged, and counted apart.

Nothing is refused here: a stranger's flood never stands in a real person's way. A flag says that people
should look, and every count is shown with and without what is flagged. Many from one source is no sign by
itself, for a class and a school sit behind one; they differ in what they ask for, and take their time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import structlog

from bot.clock import DAY_MS, MINUTE_MS
from bot.intake import World
from bot.operations import turns
from bot.store import bursts
from bot.store.bursts import Sending
from bot.store.engine import reading

FAST_MS = 10 * MINUTE_MS
A_CLASS = 40  # more than a class of 30 and those who help it
ONE_VOICE = 0.8  # of all that a source sends: a school asks for many things
MANY, TIMES_USUAL, AGAIN = 100, 10, 3
USUAL_DAYS = 28
EVERY_SECONDS = 600
log = structlog.get_logger()
Cell = tuple[str, str]  # a municipality and a category


def flooded(sendings: Sequence[Sending], usual: Mapping[Cell, float]) -> set[str]:
    """The sendings of a day that came in a flood; `usual` is how many a day ask for each category.

    Three signs: one source asks for the same faster than a class can write; one source asks for hardly
    anything else; a category gets many times the usual, most of it from sources that ask again and again.
    """
    by_cell: dict[Cell, list[Sending]] = defaultdict(list)
    for sending in sendings:
        for category in sending.categories:
            by_cell[sending.municipality, category].append(sending)
    totals = Counter((sending.municipality, sending.source) for sending in sendings)
    found: set[str] = set()
    for cell, asked in by_cell.items():
        sources = _by_source(asked)
        for source, own in sources.items():
            found |= _of_one(own, totals[cell[0], source])
        found |= _of_many(asked, sources, usual.get(cell, 0.0))
    return found


def _by_source(sendings: Iterable[Sending]) -> dict[bytes, list[Sending]]:
    sources: dict[bytes, list[Sending]] = defaultdict(list)
    for sending in sendings:
        sources[sending.source].append(sending)
    return sources


def _of_one(own: list[Sending], total: int) -> set[str]:
    """What one source sent of one category, where it is too fast or too much the same."""
    if len(own) <= A_CLASS:
        return set()
    if len(own) >= ONE_VOICE * total:
        return {sending.id for sending in own}
    return _too_fast(sorted(own, key=lambda sending: sending.sent_at))


def _too_fast(ordered: list[Sending]) -> set[str]:
    """Every sending in a stretch of ten minutes that holds more than a class."""
    found: set[str] = set()
    marked = 0
    for last in range(A_CLASS, len(ordered)):
        first = last - A_CLASS
        if ordered[last].sent_at - ordered[first].sent_at <= FAST_MS:
            found.update(sending.id for sending in ordered[max(first, marked) : last + 1])
            marked = last + 1
    return found


def _of_many(asked: list[Sending], sources: Mapping[bytes, list[Sending]], usual: float) -> set[str]:
    """What many sources sent of one category, where it is far over the usual and they repeat it."""
    if len(asked) <= max(MANY, TIMES_USUAL * usual):
        return set()
    again = {sending.id for own in sources.values() if len(own) >= AGAIN for sending in own}
    return again if 2 * len(again) >= len(asked) else set()


async def once(world: World) -> int:
    """Flag the floods of the last day; returns how many sendings were flagged anew."""
    now = world.now()
    async with reading(world.engine) as db:
        sendings = await bursts.recent(db, now - DAY_MS)
        before = await bursts.usual(db, now - (USUAL_DAYS + 1) * DAY_MS, now - DAY_MS)
    found = flooded(sendings, {cell: count / USUAL_DAYS for cell, count in before.items()})
    async with world.engine.begin() as db:  # only now: thinking must not keep anybody from writing
        flagged = await bursts.flag(db, found)
    if flagged:
        log.warning("a flood of sendings was flagged", count=flagged)
    return flagged


async def run(world: World) -> None:
    """Do so again and again."""
    await turns.again_and_again("floods", partial(once, world), EVERY_SECONDS)
