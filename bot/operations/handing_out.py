"""Hand the sent needs out of the house as a file, and note that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.exports import CannotExport, export
from bot.exports.columns import of_needs
from bot.operations import accounts
from bot.store import needs
from bot.store.crypto import Keys
from bot.store.engine import reading

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


async def needs_file(engine: AsyncEngine, keys: Keys, wish: Wish, *, production: bool) -> int:
    """Write the file and return how many needs it holds; in production a named human answers for it."""
    if production and not (wish.by and (wish.reason or "").strip()):
        raise CannotExport("in production say who asks and why: --by STAFF --reason TEXT")
    async with reading(engine) as db:
        if wish.by:
            await accounts.working(db, wish.by)
        words = wish.words or not production
        columns = of_needs(words=words)
        rows = needs.sent(db, keys, wish.municipality)
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
