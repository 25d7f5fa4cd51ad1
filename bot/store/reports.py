"""Reports of funded groups: one for each period with money, with a day it is due."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation.call import Call
from bot.clock import milliseconds
from bot.store.crypto import Keys
from bot.store.decisions import Decision
from bot.store.sealed import unlock
from bot.store.tables.funding import applications, reports


@dataclass(frozen=True, slots=True)
class Report:
    """A report that is due, or that came."""

    id: str
    application_id: str
    period: str
    due_at: int
    reminded_at: int | None
    sent_at: int | None
    body: Mapping[str, Any]

    def is_late(self, now: int) -> bool:
        """Whether it should have come."""
        return self.sent_at is None and now > self.due_at


async def expect(db: AsyncConnection, call: Call, decision: Decision) -> None:
    """A report for each period in which a group got money, due some days after its end."""
    rows = [
        {
            "id": f"{application[:24]}{place:08x}",
            "application_id": application,
            "period": call.periods[place].key,
            "due_at": _due(call, place),
        }
        for application, periods in decision.granted().items()
        for place in periods
    ]
    if rows:
        await db.execute(insert(reports), rows)


def _due(call: Call, place: int) -> int:
    last = call.periods[place].ends + timedelta(days=call.report_days)
    return milliseconds(datetime.combine(last, time(23, 59, 59), call.deadline.tzinfo))


async def of_applications(db: AsyncConnection, keys: Keys, ids: list[str]) -> list[Report]:
    """The reports of some applications, the first due first."""
    return await _some(db, keys, reports.c.application_id.in_(ids))


async def to_remind(db: AsyncConnection, keys: Keys, due_before: int, reminded_before: int) -> list[Report]:
    """Reports that are not in, due before a time, and whose group was not reminded since another."""
    fresh = reports.c.reminded_at.is_(None) | (reports.c.reminded_at <= reminded_before)
    return await _some(db, keys, reports.c.sent_at.is_(None), reports.c.due_at < due_before, fresh)


async def late(db: AsyncConnection, now: int) -> Counter[str]:
    """How many reports should have come by now and did not, by call."""
    owed = (reports.c.sent_at.is_(None), reports.c.due_at < now)
    query = select(applications.c.call_key, func.count().label("late")).join(reports).where(*owed)
    return Counter(
        {row.call_key: row.late for row in await db.execute(query.group_by(applications.c.call_key))}
    )


async def _some(db: AsyncConnection, keys: Keys, *wanted: ColumnElement[bool]) -> list[Report]:
    query = select(reports).where(*wanted).order_by(reports.c.due_at, reports.c.id)
    found = []
    for row in await db.execute(query):
        held = dict(row._mapping)
        body = unlock(keys, reports, "body", held)
        found.append(Report(**{**held, "body": json.loads(body or "{}")}))
    return found


async def send(db: AsyncConnection, keys: Keys, id: str, body: Mapping[str, Any], now: int) -> None:
    """Keep a report; a later one takes its place."""
    locked = keys.lock(json.dumps(body, ensure_ascii=False), "reports", "body", id)
    await db.execute(update(reports).where(reports.c.id == id).values(body=locked, sent_at=now))


async def reminded(db: AsyncConnection, id: str, now: int) -> None:
    """The group was reminded."""
    await db.execute(update(reports).where(reports.c.id == id).values(reminded_at=now))
