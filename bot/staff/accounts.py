"""Accounts of staff, for who administers them: made, changed, stopped and reset."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.operations import accounts
from bot.operations.accounts import WrongAccount
from bot.staff.access import Administering, note
from bot.staff.office import Visit
from bot.store import staff
from bot.store.audit import Deed
from bot.store.staff import ROLES, Account
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt/kontoer")
PAGE = "/ansatt/kontoer"
LABELS: dict[str, Text] = {
    "reviewer": N_("leser og svarer"),
    "coordinator": N_("koordinator"),
    "analyst": N_("ser bare tall"),
    "admin": N_("administrator"),
}
NOT_DONE = N_("Det gikk ikke. Se over navnet, rollene og kommunene.")
OWN = N_("Du kan ikke endre din egen konto her.")


@routes.get("")
async def listed(visit: Administering) -> Response:
    """All accounts whose municipalities this administrator has."""
    async with visit.acting() as db:
        await note(db, visit, Deed("list", "account"))
    return await _page(visit)


async def _page(
    visit: Visit, trouble: Text | None = None, password: tuple[str, str] | None = None, status: int = 200
) -> Response:
    async with visit.reading() as db:
        found = [each for each in await staff.every(db) if _may_change(visit, each)]
    return visit.show(
        "kontoer.html",
        status=status,
        accounts=found,
        roles=LABELS,
        places={key: place.municipality.name for key, place in visit.places.items()},
        trouble=trouble,
        password=password,
    )


def _may_change(visit: Visit, account: Account) -> bool:
    """An account that reaches further than the administrator's own is not theirs to change."""
    return set(account.municipalities) <= set(visit.worker.municipalities)


@routes.post("")
async def add(visit: Administering) -> Response:
    """A new account; its one-time password is shown now and never again."""
    name, (roles, places) = visit.field("name"), _wanted(visit)
    try:
        async with visit.acting() as db:
            made = await accounts.add(db, visit.scribe, name, roles, places, visit.office.new_code)
    except WrongAccount:
        return await _page(visit, NOT_DONE, status=422)
    return await _page(visit, password=(name, made))


def _wanted(visit: Visit) -> tuple[list[str], list[str]]:
    """The roles and municipalities that were ticked, as far as this administrator may give them."""
    places = [key for key in visit.fields("municipality") if key in visit.worker.municipalities]
    if not places:
        raise HTTPException(422)
    return [role for role in ROLES if role in visit.fields("role")], places


@routes.post("/{name}/rolle")
async def assign(visit: Administering, name: str) -> Response:
    """Other roles and municipalities: who is signed in must sign in anew."""
    roles, places = _wanted(visit)
    return await _changed(visit, name, lambda db: accounts.assign(db, visit.scribe, name, roles, places))


@routes.post("/{name}/stopp")
async def disable(visit: Administering, name: str) -> Response:
    """Stop an account, at once."""
    return await _changed(visit, name, lambda db: accounts.disable(db, visit.scribe, name))


@routes.post("/{name}/start")
async def enable(visit: Administering, name: str) -> Response:
    """Let an account that was stopped sign in again."""
    return await _changed(visit, name, lambda db: accounts.enable(db, visit.scribe, name))


@routes.post("/{name}/passord")
async def reset(visit: Administering, name: str) -> Response:
    """A new one-time password, and the code app set up anew."""
    made: list[str] = []

    async def work(db: AsyncConnection) -> None:
        made.append(await accounts.reset(db, visit.scribe, name, visit.office.new_code))

    changed = await _changed(visit, name, work)
    return await _page(visit, password=(name, made[0])) if made else changed


async def _changed(visit: Visit, name: str, work: Callable[[AsyncConnection], Awaitable[None]]) -> Response:
    """Do one thing with one account: another's, and not one that reaches further than one's own."""
    if name == visit.worker.name:
        return await _page(visit, OWN, status=403)
    try:
        async with visit.acting() as db:
            account = await staff.named(db, name)
            if account is None or not _may_change(visit, account):
                raise HTTPException(404)
            await work(db)
    except WrongAccount:
        return await _page(visit, NOT_DONE, status=422)
    return visit.go(PAGE)
