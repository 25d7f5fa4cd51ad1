"""One application as a coordinator reads it before money is given: all that was written, in words."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.allocation import checks, written
from bot.allocation.call import KINDS, Call
from bot.funding import applying
from bot.staff import calls, labels
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store import applications
from bot.store.audit import Deed
from bot.store.calls import Held
from dialogs.categories import label

routes = APIRouter(prefix=calls.PAGE)


@routes.get("/{key}/soknad")
async def read(visit: Coordinating, key: str) -> Response:
    """What was sent, or a draft as it stands, and what it lacks; one that is not of the call leads back."""
    world, id = visit.office.world, visit.request.query_params.get("id", "")
    async with visit.acting() as db:
        held = await calls.ours(visit, db, key)
        kept = await applications.by_id(db, world.keys, id)
        if kept is None or kept.call != key:
            return visit.go(f"{calls.PAGE}/{key}")
        await note(db, visit, Deed("open", "application", id, held.call.municipalities[0]))
    looked = applying.look(held, kept.sent or kept.draft, world.places)
    return visit.show(
        "soknad.html",
        held=held,
        kept=kept,
        looked=looked,
        state=calls.APPLICATION_STATES[calls.condition(kept)],
        fields=written.FIELDS,
        no_limit=written.OLDEST,
        called=_called(held, visit),
        day=labels.day,
        kroner=checks.kroner,
    )


def _called(held: Held, visit: Visit) -> dict[str, dict[str, Any]]:
    """What each thing that an application names is called; what nobody knows stays as written."""
    call = held.call
    here = [place for key, place in visit.places.items() if key in call.municipalities]
    return {
        "needs": {key: label(key, held.added) for key in held.needs},
        "kinds": {kind: checks.kind_label(kind) for kind in KINDS},
        "periods": {period.key: period.dates for period in call.periods},
        "districts": labels.districts(here),
        **_labelled(call),
    }


def _labelled(call: Call) -> dict[str, dict[str, Any]]:
    return {
        "targets": {each.key: each.label for each in call.targets},
        "purposes": {each.key: each.label for each in call.purposes},
        "costs": {each.key: each.label for each in call.costs},
        "parts": {each.key: each.label for each in call.parts},
    }
