"""Published counts for coordinators and analysts, of one municipality or across several."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.exports import CannotExport, summaries
from bot.exports.labels import HIDDEN, Labels
from bot.exports.overview import Overview, overview
from bot.exports.report import half_year_told
from bot.exports.summaries import Paper
from bot.operations import releasing
from bot.staff.access import Counting
from bot.staff.office import Visit
from bot.store import publishing
from bot.summaries import ALL, Place, Release
from bot.summaries.figures import UNSAID

PAGE = "/ansatt/tall"
KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
}
routes = APIRouter(prefix=PAGE)


@dataclass(frozen=True)
class Choice:
    """What a worker has chosen to see; what is not theirs, or not there, is not chosen."""

    places: tuple[Place, ...]
    place: Place
    half_year: str
    before: str
    districts: tuple[str, ...]

    @property
    def query(self) -> str:
        """The choice of a file, as an address has it."""
        return urlencode({"kommune": self.place.key, "halvar": self.half_year})


@routes.get("")
async def counts(visit: Counting) -> Response:
    """What is asked for most, what stands out, and how to compare."""
    release, choice, labels = await _chosen(visit)
    if release is None or choice is None:
        return visit.show("tall.html", seen=None, fewest=visit.office.settings.publish_fewest)
    return visit.show(
        "tall.html",
        release=release,
        choice=choice,
        seen=_overview(release, labels, choice),
        place_name=labels.place,
        part_name=labels.part,
        half_year_told=half_year_told,
        hidden=HIDDEN,
        endings=tuple(KINDS),
        unsaid=UNSAID,
        all_places=ALL,
    )


@routes.get("/fil")
async def file(visit: Counting) -> Response:
    """The same numbers as a file."""
    ending = visit.request.query_params.get("som", ".csv")
    release, choice, labels = await _chosen(visit)
    if release is None or choice is None or ending not in KINDS:
        return visit.go(PAGE)
    seen = release.seen(choice.place.key, choice.half_year)
    paper = Paper(seen, labels, visit.office.pages.words, visit.worker.language)
    try:
        written = await asyncio.to_thread(summaries.written, paper, ending)
    except CannotExport as error:
        raise HTTPException(503) from error
    name = f"lytt-{choice.place.key or 'alle'}-{choice.half_year}{ending}"
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written, media_type=KINDS[ending], headers=told)


def _overview(release: Release, labels: Labels, choice: Choice) -> Overview:
    before = choice.before or None
    return overview(release, labels, choice.place.key, choice.half_year, before, choice.districts)


async def _chosen(visit: Visit) -> tuple[Release | None, Choice | None, Labels]:
    async with visit.reading() as db:
        release = await publishing.latest(db)
        labels = await releasing.labels(db, visit.office.world.places)
    return release, _choice(visit, release) if release else None, labels


def _choice(visit: Visit, release: Release) -> Choice | None:
    """What the address asks for; None where nothing of this worker's has been published."""
    asked, grid = visit.request.query_params, release.grid
    mine = {place.key for place in grid.places} & set(visit.worker.municipalities)
    all_mine = len(mine) == len(grid.places)
    places = tuple(each for each in grid.scope if each.key in mine or (each.key == ALL and all_mine))
    if not places:
        return None
    place = next((each for each in places if each.key == asked.get("kommune")), places[0])
    half_year = asked.get("halvar", "")
    half_year = half_year if half_year in grid.half_years else grid.half_years[-1]
    earlier = grid.half_years[: grid.half_years.index(half_year)]
    before = asked.get("mot", earlier[-1] if earlier else "")
    districts = tuple(each for each in place.districts if each in asked.getlist("bydel"))
    return Choice(places, place, half_year, before if before in earlier else "", districts)
