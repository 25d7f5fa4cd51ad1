"""What keeps an installation from real people: all of it at once, each in a clear sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot import municipalities
from bot.municipalities import Place
from bot.operations.routes import Route
from bot.store import alerts
from bot.store.engine import reading


def places_served(places: Mapping[str, Place], chosen: str) -> dict[str, Place]:
    """In production: a municipality's own files, and the one that was chosen; the invented ones are not."""
    return {key: place for key, place in places.items() if key == chosen or not place.invented}


def undecided(places: Mapping[str, Place], at: datetime) -> tuple[str, ...]:
    """What each municipality has yet to decide."""
    return tuple(
        f"{place.municipality.name}: {sentence}"
        for place in places.values()
        for sentence in municipalities.lacks(place, at)
    )


async def route_lacks(engine: AsyncEngine, route: Route) -> tuple[str, ...]:
    """What the way of an alert lacks: without one, a grave message lies unread."""
    if not route.exists:
        return ("set LYTT_ALERT_MAIL and LYTT_SMTP_URL, or LYTT_ALERT_COMMAND",)
    async with reading(engine) as db:
        tested = await alerts.tested_at(db, route.mark)
    return () if tested else ("no alert was ever sent this way: run `lytt alert test`",)


async def lacks(
    engine: AsyncEngine, places: Mapping[str, Place], route: Route, at: datetime
) -> tuple[str, ...]:
    """All that is missing."""
    return (*undecided(places, at), *await route_lacks(engine, route))
