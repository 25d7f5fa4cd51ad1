"""Who a worker can hand something over to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.staff.office import Visit
from bot.store import staff

READS = "reviewer"


async def colleagues(
    db: AsyncConnection,
    visit: Visit,
    municipalities: Collection[str] | None = None,
    *,
    but: Collection[str] = (),
) -> list[str]:
    """Others who may read what people told here; in the worker's own municipalities where none is named.

    `but` are those it can not be: they know the person it is about.
    """
    wanted = set(municipalities or visit.worker.municipalities)
    return [
        each.name
        for each in await staff.every(db)
        if not each.disabled
        and READS in each.roles
        and wanted & set(each.municipalities)
        and each.name not in {visit.worker.name, *but}
    ]
