"""What people ask for, as applicants may see it: the newest published counts, where the call shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import publishing
from bot.store.calls import Held
from bot.summaries import ALL, Key
from dialogs.categories import label
from dialogs.text import Text


@dataclass(frozen=True, slots=True)
class Asked:
    """Needs and how many people asked for each, the most first; None where the number is not shown."""

    day: str
    limit: int
    rows: tuple[tuple[Text, int | None], ...]


async def published(db: AsyncConnection, held: Held) -> Asked | None:
    """The newest published counts of a call's municipality, or of all together where it has several."""
    call = held.call
    release = await publishing.latest(db) if call.shows_needs else None
    if release is None:
        return None
    place = call.municipalities[0] if len(call.municipalities) == 1 else ALL
    newest = max(release.grid.half_years)
    counted = {key: release.people(Key(newest, place, key)) for key in held.needs}
    ordered = sorted(counted.items(), key=lambda each: (-(each[1] or 0), each[0]))
    rows = tuple((label(key, held.added), people) for key, people in ordered)
    return Asked(f"{release.released_on:%d.%m.%Y}", release.limit, rows)
