"""One person under a pseudonym: what they told, what was done, and what a worker does next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.staff import access, labels
from bot.staff.access import Reviewing
from bot.staff.colleagues import colleagues
from bot.staff.office import HOME, Visit
from bot.staff.threads import talk
from bot.store import casework, categories, flags, needs, threads, worklist
from bot.store.casework import Edit, Overtaken

HERE = "/ansatt/person"
routes = APIRouter(prefix=HERE)
Doing: TypeAlias = Callable[[AsyncConnection, Visit, Edit], Awaitable[None]]


@routes.get("/{id}")
async def person(visit: Reviewing, id: str) -> Response:
    """All that staff may know of one person."""
    async with visit.acting() as db:
        municipality = await access.conversation(db, visit, id)
        return await _page(db, visit, id, municipality)


async def _page(db: AsyncConnection, visit: Visit, id: str, municipality: str, status: int = 200) -> Response:
    keys = visit.office.world.keys
    case, sender = await casework.case_of(db, id), await worklist.one(db, id)
    raised = await flags.listed(db, [municipality], id)
    if sender is None and not raised:
        raise HTTPException(404)  # what is not sent is not for staff, but a red flag always is
    added = await categories.kinds(db, [municipality])
    read_version = _version(visit) if status == 409 else case.version
    return visit.show(
        "person.html",
        status=status,
        see=labels,
        now=visit.now,
        id=id,
        sender=sender,
        case=case,
        flags=raised,
        needs=await needs.of_person(db, keys, id),
        changes=await casework.changes(db, keys, id),
        since=read_version,
        talk=await talk(db, visit, id, sender),
        duplicates=await worklist.some(db, await casework.duplicates_of(db, id)),
        alike=await worklist.alike(db, sender) if sender and not case.duplicate_of else [],
        colleagues=await colleagues(db, visit, [municipality], but=await casework.knowers(db, id)),
        added=added,
        categories=labels.every_category(added),
        districts=labels.districts(visit.places.values()),
        back=_back(visit),
        stale=status == 409,
        sent=visit.form,
    )


def _version(visit: Visit) -> int:
    shown = visit.field("version")
    return int(shown) if shown.isdecimal() and len(shown) < 10 else 0


async def _change(visit: Visit, id: str, doing: Doing, act: str = "change", then: str = "") -> Response:
    """Do one thing to a case as the worker read it; else show what changed, and keep their words."""
    edit = Edit(visit.office.world.new_id(), id, _version(visit), visit.worker.name, visit.now)
    try:
        async with visit.acting() as db:
            await access.conversation(db, visit, id, act)
            await doing(db, visit, edit)
    except Overtaken:
        async with visit.acting() as db:
            return await _page(db, visit, id, await access.conversation(db, visit, id), status=409)
    return visit.go(then or f"{HERE}/{id}?{urlencode({'tilbake': _back(visit)})}")


def _said(visit: Visit, name: str) -> str:
    """A field that must not be empty."""
    if not (words := visit.field(name)):
        raise HTTPException(422)
    return words


def _back(visit: Visit) -> str:
    """The page the worker came from, if it is one of ours."""
    back = visit.field("tilbake") or visit.request.query_params.get("tilbake", "")
    return back if back == HOME or back.startswith(f"{HOME}/") else HOME


# --- what a worker does: what a form says is looked at when the door has let them in ------------------


@routes.post("/{id}/kategori")
async def correct(visit: Reviewing, id: str) -> Response:
    """Count a need as another kind; what the person confirmed stays beside it."""
    return await _change(visit, id, _correct)


async def _correct(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    need, category = _said(visit, "behov"), _said(visit, "kategori")
    municipality = access.must_see(visit, await casework.municipality_of(db, edit.conversation_id))
    if category not in dict(labels.every_category(await categories.kinds(db, [municipality]))):
        raise HTTPException(422)
    await casework.correct(db, visit.office.world.keys, edit, need, category)


@routes.post("/{id}/forslag")
async def propose(visit: Reviewing, id: str) -> Response:
    """Propose a kind of need that the list lacks."""
    return await _change(visit, id, _propose)


async def _propose(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    need, words = _said(visit, "behov"), _said(visit, "forslag")
    await casework.propose(db, visit.office.world.keys, edit, need, words)


@routes.post("/{id}/notat")
async def note(visit: Reviewing, id: str) -> Response:
    """Write something down for colleagues."""
    return await _change(visit, id, _note)


async def _note(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    await casework.note(db, visit.office.world.keys, edit, _said(visit, "notat"))


@routes.post("/{id}/ferdig")
async def handle(visit: Reviewing, id: str) -> Response:
    """What was read is dealt with: the second of two taps."""
    return await _change(visit, id, _handle, then=_back(visit))


async def _handle(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    sent_at = _said(visit, "sendt")
    if not sent_at.isdecimal() or len(sent_at) > 15:
        raise HTTPException(422)
    await casework.handle(db, visit.office.world.keys, edit, int(sent_at))


@routes.post("/{id}/apne")
async def reopen(visit: Reviewing, id: str) -> Response:
    """Take back that it was dealt with."""
    return await _change(visit, id, _reopen)


async def _reopen(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    await casework.reopen(db, visit.office.world.keys, edit)


@routes.post("/{id}/ansvar")
async def assign(visit: Reviewing, id: str) -> Response:
    """Follow it up oneself, hand it over to a colleague, or lay it back."""
    own = visit.field("kollega") in ("", visit.worker.name)
    return await _change(visit, id, _assign, "change" if own else "hand over")


async def _assign(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    worker = visit.field("kollega") or None
    await _must_be_here(db, visit, edit, worker)
    await casework.assign(db, visit.office.world.keys, edit, worker)
    if worker:
        await threads.pass_on(db, edit.conversation_id, worker)


@routes.post("/{id}/kjenner")
async def leave(visit: Reviewing, id: str) -> Response:
    """The worker knows this person: a colleague has it, and it was never opened."""
    return await _change(visit, id, _leave, "hand over", _back(visit))


async def _leave(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    colleague = _said(visit, "kollega")
    if colleague == visit.worker.name:
        raise HTTPException(422)
    municipality = await _must_be_here(db, visit, edit, colleague)
    await casework.leave_to(db, visit.office.world.keys, edit, colleague)
    await threads.pass_on(db, edit.conversation_id, colleague)
    for flag in await flags.listed(db, [municipality], edit.conversation_id):
        await flags.pass_on(db, flag.id, visit.worker.name, colleague, visit.now)


@routes.post("/{id}/fast")
async def contact(visit: Reviewing, id: str) -> Response:
    """Name the one worker the person is told of."""
    return await _change(visit, id, _contact)


async def _contact(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    worker = visit.field("kollega") or None
    await _must_be_here(db, visit, edit, worker)
    await casework.name_contact(db, visit.office.world.keys, edit, worker)


@routes.post("/{id}/samme")
async def join(visit: Reviewing, id: str) -> Response:
    """This is likely another sending of somebody else's: it is laid under theirs."""
    return await _change(visit, id, _join)


async def _join(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    other = _said(visit, "annen")
    access.must_see(visit, await casework.municipality_of(db, other))
    await casework.join(db, visit.office.world.keys, edit, other)


@routes.post("/{id}/skill")
async def part(visit: Reviewing, id: str) -> Response:
    """It was somebody else after all."""
    return await _change(visit, id, _part)


async def _part(db: AsyncConnection, visit: Visit, edit: Edit) -> None:
    await casework.part(db, visit.office.world.keys, edit)


async def _must_be_here(db: AsyncConnection, visit: Visit, edit: Edit, worker: str | None) -> str:
    """Refuse a name that may not read what this person told; returns the municipality."""
    municipality = access.must_see(visit, await casework.municipality_of(db, edit.conversation_id))
    if worker not in (None, visit.worker.name, *await colleagues(db, visit, [municipality])):
        raise HTTPException(422)
    if worker:
        await access.must_be_stranger(db, visit, edit.conversation_id, worker)
    return municipality
