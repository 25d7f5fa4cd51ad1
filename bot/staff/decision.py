"""A coordinator decides by name: the proposal, what a change costs whom, and what was decided."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.allocation.account import Account
from bot.allocation.explain import Block, Names, told_without
from bot.allocation.margin import turned
from bot.allocation.model import Attester
from bot.channels.webchat import decided as public
from bot.clock import moment
from bot.funding import deciding, rounds
from bot.funding.deciding import AlreadyDecided, Units, WrongDecision
from bot.funding.rounds import Competition
from bot.staff import calls, labels
from bot.staff.access import Coordinating, note
from bot.staff.comparison import shared
from bot.staff.office import Visit
from bot.store import decisions, staff
from bot.store.audit import Deed
from bot.store.calls import Held
from bot.store.decisions import Decision
from dialogs.text import N_, Text

LONGEST_REASON = 4_000
STILL_OPEN = N_("Utlysningen er åpen. Den må være lukket før noen kan bestemme.")
NOT_MADE = N_("Vedtaket er ikke lagret. Se hva som er galt, og om begrunnelsen mangler.")
LOOK_FIRST = N_(
    "Ingenting er bestemt ennå. Se lenger nede hva endringen betyr for folk, og trykk en gang til."
)
DECIDED = N_("En annen rakk å vedta før deg. Ditt vedtak er ikke lagret. Her står det som er bestemt.")
NOT_AGREED = N_(
    "Du kan ikke si deg enig her. Enten er vedtaket endret eller trukket, eller så er det ditt eget."
)
Typed: TypeAlias = Mapping[tuple[str, int], str]
"""What stands in the form for the units of each measure in each period."""
NO_NAME = N_("Skriv det fulle navnet ditt på Min side først. Det blir publisert med vedtaket.")
routes = APIRouter(prefix=calls.PAGE)


@routes.get("/{key}/vedtak")
async def deciding_page(visit: Coordinating, key: str) -> Response:
    """The proposal, to be taken as it is or changed; or what was decided."""
    return await _decision_page(visit, key, None)


async def _decision_page(
    visit: Visit, key: str, typed: Typed | None, trouble: Text | None = None, status: int = 200
) -> Response:
    world = visit.office.world
    unclear = _unclear(typed or {})
    units = None if typed is None or unclear else _units(typed)
    async with visit.acting() as db:
        held = await calls.ours(visit, db, key)
        await note(db, visit, Deed("open", "allocation", key))
        made = await decisions.of_call(db, key)
        found = await rounds.competition(db, world.keys, key, world.places)
        attesters = await rounds.attesters(db, world.keys, found)
        name = await _full_name(db, visit)
    weighed = await asyncio.to_thread(deciding.weigh, found, held.call.rule, units)
    differing = made and deciding.differences(made.body["proposal"], made.body["decided"])
    is_final = made is not None and made.final
    without = [] if is_final else await asyncio.to_thread(_without, found, attesters, weighed.proposal)
    is_over = held.closed_at is not None or held.call.is_past(moment(visit.now))
    return visit.show(
        "vedtak.html",
        status=status,
        weighed=weighed,
        typed={each: str(count) for each, count in weighed.units.items()} if typed is None else typed,
        unclear=unclear,
        without=without,
        made=made,
        differing=differing,
        mine=made is not None and made.by == visit.worker.name,
        read_at=f"{public.PAGE}/{key}" if held.decided and public.shown_in(held, world.places) else None,
        measure_names={each.id: found.measure(each.id) for each in found.round.measures},
        trouble=trouble,
        full_name=name,
        no_name=NO_NAME,
        still=None if is_over else STILL_OPEN,
        reason=visit.field("reason"),
        at=labels.day,
        **shared(found),
    )


async def _full_name(db: AsyncConnection, visit: Visit) -> str:
    """The name that a decision of this worker's is published with."""
    account = await staff.named(db, visit.worker.name)
    return account.full_name if account else ""


def _without(found: Competition, attesters: Sequence[Attester] | None, proposal: Account) -> list[Block]:
    """What the proposal would be without the people of one place, or of one worker, alone."""
    got = {each["measure"] for each in proposal["measures"] if each["units"]}
    told = turned(found.round, found.held.call.rule, got, attesters or ())
    return list(told_without(told, Names({"names": found.names})))


@routes.post("/{key}/vedtak")
async def decide(visit: Coordinating, key: str) -> Response:
    """Look at what a change costs whom, or decide: only what was shown with its cost is decided."""
    world = visit.office.world
    async with visit.acting() as db:
        held = await calls.ours(visit, db, key)
        found = await rounds.competition(db, world.keys, key, world.places)
        name = await _full_name(db, visit)
    if held.decided:
        return await _decision_page(visit, key, None, DECIDED, 409)
    typed = _typed(visit, found)
    if unclear := _unclear(typed):
        return await _decision_page(visit, key, typed, _told_unclear(found, unclear[0]), 422)
    if visit.field("do") != "decide":
        return await _decision_page(visit, key, typed)
    weighed = await asyncio.to_thread(deciding.weigh, found, held.call.rule, _units(typed))
    if visit.field("seen") != weighed.digest:
        return await _decision_page(visit, key, typed, LOOK_FIRST, 422)
    if not name:
        return await _decision_page(visit, key, typed, NO_NAME, 422)
    try:
        await _decided(visit, found, typed, name)
    except AlreadyDecided:
        return await _decision_page(visit, key, None, DECIDED, 409)
    except WrongDecision:
        return await _decision_page(visit, key, typed, NOT_MADE, 422)
    return visit.go(f"{calls.PAGE}/{key}/vedtak")


async def _decided(visit: Visit, found: Competition, typed: Typed, name: str) -> None:
    keys, fewest = visit.office.world.keys, visit.office.settings.publish_fewest
    reason, by = visit.field("reason")[:LONGEST_REASON], visit.worker.name
    async with visit.acting() as db:
        made = await deciding.decide(db, keys, found, _units(typed), by, reason, visit.now, fewest, name)
        await note(db, visit, _deed("decide", found.held, made, reason))


def _deed(act: str, held: Held, made: Decision, reason: str | None = None) -> Deed:
    return Deed(act, "call", held.call.key, held.call.municipalities[0], reason or made.reason)


def _typed(visit: Visit, found: Competition) -> Typed:
    return {
        (measure.id, period): visit.field(f"{measure.id}.{period}")
        for measure in found.round.measures
        for period in measure.periods
    }


def _unclear(typed: Typed) -> list[tuple[str, int]]:
    """What is no count: an empty field is not taken for none, for a decision can not be changed."""
    return [each for each, written in typed.items() if not (written.isdecimal() and len(written) < 7)]


def _told_unclear(found: Competition, unclear: tuple[str, int]) -> Text:
    measure, period = found.measure(unclear[0]), found.held.call.periods[unclear[1]].dates
    return N_(
        "{name}, {period}: skriv et helt tall, 0 for ingenting. Ingenting er bestemt.",
        name=measure,
        period=period,
    )


def _units(typed: Typed) -> Units:
    return {each: int(written) for each, written in typed.items()}


@routes.post("/{key}/enig")
async def agree(visit: Coordinating, key: str) -> Response:
    """Agree to another's decision, which makes it final: to the one that was read, not to one made since."""
    world = visit.office.world
    async with visit.reading() as db:
        name = await _full_name(db, visit)
    if not name:
        return await _decision_page(visit, key, None, NO_NAME, 422)
    try:
        async with visit.acting() as db:
            held = await calls.ours(visit, db, key)
            waiting = await decisions.of_call(db, key)
            if waiting is None or waiting.digest != visit.field("digest"):
                raise WrongDecision("this is not the decision that was read")
            found = await rounds.competition(db, world.keys, key, world.places)
            made = await deciding.agree(db, found, visit.worker.name, visit.now, name)
            await note(db, visit, _deed("agree", held, made))
    except WrongDecision:
        return await _decision_page(visit, key, None, NOT_AGREED, 409)
    return visit.go(f"{calls.PAGE}/{key}/vedtak")


@routes.post("/{key}/angre")
async def take_back(visit: Coordinating, key: str) -> Response:
    """Take back a decision that nobody has agreed to yet."""
    async with visit.acting() as db:
        held = await calls.ours(visit, db, key)
        if await decisions.take_back(db, key):
            await note(db, visit, Deed("take back", "call", key, held.call.municipalities[0]))
    return visit.go(f"{calls.PAGE}/{key}/vedtak")
