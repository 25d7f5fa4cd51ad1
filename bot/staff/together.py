"""Answering together: a code that lives shortly, for somebody who fills in with a worker beside them."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from bot.pages import sessions
from bot.staff import access
from bot.staff.access import Reviewing
from bot.staff.codeapp import drawn
from bot.staff.office import HOME
from bot.staff.sessions import IDLE_MS
from bot.store import codes, signins
from bot.store.audit import Deed

PAGE = f"{HOME}/sammen"
LIVES_MS = 30 * 60_000  # long enough to find a place to sit, too short to be passed on
LENGTH = 8
routes = APIRouter(prefix=PAGE)


@routes.get("")
async def together(visit: Reviewing) -> Response:
    """What a code is for, and where it shall be worth something."""
    return visit.show("together.html", places=visit.places, municipality=None, code=None)


@routes.post("")
async def new_code(visit: Reviewing) -> Response:
    """A code, shown once: typed in, or read off the screen by the person's own phone."""
    municipality, world = visit.field("kommune"), visit.office.world
    if municipality not in visit.places:
        raise HTTPException(422)
    code, expires_at = visit.office.new_code(LENGTH), visit.now + LIVES_MS
    async with visit.acting() as db:
        await access.note(db, visit, Deed("hand out", "code", municipality=municipality))
        by, keys = visit.worker.name, world.keys
        await codes.keep(db, keys, [code], "assisted", municipality, None, visit.now, expires_at, by)
    address = f"{visit.office.settings.web_address}{_path(municipality, code)}"
    return visit.show(
        "together.html",
        places=visit.places,
        code=code,
        municipality=municipality,
        picture=Markup(drawn(address)),  # drawn here, from nothing anybody wrote
        minutes=LIVES_MS // 60_000,
    )


@routes.post("/her")
async def here(visit: Reviewing) -> Response:
    """On the worker's own phone: who answered there before is let go of, and the worker's pages are shut."""
    municipality, code = visit.field("kommune"), visit.field("kode")
    if municipality not in visit.places or not re.fullmatch(r"[A-Z0-9]{8}", code):
        raise HTTPException(422)
    async with visit.acting() as db:
        # The phone is in another's hands from here on: the password opens what they must not see.
        await signins.seen(db, visit.token, visit.now - IDLE_MS)
    response = RedirectResponse(_path(municipality, code), 303)
    sessions.drop(response, secure=visit.office.visitor(visit.request).secure)
    return response


def _path(municipality: str, code: str) -> str:
    return f"/k/{municipality}?kode={code}"
