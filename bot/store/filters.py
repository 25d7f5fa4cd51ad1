"""What a worker asks the queue for again and again, under a name of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.casework import saved_filters

MOST = 20  # a worker's; more is no help
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved filter: the query of an address, and what the worker calls it."""

    id: str
    name: str
    query: str


async def of(db: AsyncConnection, worker: str) -> list[Saved]:
    """A worker's own, by name."""
    query = select(saved_filters).where(saved_filters.c.worker == worker)
    rows = await db.execute(query.order_by(saved_filters.c.name, saved_filters.c.id))
    return [Saved(row.id, row.name, row.query) for row in rows]


async def save(db: AsyncConnection, worker: str, saved: Saved) -> bool:
    """Keep one more; False where there are so many that none is found again."""
    mine = select(func.count()).select_from(saved_filters).where(saved_filters.c.worker == worker)
    if (await db.execute(mine)).scalar_one() >= MOST:
        return False
    row = {"id": saved.id, "worker": worker, "name": saved.name[:LONGEST_NAME], "query": saved.query}
    await db.execute(insert(saved_filters), [row])
    return True


async def drop(db: AsyncConnection, worker: str, id: str) -> None:
    """Forget one of a worker's own."""
    mine = (saved_filters.c.id == id, saved_filters.c.worker == worker)
    await db.execute(delete(saved_filters).where(*mine))
