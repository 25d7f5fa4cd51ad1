"""Requests by people about their rights, written down by staff, with the day they must be answered."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import milliseconds, moment
from bot.store import sealed
from bot.store.crypto import Keys
from bot.store.tables.access import rights_requests

KINDS = ("access", "rectification", "erasure", "objection")
OUTCOMES = ("done", "partly", "refused", "withdrawn")
WARN_AFTER = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is read; it names nobody."""

    id: str
    municipality: str
    kind: str
    came_at: int
    opened_by: str
    closed_at: int | None
    closed_by: str | None
    outcome: str | None
    note: str

    @property
    def came(self) -> datetime:
        """When it came."""
        return moment(self.came_at)

    @property
    def due(self) -> datetime:
        """When it must have been answered: within a month (GDPR art. 12(3))."""
        return a_month_after(self.came)

    def state(self, now: int) -> str:
        """closed, late, soon or open."""
        if self.closed_at is not None:
            return "closed"
        if moment(now) >= self.due:
            return "late"
        return "soon" if moment(now) >= self.came + WARN_AFTER else "open"


def a_month_after(at: datetime) -> datetime:
    """The same day of the next month, or its last day."""
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    day = min(at.day, calendar.monthrange(year, month)[1])
    return at.replace(year=year, month=month, day=day)


async def add(
    db: AsyncConnection, keys: Keys, id: str, municipality: str, kind: str, came_at: int, by: str, note: str
) -> None:
    """Write a request down."""
    row = {"id": id, "municipality": municipality, "kind": kind, "came_at": came_at, "opened_by": by}
    held = keys.lock(note, *sealed.place(rights_requests, "note", row)) if note else None
    empty = {"closed_at": None, "closed_by": None, "outcome": None}
    await db.execute(insert(rights_requests), [{**row, **empty, "note": held}])


async def close(db: AsyncConnection, id: str, outcome: str, by: str, now: int) -> bool:
    """Note that a request was answered; False where it was before."""
    still = (rights_requests.c.id == id, rights_requests.c.closed_at.is_(None))
    values = {"closed_at": now, "closed_by": by, "outcome": outcome}
    return (await db.execute(update(rights_requests).where(*still).values(**values))).rowcount > 0


async def every(db: AsyncConnection, keys: Keys, municipalities: Collection[str]) -> list[Request]:
    """The requests to some municipalities: open ones first, the oldest of them on top."""
    here = rights_requests.c.municipality.in_(municipalities)
    order = (rights_requests.c.closed_at.isnot(None), rights_requests.c.came_at)
    query = select(rights_requests).where(here).order_by(*order)
    return [_request(keys, row) for row in await db.execute(query)]


async def one(db: AsyncConnection, keys: Keys, id: str) -> Request | None:
    """One request by its id."""
    row = (await db.execute(select(rights_requests).where(rights_requests.c.id == id))).first()
    return _request(keys, row) if row else None


def _request(keys: Keys, row: Row[Any]) -> Request:
    note = sealed.unlock(keys, rights_requests, "note", dict(row._mapping)) or ""
    return Request(**dict(row._mapping) | {"note": note})


def day(text: str) -> int | None:
    """A day as a form writes it, as its first moment in ms; None for what is no day."""
    try:
        return milliseconds(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        return None
