"""The page where a funded group reports, period by period; it is opened by the application's code."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.allocation.checks import Reason, refused
from bot.applicants.reception import pairs
from bot.applicants.routes import At, Desk, Open, Pointed, Sent, Unkept, invalid
from bot.funding import reporting
from bot.funding.reporting import Granted
from bot.store import decisions, reports
from bot.store.applications import Kept
from bot.store.engine import reading
from bot.store.reports import Report

routes = APIRouter(prefix="/sok")


async def _owed(desk: Desk, kept: Kept) -> list[tuple[Report, Granted]]:
    """The reports a group owes, each with what it got for."""
    world, call = desk.reception.world, desk.held.call
    async with reading(world.engine) as db:
        decision = await decisions.of_call(db, call.key)
        due = await reports.of_applications(db, world.keys, [kept.id])
    got = {each.period: each for each in reporting.granted(call, decision, kept.id)} if decision else {}
    return [(report, got[report.period]) for report in due]


def _page(
    desk: Desk,
    owed: list[tuple[Report, Granted]],
    told: Mapping[str, Mapping[str, str]] | None = None,
    found: tuple[Reason, ...] = (),
    period: str = "",
) -> Response:
    """Every report, what is written in it, and what is to be said about the one of a period that was sent."""
    pointed = [
        Pointed(each, reporting.LABELS[each.field], f"#{period}.{each.field}", f"why-{number}")
        for number, each in enumerate(found, 1)
    ]
    return desk.show(
        "sok_rapport.html",
        "/rapport",
        unkept=Unkept(f"report-{period}", f"{desk.path}/rapport/{period}") if told else None,
        status=422 if refused(found) else 200,
        owed=[(report, got, (told or {}).get(report.period, report.body)) for report, got in owed],
        found=pointed,
        invalid=invalid(pointed),
        labels=reporting.LABELS,
        now=desk.now,
    )


@routes.get("/{key}/rapport")
async def reporting_page(desk: At) -> Response:
    """What is due, and what came."""
    kept = await desk.opened()
    return desk.go("") if kept is None else _page(desk, await _owed(desk, kept))


@routes.get("/{key}/rapport/{period}")
async def reported(desk: At, period: str) -> Response:
    """The address of an answer, loaded anew."""
    return desk.go("/rapport")


@routes.post("/{key}/rapport/{period}")
async def report(desk: At, sent: Sent, kept: Open, period: str) -> Response:
    """Send one report; a later one takes its place."""
    owed = await _owed(desk, kept)
    mine = next((each for each in owed if each[0].period == period), None)
    if mine is None:
        raise HTTPException(404)
    written = reporting.written(dict(pairs(sent)))
    found = reporting.reasons(written, mine[1])
    if refused(found) or sent.get("do") == "show":
        return _page(desk, owed, {period: written}, found, period)
    world = desk.reception.world
    async with world.engine.begin() as db:
        await reports.send(db, world.keys, mine[0].id, written, world.now())
    return _page(desk, await _owed(desk, kept), None, found, period)
