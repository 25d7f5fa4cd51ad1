"""One ASGI app: the citizens' chat and pages, the way in for staff, and health."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import applicants, clock, published
from bot.channels.webchat import about, api, chat, decided, events
from bot.channels.webchat.about import Citizens
from bot.channels.webchat.door import CHANNEL, Door, Limits
from bot.channels.webchat.events import Bells
from bot.i18n import Words
from bot.intake import World
from bot.intake.door import Intake
from bot.operations import persons
from bot.pages import files, sessions
from bot.pages.files import Files
from bot.pages.shield import HEADERS, TRANSPORT, Shield
from bot.pages.templates import Pages
from bot.pages.visitors import Limit, Sources, networks, visitor
from bot.settings import ROOT, Settings
from bot.staff import routes as staff
from bot.store.engine import AWAY, reading

WEBCHAT = Path(about.__file__).parent


def create(
    settings: Settings, world: World, intake: Intake, monotonic: Callable[[], float] = clock.monotonic
) -> FastAPI:
    """The whole web: nothing is opened here, and nothing is kept outside the world it is handed."""
    headers = HEADERS | (TRANSPORT if settings.public_url.startswith("https:") else {})
    site = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, middleware=[Middleware(Shield, headers=headers)]
    )
    door = door_of(settings, world, intake, monotonic)
    assets = Files((files.HERE, WEBCHAT / "static", staff.STATIC, applicants.STATIC))
    words = Words(ROOT / "locales", ("reports", "money", "dialogs"))  # what a call and a count are told in
    pages = Pages(words, (WEBCHAT / "templates", published.TEMPLATES), assets)
    citizens = Citizens(door, pages, assets, settings.leave_url)
    bells = site.state.bells = Bells()
    intake.listeners.append(bells.ring)
    site.include_router(api.router(door))
    site.include_router(events.router(door, bells))
    site.include_router(chat.router(door, citizens))
    site.include_router(about.router(citizens))
    site.include_router(decided.router(citizens))
    published.add(site, world, citizens, assets)
    _add_mine(site, door, world)
    _add_refusals(site, citizens, headers)
    applicants.add(site, settings, world, assets, monotonic)
    staff.add(site, settings, world, intake, assets)
    _add_health(site, world)
    return site


def close(site: FastAPI) -> None:
    """End what would hold up the end of the process: the pages that listen for what comes later."""
    site.state.bells.close()


def door_of(settings: Settings, world: World, intake: Intake, monotonic: Callable[[], float]) -> Door:
    """What the web chat needs of the house."""
    per_second, starts = settings.web_per_second, settings.web_starts_per_minute / 60
    limits = Limits(
        session=Limit(5, burst=600),
        source=Limit(per_second, burst=per_second * 60),
        starts=Limit(starts, burst=starts * 600),
    )
    return Door(
        engine=world.engine,
        keys=world.keys,
        words=world.words,
        places=world.places,
        place=world.place,
        take=intake.take,
        straight=intake.straight,
        opening=intake.opening,
        read=world.read,
        now=world.now,
        monotonic=monotonic,
        new_id=world.new_id,
        trusted=networks(settings.trusted_proxies),
        limits=limits,
        sources=Sources(world.new_id),
    )


def _add_mine(site: FastAPI, door: Door, world: World) -> None:
    """Everything Lytt holds of the person in this chat, for them to take along."""

    @site.get("/mine.json")
    async def mine(request: Request) -> Response:
        secure = visitor(request, door.trusted).secure
        session = api.bearer(request) or sessions.cookie(request, secure=secure)
        held = await persons.mine(world, CHANNEL, session) if session else None
        if held is None:
            raise HTTPException(404)
        told = {"Content-Disposition": 'attachment; filename="lytt.json"'}
        return Response(persons.as_json(held), media_type="application/json", headers=told)


def _add_refusals(site: FastAPI, citizens: Citizens, headers: dict[str, str]) -> None:
    """Plain words where there is no page, and where a fault of ours was met."""

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": HTTPStatus(status).phrase}, status, headers)
        page = staff.refused(request, status) or citizens.missing(request, status)
        page.headers.update(headers)  # a fault is answered outside the shield
        return page

    site.add_exception_handler(HTTPException, refuse)
    site.add_exception_handler(Exception, refuse)


def _add_health(site: FastAPI, world: World) -> None:
    @site.get("/healthz")
    async def alive() -> Response:
        return JSONResponse({"status": "ok"})

    @site.get("/readyz")
    async def ready() -> Response:
        try:
            async with reading(world.engine) as db:
                await db.execute(text("SELECT 1"))
        except AWAY:
            return JSONResponse({"status": "the database can not be reached"}, 503)
        return JSONResponse({"status": "ok"})
