"""I dag: what waits for a worker now, the grave first."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import JSONResponse, Response

from bot.staff import calls, labels
from bot.staff.access import Watching, Working, note
from bot.staff.colleagues import colleagues
from bot.staff.office import HOME, Visit
from bot.store import casework, categories, flags, threads, worklist
from bot.store.audit import Deed
from bot.store.flags import Listed
from bot.store.worklist import MINE, NEW, Wanted

routes = APIRouter(prefix=HOME)
SOME = 10  # new needs on the first page; the queue has them all


@routes.get("")
async def today(visit: Working) -> Response:
    """The first page."""
    if not visit.worker.has("reviewer"):
        async with visit.reading() as db:
            return visit.show("welcome.html", late=await calls.late_reports(db, visit))
    return await _shown(visit)


@routes.get("/levende")
async def today_again(visit: Watching) -> Response:
    """The same, asked for by a page that nobody touches, when something new has come."""
    return await _shown(visit)


@routes.get("/nytt")
async def news(visit: Watching) -> Response:
    """A mark that changes when there is something new to show; it says nothing about anybody."""
    async with visit.reading() as db:
        waiting = [each for each in await flags.listed(db, visit.worker.municipalities) if not each.owner]
        clocks = {each.id: _clock(visit, each) for each in waiting}
        return JSONResponse({"mark": await mark(db, visit), "clocks": clocks})


def _clock(visit: Visit, flag: Listed) -> dict[str, object]:
    words = visit.office.pages.say(labels.clock(flag.seen_by, visit.now), visit.worker.language)
    return {"words": words, "over": visit.now >= flag.seen_by}


async def mark(db: AsyncConnection, visit: Visit) -> str:
    """What a page knows of the state it shows."""
    here = visit.worker.municipalities
    answers = [(each.conversation_id, each.said_at) for each in await threads.unread(db, here)]
    # A whole flag: somebody may turn surer of what is wrong, or ask for an adult, after it was raised.
    state = (await flags.listed(db, here), answers, await worklist.newest(db, here))
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


async def flags_shown(db: AsyncConnection, visit: Visit) -> dict[str, Any]:
    """Nobody's flags and the worker's own; of who is `known` to them a list tells only that it waits."""
    me = visit.worker.name
    listed = await flags.listed(db, visit.worker.municipalities)
    shown = [each for each in listed if each.owner in (None, me)]
    people = {each.conversation_id for each in shown if each.conversation_id}
    return {"flags": shown, "known": await casework.known_to(db, me, people)}


async def _shown(visit: Visit) -> Response:
    here = visit.worker.municipalities
    wanted = {state: Wanted(here, state, visit.worker.name) for state in (NEW, MINE)}
    async with visit.acting() as db:
        await note(db, visit, Deed("list", "today"))
        waiting = await worklist.page(db, wanted[NEW], None, SOME)
        page: dict[str, Any] = {
            "mark": await mark(db, visit),
            "added": await categories.kinds(db, here),
            **await flags_shown(db, visit),
            "answers": await threads.unread(db, here, visit.worker.name),
            "mine": await worklist.page(db, wanted[MINE], None, SOME),
            "new": [each for each in waiting if each.worker is None],
            "count": await worklist.count(db, wanted[NEW]),
            "colleagues": await colleagues(db, visit),
            "late": await calls.late_reports(db, visit),
            "districts": labels.districts(visit.places.values()),
        }
    return visit.show("today.html", see=labels, now=visit.now, back=HOME, live=f"{HOME}/levende", **page)
