"""Every page of staff in one list, and the menu above them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot import clock
from bot.i18n import Words
from bot.intake import Intake, World
from bot.pages.files import Files
from bot.pages.templates import Pages
from bot.pages.visitors import networks
from bot.settings import ROOT, Settings
from bot.staff import login
from bot.staff.access import SignedOut
from bot.staff.office import HOME, Office
from bot.store.staff import ROLES
from dialogs.text import N_, Text

ROUTERS = (login.routes,)
# Address, words, and the roles that see it; those who do not would be refused there.
MENU: tuple[tuple[str, Text, tuple[str, ...]], ...] = ((HOME, N_("I dag"), ROLES),)
TEMPLATES = Path(__file__).parent / "templates"
LOCALES = ROOT / "locales"


def add(site: FastAPI, settings: Settings, world: World, intake: Intake, assets: Files) -> None:
    """Put the staff pages into the web."""
    words = Words(LOCALES, ("dialogs", "staff"))
    site.state.office = Office(
        world=world,
        settings=settings,
        intake=intake,
        pages=Pages(words, (TEMPLATES,), assets),
        menu=MENU,
        trusted=networks(settings.trusted_proxies),
        new_token=clock.new_token,
        new_code=clock.new_code,
    )
    for routes in ROUTERS:
        site.include_router(routes)
    site.add_exception_handler(SignedOut, _sign_in)


async def _sign_in(request: Request, error: Exception) -> Response:
    """To the sign-in page; what only scripts ask for is told so in a status."""
    assert isinstance(error, SignedOut)
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return JSONResponse({"error": "Unauthorized"}, 401)
    return RedirectResponse(error.path, 303)
