"""Sign in and out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.operations import accounts
from bot.staff import sessions
from bot.staff.access import Anybody, Working, note, office_of
from bot.staff.office import HOME, Office
from bot.store import audit, signins, staff
from bot.store.audit import Deed
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt")
WRONG = N_("Navnet eller passordet stemmer ikke.")


@routes.get("/inn")
async def sign_in(request: Request, form: Anybody) -> Response:
    """The form for name and password."""
    return _form(request, office_of(request))


def _form(request: Request, office: Office, trouble: Text | None = None, status: int = 200) -> Response:
    secure = office.visitor(request).secure
    held = sessions.cookie(request, secure=secure)
    token = held or office.new_token()
    page = office.show(
        request, "inn.html", office.pages.asked(request), token, status=status, trouble=trouble
    )
    if not held:
        sessions.hold(page, token, secure=secure)
    return page


@routes.post("/inn")
async def signed(request: Request, form: Anybody) -> Response:
    """What was typed there."""
    office, world = office_of(request), office_of(request).world
    name, password = str(form.get("name") or ""), str(form.get("password") or "")
    async with world.engine.begin() as db:
        account = await staff.named(db, name)
    if not await accounts.is_password(account, password) or account is None:
        return _form(request, office, WRONG, 403)
    token, now, secure = office.new_token(), world.now(), office.visitor(request).secure
    async with world.engine.begin() as db:
        await signins.begin(db, token, name, signins.ALL, now, now)
        deed = Deed("sign in", "account", name)
        await audit.note(db, world.keys, world.new_id(), name, deed, now)
    response = RedirectResponse(HOME, 303)
    sessions.hold(response, token, secure=secure)
    return response


@routes.post("/ut")
async def sign_out(visit: Working) -> Response:
    """End this session."""
    async with visit.acting() as db:
        await signins.end(db, visit.token)
        await note(db, visit, Deed("sign out", "account", visit.worker.name))
    response = visit.go("/ansatt/inn")
    sessions.drop(response, secure=visit.office.visitor(visit.request).secure)
    return response


@routes.get("")
async def home(visit: Working) -> Response:
    """The first page."""
    return visit.show("hjem.html")
