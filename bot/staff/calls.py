"""A coordinator's pages about calls: who applied, what each lacks, and which reports came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.allocation.call import Call
from bot.allocation.checks import kroner
from bot.allocation.tables import øre
from bot.clock import OSLO, moment
from bot.funding import applying, reporting
from bot.funding.applying import Looked
from bot.funding.reporting import Granted
from bot.staff import labels
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store import applications, calls, decisions, reports
from bot.store.applications import Kept
from bot.store.audit import Deed
from bot.store.calls import Held, WrongCallKey
from bot.store.decisions import Decision
from bot.store.reports import Report
from dialogs.text import N_, Text

PAGE = "/ansatt/utlysninger"
STATES: dict[str, Text] = {
    "coming": N_("ikke åpnet"),
    "open": N_("åpen"),
    "closed": N_("lukket"),
    "waiting": N_("venter på en til"),
    "decided": N_("vedtatt"),
}
APPLICATION_STATES: dict[str, Text] = {
    "sent": N_("sendt"),
    "draft": N_("utkast"),
    "withdrawn": N_("trukket"),
}
routes = APIRouter(prefix=PAGE)


@routes.get("")
async def every(visit: Coordinating) -> Response:
    """The calls of this worker's municipalities."""
    async with visit.reading() as db:
        held = [each for each in await calls.every(db) if _is_ours(visit, each)]
        states = {each.call.key: await _state(db, each, visit.now) for each in held}
        late = await reports.late(db, visit.now)
    return visit.show(
        "utlysninger.html", calls=held, states=states, names=STATES, late=late, until=_until, kroner=kroner
    )


def _until(call: Call) -> str:
    """When a call closes, as its own zone has it; the zone is named where it is not Norway's."""
    zone = str(call.deadline.tzinfo)
    return f"{call.deadline:%d.%m.%Y kl. %H.%M}" + ("" if zone == OSLO.key else f" ({zone})")


def _is_ours(visit: Visit, held: Held) -> bool:
    return not set(held.call.municipalities).isdisjoint(visit.worker.municipalities)


async def _state(db: Any, held: Held, now: int) -> str:
    if held.decided:
        return "decided"
    if await decisions.of_call(db, held.call.key):
        return "waiting"
    if held.is_open(now):
        return "open"
    return "coming" if held.closed_at is None and moment(now) < held.call.opens else "closed"


async def ours(visit: Visit, db: Any, key: str) -> Held:
    """A call of this worker's, as if there were no others."""
    try:
        held = await calls.named(db, key)
    except WrongCallKey as error:
        raise HTTPException(404) from error
    if not _is_ours(visit, held):
        raise HTTPException(404)
    return held


@routes.get("/{key}")
async def one(visit: Coordinating, key: str) -> Response:
    """Who applied, what each lacks, and which reports are late."""
    world = visit.office.world
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        await note(db, visit, Deed("list", "application", key))
        kept = await applications.of_call(db, world.keys, key)
        due = await reports.of_applications(db, world.keys, [each.id for each in kept])
        decision, state = await decisions.of_call(db, key), await _state(db, held, visit.now)
    return visit.show(
        "utlysning.html",
        held=held,
        state=state,
        states=STATES,
        application_states=APPLICATION_STATES,
        rows=[_row(held, each, visit) for each in kept],
        due=_due(due, kept, held, decision, visit),
        decision=decision,
        day=labels.day,
        until=_until,
        kroner=kroner,
        now=visit.now,
    )


def _row(held: Held, kept: Kept, visit: Visit) -> tuple[Kept, str, Looked]:
    looked = applying.look(held, kept.sent or kept.draft, visit.office.world.places)
    return kept, condition(kept), looked


def condition(kept: Kept) -> str:
    """Whether an application takes part: one of APPLICATION_STATES."""
    return "sent" if kept.counts else "withdrawn" if kept.withdrawn_at else "draft"


def _due(
    due: Sequence[Report], kept: Sequence[Kept], held: Held, decision: Decision | None, visit: Visit
) -> list[tuple[Report, str, Granted, int | None]]:
    """Each report with who owes it, what they got in its period, and the øre that they say they spent."""
    titles = {each.id: _row(held, each, visit)[2].application.title for each in kept}
    got = {
        (id, each.period): each
        for id in titles
        for each in (reporting.granted(held.call, decision, id) if decision else ())
    }
    return [
        (
            each,
            titles[each.application_id],
            got[each.application_id, each.period],
            øre(str(each.body.get("spent", ""))),
        )
        for each in due
    ]


@routes.post("/{key}/lukk")
async def close(visit: Coordinating, key: str) -> Response:
    """Close a call before its deadline, for good."""
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        await calls.close(db, visit.office.world.keys, key, visit.now)
        await note(db, visit, Deed("close", "call", key, held.call.municipalities[0]))
    return visit.go(f"{PAGE}/{key}")
