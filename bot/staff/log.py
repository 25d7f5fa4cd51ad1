"""The log of what staff did, for who administers it to look through."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.operations.accounts import CONSOLE, given
from bot.staff import accounts, labels
from bot.staff.access import Administering, note
from bot.staff.office import Visit
from bot.store import audit, staff
from bot.store.audit import Deed, Line, object_of
from bot.store.tables.access import audit as kept
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt/logg")
PAGE = "/ansatt/logg"
PER_PAGE = 100
# An act or a kind that has no words here is shown as it is kept.
ACTS = {
    "sign in": N_("logget inn"),
    "sign out": N_("logget ut"),
    "sign out everywhere": N_("logget ut overalt"),
    "change password": N_("byttet passord"),
    "change settings": N_("endret valg"),
    "set up code app": N_("koblet til kodeapp"),
    "make recovery codes": N_("laget reservekoder"),
    "use recovery code": N_("brukte en reservekode"),
    "add": N_("la til"),
    "retire": N_("tok ut av lista"),
    "assign": N_("ga roller"),
    "reset": N_("nullstilte"),
    "disable": N_("stoppet"),
    "enable": N_("åpnet igjen"),
    "tie": N_("knyttet til kommunens innlogging"),
    "open": N_("åpnet"),
    "list": N_("så på liste"),
    "group": N_("så på grupper av"),
    "search": N_("søkte"),
    "change": N_("endret"),
    "close": N_("lukket"),
    "unmask": N_("fikk se det skjulte"),
    "decide": N_("avgjorde"),
    "export": N_("tok ut"),
    "show": N_("viste"),
    "erase": N_("slettet"),
    "write": N_("skrev til"),
    "take": N_("tok"),
    "hand over": N_("ga videre"),
    "hand out": N_("delte ut"),
    "agree": N_("var enig i"),
    "take back": N_("trakk tilbake"),
    "tell": N_("ga beskjed om"),
    audit.UNUSUAL: N_("åpnet uvanlig mange"),
}
KINDS = {
    "account": N_("konto"),
    "person": N_("person"),
    "flag": N_("rødt flagg"),
    "request": N_("krav"),
    "log": N_("logg"),
    "queue": N_("kø"),
    "needs": N_("behov"),
    "today": N_("I dag"),
    "code": N_("kode"),
    "filter": N_("utvalg"),
    "call": N_("utlysning"),
    "application": N_("søknader"),
    "allocation": N_("fordeling"),
    "token": N_("nøkkel til tallene"),
    "category": N_("nye behov"),
}


@routes.get("")
async def look(visit: Administering) -> Response:
    """The newest lines, of one worker or one thing where the address says so."""
    asked = visit.request.query_params
    who, what, before = asked.get("hvem", ""), asked.get("hva", ""), asked.get("til", "")
    asked_for = [*([kept.c.staff == who] if who else []), *([kept.c.object == what] if what else [])]
    until = int(before) if before.isdecimal() and len(before) < 18 else None
    async with visit.acting() as db:
        await note(db, visit, Deed("list", "log"))
        names, mine = await _near(db, visit)
        wanted = [mine, *asked_for]
        lines = await audit.lines(db, visit.office.world.keys, *wanted, before=until, most=PER_PAGE)
        unusual = await audit.lines(db, visit.office.world.keys, mine, kept.c.act == audit.UNUSUAL, most=5)
    return visit.show(
        "logg.html",
        lines=lines,
        at=labels.at,
        exactly=labels.exactly,
        acts=ACTS,
        console=CONSOLE,
        why=partial(_why, visit),
        places={key: place.municipality.name for key, place in visit.office.world.places.items()},
        kinds=KINDS,
        names=names,
        accounts={object_of("account", name): name for name in names},
        unusual=unusual,
        who=who,
        what=what,
        further=lines[-1].seq if len(lines) == PER_PAGE else None,
    )


def _why(visit: Visit, line: Line) -> list[Text]:
    """The reason of a line in words; what an account was given is kept by the keys of code."""
    keys = given(line.reason) if line.kind == "account" and line.reason else None
    if keys is None:
        return [labels.plain(line.reason)] if line.reason else []
    places = visit.office.world.places
    names = (places[key].municipality.name if key in places else key for key in keys[1])
    return [*(accounts.LABELS[role] for role in keys[0]), *map(labels.plain, names)]


async def _near(db: AsyncConnection, visit: Visit) -> tuple[list[str], ColumnElement[bool]]:
    """Who works in the administrator's municipalities, and the lines that are theirs to see.

    What concerns no municipality, as to sign in, is told of colleagues and of the machine alone.
    """
    here, accounts = set(visit.worker.municipalities), await staff.every(db)
    near = [each.name for each in accounts if not here.isdisjoint(each.municipalities)]
    far = [each.name for each in accounts if here.isdisjoint(each.municipalities)]
    nowhere = and_(kept.c.municipality == "", kept.c.staff.not_in(far))
    return near, or_(kept.c.municipality.in_(here), nowhere)
