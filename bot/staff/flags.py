"""A red flag: taken, read, decided on and handed over by one named worker."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.i18n import SOURCE
from bot.municipalities.ground import KEEP_DAYS
from bot.operations import redflags
from bot.operations.redflags import WrongDecision
from bot.staff import access, labels
from bot.staff.access import Acquainted, Reviewing
from bot.staff.colleagues import colleagues
from bot.staff.office import HOME, Visit
from bot.store import casework, conversations, flags
from bot.store.flags import Flag
from dialogs.text import N_, Text

HERE = "/ansatt/flagg"
NOT_YOURS = N_("En kollega har tatt flagget. Ingenting ble endret.")
SAY_WHY = N_("Skriv hvorfor. Har du meldt fra, velg hvem du meldte til.")
SAY_WHY_TAKEN = N_("Skriv hvorfor du tar over.")
DECIDE_FIRST = N_("Skriv vurderingen før du flytter saken.")
routes = APIRouter(prefix=HERE)


@routes.get("/{id}")
async def flag(visit: Reviewing, id: str) -> Response:
    """The flag: its words are for who has taken it."""
    async with visit.acting() as db:
        await access.flag(db, visit, id)
        return await _page(db, visit, id)


async def _page(
    db: AsyncConnection,
    visit: Visit,
    id: str,
    *,
    trouble: Text | None = None,
    status: int = 200,
) -> Response:
    held = await _held(db, visit, id)
    mine = held.owner == visit.worker.name
    place, keys = visit.places[held.municipality], visit.office.world.keys
    lines = {line.id: line for line in place.municipality.help_lines}
    return visit.show(
        "flag.html",
        status=status,
        see=labels,
        now=visit.now,
        flag=held if mine else replace(held, words=None),
        mine=mine,
        contact=await _contact(db, visit, held) if mine else None,
        spoken=await conversations.language_of(db, keys, held.conversation_id or "") or SOURCE,
        lines=[lines[each] for each in held.lines_shown if each in lines],
        decisions=await flags.decisions(db, keys, id),
        colleagues=await colleagues(db, visit, [held.municipality], but=await _knowers(db, held)),
        keeps=place.ground.keeps_reported,
        kept_days=KEEP_DAYS,
        sent=visit.form,
        trouble=trouble,
    )


async def _contact(db: AsyncConnection, visit: Visit, flag: Flag) -> str | None:
    """The safe way to the person, for an owner who has said why since they took the flag."""
    if not await access.has_unmasked(db, visit, "flag", flag.id, flag.owned_at or 0):
        return None
    return await flags.contact(db, visit.office.world.keys, flag.id)


async def _knowers(db: AsyncConnection, flag: Flag) -> frozenset[str]:
    return await casework.knowers(db, flag.conversation_id) if flag.conversation_id else frozenset()


async def _held(db: AsyncConnection, visit: Visit, id: str) -> Flag:
    held = await flags.read(db, visit.office.world.keys, id)
    if held is None:
        raise HTTPException(404)
    return held


@routes.post("/{id}/ta")
async def take(visit: Reviewing, id: str) -> Response:
    """Take it: from here on the alerts are silent, and one worker has it."""
    async with visit.acting() as db:
        await access.flag(db, visit, id, "take")
        taken = await redflags.take(db, visit.office.world, id, visit.worker.name)
        if taken is None and (await _held(db, visit, id)).owner != visit.worker.name:
            return await _page(db, visit, id, trouble=NOT_YOURS, status=409)
    return visit.go(f"{HERE}/{id}")


@routes.post("/{id}/gi")
async def pass_on(visit: Reviewing, id: str) -> Response:
    """Its owner gives it to a colleague; who is away can have it taken over, and the log has the reason."""
    to, reason = visit.field("kollega") or visit.worker.name, visit.field("grunn")
    async with visit.acting() as db:
        municipality = await access.flag(db, visit, id, "hand over", reason or None)
        held = await _held(db, visit, id)
        theirs = held.owner != visit.worker.name
        if to not in (visit.worker.name, *await colleagues(db, visit, [municipality])):
            raise HTTPException(422)
        if to in await _knowers(db, held):
            raise Acquainted(visit, to)
        if theirs and (not reason or to != visit.worker.name):
            return await _page(db, visit, id, trouble=SAY_WHY_TAKEN, status=422)
        if not await flags.pass_on(db, id, visit.field("fra"), to, visit.now):
            return await _page(db, visit, id, trouble=NOT_YOURS, status=409)
    return visit.go(f"{HERE}/{id}" if theirs else HOME)


@routes.post("/{id}/kontakt")
async def unmask(visit: Reviewing, id: str) -> Response:
    """Show the safe way to the person, for who has taken the flag and says why."""
    async with visit.acting() as db:
        held = await _held(db, visit, id)
        access.must_see(visit, held.municipality)
        if held.owner != visit.worker.name:
            await access.flag(db, visit, id)
            return await _page(db, visit, id, trouble=NOT_YOURS, status=409)
        await access.unmask(db, visit, "flag", id, visit.field("grunn"))
    return visit.go(f"{HERE}/{id}")


@routes.post("/{id}/vedtak")
async def decide(visit: Reviewing, id: str) -> Response:
    """The decision: a report or none, to whom, whether the police know, and why."""
    reported, to = visit.field("meldt") == "ja", visit.field("til")
    async with visit.acting() as db:
        await access.flag(db, visit, id, "decide")
        try:
            if visit.field("meldt") not in ("ja", "nei") or (reported and to not in labels.RECEIVERS):
                raise WrongDecision
            await redflags.decide(
                db,
                visit.office.world,
                id,
                visit.worker.name,
                reported_to=to if reported else None,
                reason=visit.field("grunn"),
                police=visit.field("politi") == "ja",
            )
        except WrongDecision:
            return await _page(db, visit, id, trouble=SAY_WHY, status=422)
    return visit.go(f"{HERE}/{id}")


@routes.post("/{id}/flytt")
async def hand_over(visit: Reviewing, id: str) -> Response:
    """It lives in the case system from here on, and leaves Lytt after a while."""
    async with visit.acting() as db:
        await access.flag(db, visit, id, "hand over")
        if (await _held(db, visit, id)).owner != visit.worker.name:
            return await _page(db, visit, id, trouble=NOT_YOURS, status=409)
        try:
            await redflags.hand_over(db, id, visit.now)
        except WrongDecision:
            return await _page(db, visit, id, trouble=DECIDE_FIRST, status=422)
    return visit.go(HOME)
