"""The open data of each municipality that publishes: released numbers as files, and what describes them."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.exports import as_dcat, summaries
from bot.exports.as_dcat import DataSet
from bot.exports.los import los
from bot.exports.summaries import Paper
from bot.i18n import SOURCE, Words
from bot.intake import World
from bot.municipalities import Place
from bot.operations import releasing
from bot.store import publishing
from bot.store.engine import reading
from bot.summaries import Release
from dialogs.text import Text

HERE = "/apne-data"
FILES = {"CSV": "text/csv", "JSON": "application/json"}  # by the name of the format in the EU's list


def router(world: World, words: Words) -> APIRouter:
    """The files of each municipality that has turned its page on, and the description of them."""
    routes = APIRouter(prefix=HERE)

    async def published(key: str) -> tuple[Place, Release]:
        place = world.places.get(key)
        async with reading(world.engine) as db:
            release = await publishing.latest(db) if place and place.public else None
        if place is None or release is None or key not in {each.key for each in release.grid.places}:
            raise HTTPException(404)
        return place, release.seen(key, release.grid.half_years[-1])

    @routes.get("/{key}/dcat.jsonld")
    async def description(request: Request, key: str) -> Response:
        place, release = await published(key)
        address = (world.web_address or str(request.base_url)).rstrip("/")
        told = as_dcat.text(_data_set(f"{address}{HERE}/{key}", place, release, words))
        return Response(told, media_type="application/ld+json")

    @routes.get("/{key}/tall.{ending}")
    async def file(key: str, ending: str) -> Response:
        if ending.upper() not in FILES:
            raise HTTPException(404)
        _, release = await published(key)
        async with reading(world.engine) as db:
            labels = await releasing.labels(db, world.places)
        paper = Paper(release, labels, words, SOURCE)
        written = await asyncio.to_thread(summaries.written, paper, f".{ending}")
        return Response(written, media_type=FILES[ending.upper()])

    return routes


def _data_set(address: str, place: Place, release: Release, words: Words) -> DataSet:
    name = place.municipality.name

    def told(text: Text) -> dict[str, str]:
        return {code: words.say(text, code) for code in words.languages}

    return DataSet(
        address=address,
        title=told(as_dcat.title(name)),
        description=told(as_dcat.about(release.limit)),
        changed_on=release.released_on,
        publisher=name,
        organisation=place.organisation,
        contact=place.contact or address,
        words=tuple(sorted({word for need in release.grid.categories for word in los(need)})),
        files={each: (f"{address}/tall.{each.lower()}", kind) for each, kind in FILES.items()},
    )
