"""What the calendar does to calls: close those whose deadline has passed, and remind funded groups."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import structlog

from bot.clock import DAY_MS
from bot.intake import World
from bot.logs import error_class
from bot.operations import turns
from bot.operations.routes import FAULTS, Route
from bot.store import applications, calls, reports
from bot.store.engine import reading
from bot.store.reports import Report

EVERY_SECONDS = 60.0
AHEAD_MS = 14 * DAY_MS  # reminded first so long before a report is due
AGAIN_MS = 14 * DAY_MS
log = structlog.get_logger()


async def once(world: World, route: Route) -> int:
    """Close what is due, and remind those whose report is near or late; returns how many were reminded."""
    now = world.now()
    async with world.engine.begin() as db:
        for key in await calls.close_due(db, world.keys, now):
            log.info("a call is closed", call=key)
    if not route.exists:
        return 0
    async with reading(world.engine) as db:
        waiting = await reports.to_remind(db, world.keys, now + AHEAD_MS, now - AGAIN_MS)
    return sum([await _remind(world, route, report) for report in waiting])


async def _remind(world: World, route: Route, report: Report) -> bool:
    """Tell a group that something waits, and where; what it is stands behind their code."""
    async with reading(world.engine) as db:
        kept = await applications.by_id(db, world.keys, report.application_id)
    to = str((kept.sent or {}).get("contact", "")) if kept else ""
    if kept is None or not to:
        return False
    try:
        await replace(route, address=f"{world.web_address}/sok/{kept.call}/rapport").send(to)
    except FAULTS as error:
        log.warning("a group could not be reminded", error=error_class(error))
        return False
    async with world.engine.begin() as db:
        await reports.reminded(db, report.id, world.now())
    return True


async def run(world: World, route: Route) -> None:
    """Do so again and again, in one process of all."""
    reminding = partial(turns.again_and_again, "reminders", partial(once, world, route), EVERY_SECONDS)
    await turns.in_one_process(world.engine, "reminders", reminding)
