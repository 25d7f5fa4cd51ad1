"""The data API: published counts and decisions for programs of a municipality, with a token."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import day
from bot.exports import summaries
from bot.exports.labels import Labels
from bot.exports.summaries import Paper
from bot.i18n import SOURCE, Words
from bot.intake import World
from bot.operations import releasing
from bot.pages.templates import Pages
from bot.store import calls, decisions, publishing, tokens
from bot.store.engine import reading
from bot.store.tokens import Token
from bot.summaries import ALL, COUNTED, Figure, Release

HERE = "/api/v1"
MOST = 1000  # figures on a page
PAGES_AT_MOST = 100_000
NO_TOKEN = "Send a token that is in use, as: Authorization: Bearer TOKEN. `lytt tokens add` makes one."
NOT_RELEASED = "Nothing has been released yet: too few people have sent anything."
NOT_YOURS = "The token opens no municipality of that name."
NO_SUCH_PAGE = "There is no such page."
HALF_YEAR = r"^[0-9]{4}-[12]$"
bearer = HTTPBearer(auto_error=False, description="a token, made by `lytt tokens add`")


class Refusal(BaseModel):
    """Why a request was refused, in plain words."""

    error: str


class PlainFigure(BaseModel):
    """One number; `people` is null where it is left out: fewer than the limit, zero among them."""

    half_year: str
    municipality: str = Field(description="its key; empty for all together")
    need: str = Field(description="the key of a topic or a category; empty for anybody")
    split: str = Field(description="how people are told apart; empty for all")
    part: str
    counted: str = Field(description="people, first, without_floods or unsent")
    people: int | None
    as_of: date | None = Field(description="the day the number was true")
    los: list[str] = Field(description="the nearest words of the Los vocabulary")


class Figures(BaseModel):
    """One page of the newest release."""

    release: int
    released_on: date
    fewest: int = Field(description="the fewest people a number may stand for")
    total: int
    page: int
    pages: int
    next: str | None = Field(description="the address of the next page")
    figures: list[PlainFigure]


class Measure(BaseModel):
    """What one measure got; a number is null where only a few people asked for it."""

    measure: str
    name: str
    applicant: str
    funded: bool
    units: int | None
    cost: int | None = Field(description="in øre")


class Allocation(BaseModel):
    """One final decision, as it was published."""

    call: str
    rule: str
    decided_on: date
    money: int = Field(description="in øre")
    spent: int | None = Field(description="in øre")
    measures: list[Measure]


class Allocations(BaseModel):
    """The final decisions of the token's municipalities."""

    allocations: list[Allocation]


class PlainRoute(APIRoute):
    """Answers with a tag that changes with its content, and refuses in plain words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route as it is called."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return _tagged(request, await handle(request))
            except RequestValidationError as error:
                return JSONResponse({"error": _told(error)}, 422)
            except HTTPException as error:
                return JSONResponse({"error": error.detail}, error.status_code, error.headers)

        return answer


def _told(error: RequestValidationError) -> str:
    """What is wrong with each parameter, without what was sent."""
    return "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())


def _tagged(request: Request, response: Response) -> Response:
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    told = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in known:
        return Response(status_code=304, headers=told)
    response.headers.update(told)
    return response


@dataclass(frozen=True)
class Wanted:
    """Which figures are asked for; what is not said is not chosen by."""

    municipality: Annotated[str | None, Query(max_length=64, description="its key")] = None
    half_year: Annotated[str | None, Query(pattern=HALF_YEAR)] = None
    need: Annotated[str | None, Query(max_length=64, description="a topic or a category")] = None
    split: Annotated[str | None, Query(max_length=16)] = None
    counted: Annotated[str | None, Query(pattern=f"^({'|'.join(COUNTED)})$")] = None

    def of(self, release: Release, token: Token) -> list[Figure]:
        """Those figures that the token opens, in their order."""
        places = opened(release, token)
        if self.municipality is not None and self.municipality not in places:
            raise HTTPException(404, NOT_YOURS)
        chosen = {name: value for name, value in vars(self).items() if value is not None}
        place = chosen.pop("municipality", None)
        return [
            each
            for each in release.figures
            if (each.key.place in places if place is None else each.key.place == place)
            and all(getattr(each.key, name) == value for name, value in chosen.items())
        ]

    def address(self, page: int, size: int) -> str:
        """The same, as an address."""
        chosen = {name: value for name, value in vars(self).items() if value is not None}
        return f"{HERE}/summaries?{urlencode({**chosen, 'page': page, 'size': size})}"


def opened(release: Release, token: Token) -> set[str]:
    """The municipalities whose figures a token opens, and all of them together for who holds several."""
    mine = {place.key for place in release.grid.places} & set(token.municipalities)
    return mine | ({ALL} if len(mine) > 1 else set())


REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Refusal} for status in (401, 404, 422)}


def router(world: World, words: Words, pages: Pages) -> APIRouter:
    """The API, and what describes it."""
    routes = APIRouter(prefix="/v1", route_class=PlainRoute, responses=REFUSALS)

    async def shown(
        sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> Token:
        if sent is not None:
            async with reading(world.engine) as db:
                found = await tokens.shown(db, sent.credentials)
            if found is not None:
                return found
        raise HTTPException(401, NO_TOKEN, {"WWW-Authenticate": "Bearer"})

    async def newest() -> Release:
        async with reading(world.engine) as db:
            release = await publishing.latest(db)
        if release is None:
            raise HTTPException(404, NOT_RELEASED)
        return release

    @routes.get("/summaries", summary="Figures of the newest release, page by page")
    async def figures(
        token: Token = Depends(shown),
        wanted: Wanted = Depends(),
        *,
        page: Annotated[int, Query(ge=1, le=PAGES_AT_MOST)] = 1,
        size: Annotated[int, Query(ge=1, le=MOST)] = 200,
    ) -> Figures:
        release = await newest()
        chosen = wanted.of(release, token)
        last = max(1, -(-len(chosen) // size))
        if page > last:
            raise HTTPException(404, NO_SUCH_PAGE)
        held = chosen[(page - 1) * size : page * size]
        return Figures(
            release=release.number,
            released_on=release.released_on,
            fewest=release.limit,
            total=len(chosen),
            page=page,
            pages=last,
            next=wanted.address(page + 1, size) if page < last else None,
            figures=[PlainFigure(**summaries.plain(each)) for each in held],
        )

    @routes.get(
        "/summaries.csv",
        summary="The same figures as one file",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def file(token: Token = Depends(shown), wanted: Wanted = Depends()) -> Response:
        release = await newest()
        chosen = tuple(wanted.of(release, token))
        async with reading(world.engine) as db:
            labels = await releasing.labels(db, world.places)
        written = await asyncio.to_thread(as_csv, labels, words, release, chosen)
        return Response(written, media_type="text/csv; charset=utf-8")

    @routes.get("/allocations", summary="Final decisions, as they were published")
    async def allocations(token: Token = Depends(shown)) -> Allocations:
        return Allocations(allocations=await _decided(world, token.municipalities))

    described = APIRouter(prefix="/api")

    @described.get("/openapi.json")
    async def openapi() -> Response:
        return JSONResponse(describe(routes))

    @described.get("/docs")
    async def docs() -> Response:
        return pages.show("api.html", "en", held=describe(routes), here="/api")

    described.include_router(routes)
    return described


def describe(routes: APIRouter) -> dict[str, Any]:
    """The API in the words of OpenAPI."""
    about = (
        "Counts of people, never of messages. A number is shown only where it stands for so many people that "
        "nobody can be found in it, and the same number is shown everywhere."
    )
    return get_openapi(
        title="Lytt", version="1", description=about, routes=routes.routes, servers=[{"url": "/api"}]
    )


def as_csv(labels: Labels, words: Words, release: Release, figures: Sequence[Figure]) -> bytes:
    """Some figures of a release as a CSV file."""
    paper = Paper(replace(release, figures=tuple(figures)), labels, words, SOURCE)
    return summaries.written(paper, ".csv")


async def _decided(world: World, municipalities: Sequence[str]) -> list[Allocation]:
    async with reading(world.engine) as db:
        held = [
            each for each in await calls.every(db) if set(each.call.municipalities) <= set(municipalities)
        ]
        made = [await decisions.of_call(db, each.call.key) for each in held]
    return [
        Allocation(
            call=each.call,
            rule=each.body["rule"],
            decided_on=day(each.decided_at),
            money=each.body["shown"]["money"],
            spent=each.body["shown"]["spent"],
            measures=[_measure(each.body, line) for line in each.body["shown"]["measures"]],
        )
        for each in made
        if each is not None and each.final
    ]


def _measure(body: dict[str, Any], line: dict[str, Any]) -> Measure:
    kept = {name: line[name] for name in ("measure", "applicant", "funded", "units", "cost")}
    return Measure(name=body["names"]["measures"][line["measure"]], **kept)
