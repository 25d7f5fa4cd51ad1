"""A worker's own page: language, the name people see, alerts, password, recovery codes, out everywhere."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.municipalities.roster import ANSWER, NEED
from bot.operations import accounts
from bot.operations.accounts import WrongAccount
from bot.staff import login, sessions
from bot.staff.access import SIGN_IN, Working, note
from bot.staff.office import Visit
from bot.store import signins, staff
from bot.store.audit import Deed
from bot.store.staff import Account
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt/meg")
PAGE = "/ansatt/meg"
LONGEST_NAME = 64
UNCLEAR = N_("Velg et navn som ingen kollega har, med bare latinske bokstaver, tall og mellomrom.")
# A red flag is not on the list: who is on duty can not turn it off.
NOT_FULL = N_("Skriv både fornavn og etternavn, eller la feltet stå tomt.")
MAY_MUTE: dict[str, Text] = {ANSWER: N_("noen vil ha svar"), NEED: N_("nye behov")}


@routes.get("")
async def mine(visit: Working) -> Response:
    """Everything a worker may choose for themselves."""
    return await _page(visit)


async def _page(visit: Visit, trouble: Text | None = None, status: int = 200) -> Response:
    async with visit.reading() as db:
        account, left = await own_account(db, visit), await signins.codes_left(db, visit.worker.name)
    duties = [duty for place in visit.places.values() for duty in place.roster if duty.name == account.name]
    told = {subject for duty in duties for subject in duty.wants if subject in MAY_MUTE}
    return visit.show(
        "meg.html",
        status=status,
        trouble=trouble,
        account=account,
        shown_as=visit.form.get("shown_as", account.shown_as),
        full_name=visit.form.get("full_name", account.full_name) if decides(visit) else None,
        codes_left=left,
        alerts={subject: words for subject, words in MAY_MUTE.items() if subject in told},
    )


def decides(visit: Visit) -> bool:
    """Whether this worker may decide about money, and so has a full name that is published."""
    return visit.worker.has("coordinator")


async def own_account(db: AsyncConnection, visit: Visit) -> Account:
    """The account of who asks."""
    account = await staff.named(db, visit.worker.name)
    if account is None:
        raise HTTPException(403)
    return account


@routes.post("")
async def choose(visit: Working) -> Response:
    """Keep what was chosen."""
    wanted, names = visit.fields("alerts"), _names(visit)
    values = names | {
        "language": visit.office.pages.language(visit.field("language")),
        "muted": [subject for subject in MAY_MUTE if subject not in wanted],
    }
    if len(names.get("full_name", "two words").split()) == 1:
        return await _page(visit, NOT_FULL, 422)
    try:
        async with visit.acting() as db:
            for name in filter(None, names.values()):
                await accounts.must_be_clear(db, name, visit.worker.name)
            await staff.change(db, visit.worker.name, **values)
            await note(db, visit, Deed("change settings", "account", visit.worker.name))
    except WrongAccount:
        return await _page(visit, UNCLEAR, 422)
    return visit.go(PAGE)


def _names(visit: Visit) -> dict[str, str]:
    asked = ("shown_as", "full_name") if decides(visit) else ("shown_as",)
    return {field: visit.field(field)[:LONGEST_NAME] for field in asked}


@routes.post("/passord")
async def change_password(visit: Working) -> Response:
    """Another password; every other session ends."""
    async with visit.reading() as db:
        account = await own_account(db, visit)
    if trouble := await login.new_password(visit, account):
        return await _page(visit, trouble, 422)
    async with visit.acting() as db:
        await signins.end_all(db, visit.worker.name)
    return _out(visit)


@routes.post("/koder")
async def make_codes(visit: Working) -> Response:
    """New recovery codes instead of the old ones, for who shows the password again."""
    async with visit.reading() as db:
        account = await own_account(db, visit)
    if trouble := await login.shown_again(visit, account, str(visit.form.get("password") or "")):
        return await _page(visit, trouble, 422)
    async with visit.acting() as db:
        codes = await login.new_codes(db, visit)
    return visit.show("koder.html", codes=codes, back=PAGE)


@routes.post("/ut")
async def sign_out_everywhere(visit: Working) -> Response:
    """End every session of this worker, on every machine."""
    async with visit.acting() as db:
        await signins.end_all(db, visit.worker.name)
        await note(db, visit, Deed("sign out everywhere", "account", visit.worker.name))
    return _out(visit)


def _out(visit: Visit) -> Response:
    response = visit.go(SIGN_IN)
    sessions.drop(response, secure=visit.office.visitor(visit.request).secure)
    return response
