"""Every page of staff in one list, and the menu above them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot import clock
from bot.i18n import Words
from bot.intake import World
from bot.intake.door import Intake
from bot.pages.files import Files
from bot.pages.templates import Pages
from bot.pages.visitors import networks
from bot.settings import ROOT, Settings
from bot.staff import (
    accounts,
    applications,
    calls,
    categories,
    comparison,
    decision,
    flags,
    log,
    login,
    own,
    person,
    provider,
    queue,
    rights,
    summaries,
    threads,
    today,
    together,
    tour,
)
from bot.staff.access import Acquainted, SignedOut
from bot.staff.office import HOME, Office
from bot.store.staff import ROLES
from dialogs.text import N_, Text

ROUTERS = (
    login.routes,
    provider.routes,
    today.routes,
    queue.routes,
    person.routes,
    threads.routes,
    together.routes,
    flags.routes,
    rights.routes,
    summaries.routes,
    calls.routes,
    comparison.routes,
    decision.routes,
    applications.routes,
    categories.routes,
    accounts.routes,
    log.routes,
    own.routes,
    tour.routes,
)
# Address, words, and the roles that see it; those who do not would be refused there.
MENU: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    (HOME, N_("I dag"), ROLES),
    (queue.HERE, N_("Køen"), ("reviewer",)),
    (together.PAGE, N_("Svare sammen"), ("reviewer",)),
    (rights.PAGE, N_("Krav"), ("reviewer", "coordinator")),
    (summaries.PAGE, N_("Tall"), ("coordinator", "analyst")),
    (calls.PAGE, N_("Utlysninger"), ("coordinator",)),
    (categories.PAGE, N_("Nye behov"), ("coordinator",)),
    (accounts.PAGE, N_("Kontoer"), ("admin",)),
    (log.PAGE, N_("Logg"), ("admin",)),
    (own.PAGE, N_("Min side"), ROLES),
)
TEMPLATES, STATIC = (Path(__file__).parent / folder for folder in ("templates", "static"))
LOCALES = ROOT / "locales"


def add(site: FastAPI, settings: Settings, world: World, intake: Intake, assets: Files) -> None:
    """Put the staff pages into the web."""
    words = Words(LOCALES, ("dialogs", "money", "reports", "staff"))
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
    site.add_exception_handler(Acquainted, _left_to_others)


def refused(request: Request, status: int) -> Response | None:
    """What stands on a page that is not there, or not for who asks: the same for both, and of neither a word.

    A fault of ours is said to be one. None where the address is not one of staff's, or a script asks.
    """
    if not f"{request.url.path}/".startswith(f"{HOME}/"):
        return None
    office: Office = request.app.state.office
    return office.show(
        request, "ikke.html", office.pages.asked(request), None, status=status, fault=status >= 500
    )


async def _sign_in(request: Request, error: Exception) -> Response:
    """To the sign-in page; what only scripts ask for is told so in a status.

    A link from elsewhere, as in the mail of an alert, comes without the cookie of who is signed in: the
    browser sends it once a page of ours asks.
    """
    assert isinstance(error, SignedOut)
    office: Office = request.app.state.office
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        return office.show(request, "videre.html", office.pages.asked(request), None, back=request.url.path)
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return JSONResponse({"error": "Unauthorized"}, 401)
    return RedirectResponse(error.path, 303)


async def _left_to_others(request: Request, error: Exception) -> Response:
    """Why somebody can not have a case: they know the person."""
    assert isinstance(error, Acquainted)
    return error.visit.show("known.html", status=403, who=error.name)
