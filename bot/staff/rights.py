"""People's requests about their rights: written down by hand, answered in time, closed with an outcome."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.clock import moment
from bot.staff.access import Casework, must_see, note
from bot.staff.office import Visit
from bot.store import rights
from bot.store.audit import Deed
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt/krav")
PAGE = "/ansatt/krav"
LONGEST_NOTE = 2000
KINDS: dict[str, Text] = {
    "access": N_("innsyn"),
    "rectification": N_("retting"),
    "erasure": N_("sletting"),
    "objection": N_("innsigelse"),
}
OUTCOMES: dict[str, Text] = {
    "done": N_("gjort"),
    "partly": N_("gjort delvis"),
    "refused": N_("avslått, med grunn"),
    "withdrawn": N_("trukket"),
}
STATES: dict[str, Text] = {
    "open": N_("åpent"),
    "soon": N_("haster"),
    "late": N_("over fristen"),
    "closed": N_("besvart"),
}
WRONG_DAY = N_("Velg hva kravet gjelder, og dagen det kom. Dagen kan ikke være fram i tid.")


@routes.get("")
async def listed(visit: Casework) -> Response:
    """All requests to this worker's municipalities, with their due dates."""
    return await _page(visit)


async def _page(visit: Visit, trouble: Text | None = None, status: int = 200) -> Response:
    async with visit.acting() as db:
        await note(db, visit, Deed("list", "request"))
        found = await rights.every(db, visit.office.world.keys, visit.worker.municipalities)
    return visit.show(
        "krav.html",
        status=status,
        trouble=trouble,
        requests=[(each, each.state(visit.now)) for each in found],
        kinds=KINDS,
        outcomes=OUTCOMES,
        states=STATES,
        today=moment(visit.now).date(),
        places={key: place.municipality.name for key, place in visit.places.items()},
    )


@routes.post("")
async def open_one(visit: Casework) -> Response:
    """Write down that somebody asked, on the day they did."""
    municipality = must_see(visit, visit.field("municipality"))
    kind, came_at = visit.field("kind"), rights.day(visit.field("came"))
    if kind not in KINDS or came_at is None or came_at > visit.now:
        return await _page(visit, WRONG_DAY, 422)
    world, words = visit.office.world, visit.field("note")[:LONGEST_NOTE]
    id = world.new_id()
    async with visit.acting() as db:
        await rights.add(db, world.keys, id, municipality, kind, came_at, visit.worker.name, words)
        await note(db, visit, Deed("add", "request", id, municipality))
    return visit.go(PAGE)


@routes.post("/{id}")
async def close_one(visit: Casework, id: str) -> Response:
    """Note how it was answered."""
    outcome, keys = visit.field("outcome"), visit.office.world.keys
    async with visit.acting() as db:
        request = await rights.one(db, keys, id)
        must_see(visit, request.municipality if request else None)
        if outcome not in OUTCOMES:
            raise HTTPException(422)
        if request and await rights.close(db, id, outcome, visit.worker.name, visit.now):
            await note(db, visit, Deed("close", "request", id, request.municipality, outcome))
    return visit.go(PAGE)
