"""What people have said, for everybody to read: published counts, and the decisions that followed."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.webchat import decided
from bot.channels.webchat.about import Citizens
from bot.exports.overview import overview
from bot.operations import releasing
from bot.store import publishing
from bot.store.engine import reading


def router(citizens: Citizens) -> APIRouter:
    """The page of each municipality that has turned it on; nothing of who reads it is kept."""
    routes, door = APIRouter(), citizens.door

    @routes.get(decided.PAGE)
    async def said(request: Request) -> Response:
        key = request.query_params.get("k", door.place)
        place = door.places.get(key)
        if place is None or not place.public:
            return citizens.missing(request)
        async with reading(door.engine) as db:
            release = await publishing.latest(db)
            calls = await decided.every(db, door.places)
            labels = await releasing.labels(db, door.places)
        told = release if release and key in {each.key for each in release.grid.places} else None
        seen = overview(told, labels, key, told.grid.half_years[-1]) if told else None
        return citizens.show(
            "sagt.html",
            citizens.pages.asked(request),
            place=place.municipality.name,
            key=key,
            seen=seen,
            calls=[each.call for each in calls if key in each.call.municipalities],
        )

    return routes
