"""Hand the sent needs out of the house as a file, and note that it was done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from bot.exports import CannotExport, export
from bot.exports.columns import of_needs
from bot.intake import World
from bot.operations import accounts
from bot.store import audit, categories, needs, publishing
from bot.store.audit import Deed
from bot.store.engine import reading
from bot.store.needs import SentNeed

TELL_EVERY = 1_000  # rows
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """What file somebody wants; `by` and `reason` are who answers for it, and why."""

    path: Path
    municipality: str | None = None
    by: str | None = None
    reason: str | None = None
    words: bool = False
    bom: bool = False


async def needs_file(
    world: World,
    wish: Wish,
    *,
    production: bool,
    done: Callable[[int, int], None] = lambda count, total: None,
) -> int:
    """Write the file and return how many needs it holds; in production a named human answers for it.

    `done` is told how many of how many are read, every now and then.
    """
    if production and not (wish.by and (wish.reason or "").strip()):
        raise CannotExport("in production say who asks and why: --by STAFF --reason TEXT")
    async with world.engine.begin() as db:
        if wish.by:
            await accounts.working(db, wish.by)
        by = replace(accounts.console(world), staff=wish.by) if wish.by else accounts.console(world)
        await audit.note(db, by, Deed("export", "needs", "", wish.municipality or "", wish.reason))
    async with reading(world.engine) as db:
        words = wish.words or not production
        added = {each.key: each.names.nb for each in await categories.listed(db)}
        columns = of_needs(words=words, added=added)
        total = await publishing.needs_sent(db, wish.municipality)
        rows = _told(needs.sent(db, world.keys, wish.municipality), total, done)
        count = await export(wish.path, columns, rows, bom=wish.bom)
    log.info(
        "needs exported",
        count=count,
        staff=wish.by,
        reason=wish.reason,
        kind=f"{wish.path.suffix} with own words" if words else wish.path.suffix,
        municipality=wish.municipality,
    )
    return count


async def _told(
    rows: AsyncIterator[SentNeed], total: int, done: Callable[[int, int], None]
) -> AsyncIterator[SentNeed]:
    """The same rows, telling how far they have come."""
    count = 0
    async for row in rows:
        count += 1
        if count % TELL_EVERY == 0 or count == total:
            done(count, total)
        yield row
