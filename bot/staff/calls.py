"""A coordinator's pages about calls: who applied and what each lacks, both rules, the decision."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.allocation.account import Account, target
from bot.allocation.call import Call
from bot.allocation.checks import kroner
from bot.allocation.explain import RULE_NAMES, Block, Names, told_without
from bot.allocation.margin import turned
from bot.allocation.model import Attester
from bot.allocation.tables import øre
from bot.channels.webchat import decided as public
from bot.clock import OSLO, moment
from bot.exports.papers import CannotMakePaper
from bot.funding import applying, deciding, proposing, reporting, rounds
from bot.funding.applying import Looked
from bot.funding.deciding import AlreadyDecided, Units, WrongDecision
from bot.funding.proposing import MAIN, group_label
from bot.funding.reporting import Granted
from bot.funding.rounds import Competition
from bot.staff import labels
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store import applications, calls, decisions, reports
from bot.store.applications import Kept
from bot.store.audit import Deed
from bot.store.calls import Held, WrongCallKey
from bot.store.decisions import Decision
from bot.store.reports import Report
from dialogs.categories import label
from dialogs.text import N_, Text

PAGE = "/ansatt/utlysninger"
PAPERS = {".pdf": "application/pdf", ".html": "text/html", ".md": "text/markdown"}
FEWEST = 5  # people behind a number that is shown
LONGEST_REASON = 4_000
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
STILL_OPEN = N_("Utlysningen er åpen. Den må være lukket før noen kan bestemme.")
NOT_MADE = N_("Vedtaket er ikke lagret. Se hva som er galt, og om begrunnelsen mangler.")
DECIDED = N_("En annen rakk å vedta før deg. Ditt vedtak er ikke lagret. Her står det som er bestemt.")
NOT_AGREED = N_(
    "Du kan ikke si deg enig her. Enten er vedtaket endret eller trukket, eller så er det ditt eget."
)
NO_CAP = N_("Dette er ikke et beløp. Skriv kroner med tall, som 400 000.")
routes = APIRouter(prefix=PAGE)


@dataclass(frozen=True, slots=True)
class Column:
    """What one rule would give, beside the others."""

    title: Text
    account: Account

    def units(self, measure: str) -> int:
        """Units of a measure, in all periods together."""
        return next(int(each["units"]) for each in self.account["measures"] if each["measure"] == measure)

    def cost(self, measure: str) -> int:
        """Øre for a measure."""
        return next(int(each["cost"]) for each in self.account["measures"] if each["measure"] == measure)

    def met(self, need: str) -> int:
        """Asks of a need that places are given for."""
        return sum(int(each["met"]) for each in self.account["needs"] if each["need"] == need)

    def gained(self, first: Column) -> list[str]:
        """Measures that get something here, and nothing in the first."""
        return [id for id in self._funded() if not first.units(id)]

    def lost(self, first: Column) -> list[str]:
        """Measures that get something in the first, and nothing here."""
        return [id for id in first._funded() if not self.units(id)]

    def moved(self, first: Column) -> tuple[int, int]:
        """How many of those that get something in both get more here, and how many less."""
        both = [self.cost(id) - first.cost(id) for id in self._funded() if first.units(id)]
        return sum(more > 0 for more in both), sum(more < 0 for more in both)

    def _funded(self) -> list[str]:
        return [each["measure"] for each in self.account["measures"] if each["units"]]

    def left_out(self) -> list[str]:
        """Target groups that asked and whose asks nothing meets."""
        groups = self.account["groups"]
        return [each["group"] for each in groups if each["asks"] >= FEWEST and not each["met"]]


# --- lists ----------------------------------------------------------------------------------------


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


# --- the rules side by side -----------------------------------------------------------------------


@routes.get("/{key}/fordeling")
async def compare(visit: Coordinating, key: str) -> Response:
    """Both rules, and what another cap or other voices would change."""
    found, other = await _both_voices(visit, key)
    typed = visit.request.query_params.get("grense", "")
    cap = øre(typed)
    columns = await asyncio.to_thread(_columns, found, other, cap)
    return visit.show(
        "fordeling.html",
        columns=columns,
        cap=cap,
        trouble=NO_CAP if typed and not cap else None,
        endings=tuple(PAPERS),
        unreached=_unreached(found),
        measures=sorted(found.round.measures, key=lambda each: (-columns[0].cost(each.id), each.id)),
        names={each.id: found.measure(each.id) for each in found.round.measures},
        most=max((column.cost(each.id) for column in columns for each in found.round.measures), default=1),
        **_shared(found),
    )


def _unreached(found: Competition) -> set[str]:
    """Target groups that no application is for: nothing could have met what they ask."""
    everybody = {each.group for each in found.round.voices}
    groups = [everybody if each.groups is None else each.groups for each in found.round.measures]
    return {target(group) for group in everybody} - {target(group) for each in groups for group in each}


@routes.get("/{key}/forklaring")
async def explanation(visit: Coordinating, key: str) -> Response:
    """The proposal with a reason for each krone, as a file for who decides with the coordinator."""
    ending, language = visit.request.query_params.get("som", ".pdf"), visit.worker.language
    if ending not in PAPERS:
        return visit.go(f"{PAGE}/{key}/fordeling")
    world, office = visit.office.world, visit.office
    found, other = await _both_voices(visit, key)
    async with visit.acting() as db:
        await note(db, visit, Deed("export", "allocation", key))
        let_in = await rounds.attesters(db, world.keys, found)
    fewest, call = office.settings.publish_fewest, found.held.call
    taken = proposing.snapshot_of(
        found, call.rule, office.pages.words, {}, "", fewest, other.round, attesters=let_in
    )
    try:
        file = await asyncio.to_thread(proposing.paper, taken, office.pages.words, ending, language)
    except CannotMakePaper as error:
        raise HTTPException(503) from error
    told = {"Content-Disposition": f'attachment; filename="lytt-{key}-{language}{ending}"'}
    return Response(file, media_type=PAPERS[ending], headers=told)


async def _both_voices(visit: Visit, key: str) -> tuple[Competition, Competition]:
    """The competition as the call counts voices, and as it would be with the other count."""
    world = visit.office.world
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        await note(db, visit, Deed("open", "allocation", key))
        found = await rounds.competition(db, world.keys, key, world.places)
        attested = held.call.voices != "attested"
        return found, await rounds.competition(db, world.keys, key, world.places, attested=attested)


def _columns(found: Competition, other: Competition, cap: int | None) -> list[Column]:
    call = found.held.call
    rules = (call.rule, *(each for each in MAIN if each != call.rule))
    columns = [Column(RULE_NAMES[rule], deciding.weigh(found, rule).proposal) for rule in rules]
    if cap:
        moved = deciding.weigh(rounds.with_cap(found, cap), call.rule).proposal
        columns.append(Column(N_("Med grense {cap} kr", cap=kroner(cap)), moved))
    title = N_("Bare dem en ansatt har møtt") if call.voices == "all" else N_("Med alle som har svart")
    return [*columns, Column(title, deciding.weigh(other, call.rule).proposal)]


def _shared(found: Competition) -> Mapping[str, Any]:
    asks: Counter[str] = Counter()
    for voices in found.round.voices:
        asks.update(dict.fromkeys(voices.asks, voices.people))
    return {
        "found": found,
        "held": found.held,
        "rule_name": RULE_NAMES[found.held.call.rule],
        "fewest": FEWEST,
        "asked_most": max(asks.values(), default=1),
        "needs": sorted(asks.items(), key=lambda each: (-each[1], each[0])),
        "need_label": partial(label, added=found.held.added),
        "group_label": group_label,
        "few": lambda count: str(count) if count >= FEWEST or not count else f"< {FEWEST}",
        "kroner": kroner,
    }


# --- the decision ---------------------------------------------------------------------------------


@routes.get("/{key}/vedtak")
async def deciding_page(visit: Coordinating, key: str) -> Response:
    """The proposal, to be taken as it is or changed; or what was decided."""
    return await _decision_page(visit, key, None)


async def _decision_page(
    visit: Visit, key: str, units: Units | None, trouble: Text | None = None, status: int = 200
) -> Response:
    world = visit.office.world
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        await note(db, visit, Deed("open", "allocation", key))
        made = await decisions.of_call(db, key)
        found = await rounds.competition(db, world.keys, key, world.places)
        attesters = await rounds.attesters(db, world.keys, found)
    weighed = await asyncio.to_thread(deciding.weigh, found, held.call.rule, units)
    differing = made and deciding.differences(made.body["proposal"], made.body["decided"])
    is_final = made is not None and made.final
    without = [] if is_final else await asyncio.to_thread(_without, found, attesters, weighed.proposal)
    is_over = held.closed_at is not None or held.call.is_past(moment(visit.now))
    return visit.show(
        "vedtak.html",
        status=status,
        weighed=weighed,
        without=without,
        made=made,
        differing=differing,
        mine=made is not None and made.by == visit.worker.name,
        read_at=f"{public.PAGE}/{key}" if held.decided and public.shown_in(held, world.places) else None,
        measure_names={each.id: found.measure(each.id) for each in found.round.measures},
        trouble=trouble,
        still=None if is_over else STILL_OPEN,
        reason=visit.field("reason"),
        at=labels.day,
        **_shared(found),
    )


def _without(found: Competition, attesters: Sequence[Attester] | None, proposal: Account) -> list[Block]:
    """What the proposal would be without the people of one place, or of one worker, alone."""
    got = {each["measure"] for each in proposal["measures"] if each["units"]}
    told = turned(found.round, found.held.call.rule, got, attesters or ())
    names = {measure.id: found.measure(measure.id) for measure in found.round.measures}
    return list(told_without(told, Names({"names": {"measures": names}})))


@routes.post("/{key}/vedtak")
async def decide(visit: Coordinating, key: str) -> Response:
    """Look at what a change costs whom, or decide."""
    world = visit.office.world
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        found = await rounds.competition(db, world.keys, key, world.places)
    typed = _typed(visit, found)
    units = {key: int(written) for key, written in typed.items() if _is_count(written)}
    for id, _ in (each for each, written in typed.items() if written and not _is_count(written)):
        why = N_("{name}: skriv et helt tall. Ingenting er bestemt.", name=found.measure(id))
        return await _decision_page(visit, key, units, why, 422)
    if visit.field("do") != "decide":
        return await _decision_page(visit, key, units)
    reason = visit.field("reason")[:LONGEST_REASON]
    try:
        async with visit.acting() as db:
            by, fewest = visit.worker.name, visit.office.settings.publish_fewest
            made = await deciding.decide(db, world.keys, found, units, by, reason, visit.now, fewest)
            await note(db, visit, _deed("decide", held, made, reason))
    except AlreadyDecided:
        return await _decision_page(visit, key, None, DECIDED, 409)
    except WrongDecision:
        return await _decision_page(visit, key, units, NOT_MADE, 422)
    return visit.go(f"{PAGE}/{key}/vedtak")


def _deed(act: str, held: Held, made: Decision, reason: str | None = None) -> Deed:
    return Deed(act, "call", held.call.key, held.call.municipalities[0], reason or made.reason)


def _typed(visit: Visit, found: Competition) -> Mapping[tuple[str, int], str]:
    """What stands in the form for the units of each measure in each period."""
    return {
        (measure.id, period): visit.field(f"{measure.id}.{period}")
        for measure in found.round.measures
        for period in measure.periods
    }


def _is_count(written: str) -> bool:
    return written.isdecimal() and len(written) < 7


@routes.post("/{key}/enig")
async def agree(visit: Coordinating, key: str) -> Response:
    """Agree to another's decision, which makes it final: to the one that was read, not to one made since."""
    world = visit.office.world
    try:
        async with visit.acting() as db:
            held = await ours(visit, db, key)
            waiting = await decisions.of_call(db, key)
            if waiting is None or waiting.digest != visit.field("digest"):
                raise WrongDecision("this is not the decision that was read")
            found = await rounds.competition(db, world.keys, key, world.places)
            made = await deciding.agree(db, found, visit.worker.name, visit.now)
            await note(db, visit, _deed("agree", held, made))
    except WrongDecision:
        return await _decision_page(visit, key, None, NOT_AGREED, 409)
    return visit.go(f"{PAGE}/{key}/vedtak")


@routes.post("/{key}/angre")
async def take_back(visit: Coordinating, key: str) -> Response:
    """Take back a decision that nobody has agreed to yet."""
    async with visit.acting() as db:
        held = await ours(visit, db, key)
        if await decisions.take_back(db, key):
            await note(db, visit, Deed("take back", "call", key, held.call.municipalities[0]))
    return visit.go(f"{PAGE}/{key}/vedtak")
