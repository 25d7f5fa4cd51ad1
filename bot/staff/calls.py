"""A coordinator's pages about calls: who applied, what each lacks, and which reports came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.allocation.call import Call
from bot.allocation.checks import kroner
from bot.allocation.tables import øre
from bot.clock import OSLO, moment
from bot.funding import applying, news, reporting
from bot.funding.applying import Looked
from bot.funding.deciding import WrongDecision
from bot.funding.reporting import Granted
from bot.staff import labels
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store import applications, audit, calls, decisions, reports
from bot.store.applications import Kept
from bot.store.audit import Deed
from bot.store.calls import Held, WrongCallKey
from bot.store.decisions import Decision
from bot.store.engine import in_turn
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
        held = await _all_ours(db, visit)
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
        told = await audit.last(db, world.keys, _telling(held))
    return visit.show(
        "utlysning.html",
        held=held,
        told=told,
        drafts=sum(condition(each) == "draft" for each in kept),
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


@dataclass(frozen=True, slots=True)
class Due:
    """A report with who owes it, what they got in its period, and what they say they gave and spent."""

    report: Report
    title: str
    got: Granted

    @property
    def places(self) -> int | None:
        """Places given, as far as that is told."""
        written = str(self.report.body.get("places", ""))
        return int(written) if written.isdecimal() else None

    @property
    def spent(self) -> int | None:
        """Øre spent, as far as that is told."""
        return øre(str(self.report.body.get("spent", "")))

    @property
    def is_beyond(self) -> tuple[bool, bool]:
        """Whether more places were given, and more money spent, than they got."""
        return (self.places or 0) > self.got.places, (self.spent or 0) > self.got.money


def _due(
    due: Sequence[Report], kept: Sequence[Kept], held: Held, decision: Decision | None, visit: Visit
) -> list[Due]:
    titles = {each.id: _row(held, each, visit)[2].application.title for each in kept}
    got = {
        (id, each.period): each
        for id in titles
        for each in (reporting.granted(held.call, decision, id) if decision else ())
    }
    return [Due(each, titles[each.application_id], got[each.application_id, each.period]) for each in due]


def _telling(held: Held) -> Deed:
    return Deed("tell", "call", held.call.key, held.call.municipalities[0])


@routes.post("/{key}/beskjed")
async def tell(visit: Coordinating, key: str) -> Response:
    """Let those who asked to hear of it know what was decided, once."""
    world, chats = visit.office.world, tuple[bytes, ...]()
    try:
        async with visit.acting() as db:
            held = await ours(visit, db, key)
            await in_turn(db, f"news {key}")
            if await audit.last(db, world.keys, _telling(held)) is None:
                chats = (await news.tell(db, world, visit.office.pages.words, key)).chats
                await note(db, visit, _telling(held))
    except WrongDecision:  # it is not final: there is nothing to tell yet, and no button for it
        return visit.go(f"{PAGE}/{key}")
    visit.office.intake.queued(chats)
    return visit.go(f"{PAGE}/{key}")


async def late_reports(db: AsyncConnection, visit: Visit) -> list[tuple[Held, int]]:
    """The calls of this coordinator's whose funded groups owe a report, with how many."""
    if not visit.worker.has("coordinator"):
        return []
    late = await reports.late(db, visit.now)
    return [(each, late[each.call.key]) for each in await _all_ours(db, visit) if late[each.call.key]]


async def _all_ours(db: AsyncConnection, visit: Visit) -> list[Held]:
    return [each for each in await calls.every(db) if _is_ours(visit, each)]


@routes.post("/{key}/lukk")
async def close(visit: Coordinating, key: str) -> Response:
    """Close a call before its deadline, for good."""
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        await calls.close(db, visit.office.world.keys, key, visit.now)
        await note(db, visit, Deed("close", "call", key, held.call.municipalities[0]))
    return visit.go(f"{PAGE}/{key}")
