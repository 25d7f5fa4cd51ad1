"""Alerts as rows: who was told that something waits, when, and whether it went out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import threads
from bot.store.tables.people import alert_routes, alerts, red_flags, sendings

ANSWERS = ("adult", "adult_hidden")
Told = tuple[str, str, str]  # subject, municipality, duty


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert that has not gone out; it holds nothing of what waits."""

    id: str
    municipality: str
    duty: str
    tries: int


async def put(db: AsyncConnection, id: str, told: Told, flag_id: str | None, now: int) -> None:
    """Queue an alert."""
    subject, municipality, duty = told
    row = {
        "id": id,
        "subject": subject,
        "flag_id": flag_id,
        "municipality": municipality,
        "duty": duty,
        "queued_at": now,
        "next_try_at": now,
        "tries": 0,
        "sent_at": None,
        "error": None,
    }
    await db.execute(insert(alerts), [row])


async def last_told(db: AsyncConnection, now: int) -> Mapping[Told, int]:
    """When each was last told of each subject; what a clock set back left in the future is not counted."""
    where = (alerts.c.subject, alerts.c.municipality, alerts.c.duty)
    query = select(*where, func.max(alerts.c.queued_at)).where(alerts.c.queued_at <= now).group_by(*where)
    return {(row[0], row[1], row[2]): row[3] for row in await db.execute(query)}


async def told_since(db: AsyncConnection, since: int, now: int) -> Mapping[Told, int]:
    """How many alerts each has had of each subject between these times."""
    where = (alerts.c.subject, alerts.c.municipality, alerts.c.duty)
    query = select(*where, func.count()).where(alerts.c.queued_at.between(since, now)).group_by(*where)
    return {(row[0], row[1], row[2]): row[3] for row in await db.execute(query)}


async def waiting(db: AsyncConnection, now: int) -> list[Alert]:
    """Alerts to be tried now, the oldest first."""
    query = (
        select(alerts.c.id, alerts.c.municipality, alerts.c.duty, alerts.c.tries)
        .where(alerts.c.sent_at.is_(None), alerts.c.next_try_at <= now)
        .order_by(alerts.c.queued_at, alerts.c.id)
    )
    return [Alert(*row) for row in await db.execute(query)]


async def mark_sent(db: AsyncConnection, id: str, now: int) -> None:
    """It went out."""
    await db.execute(update(alerts).where(alerts.c.id == id).values(sent_at=now, error=None))


async def mark_failed(db: AsyncConnection, id: str, error: str, next_try_at: int) -> None:
    """It did not go out; of the error only its class is kept."""
    await db.execute(
        update(alerts)
        .where(alerts.c.id == id)
        .values(tries=alerts.c.tries + 1, error=error, next_try_at=next_try_at)
    )


async def drop_taken(db: AsyncConnection) -> None:
    """An alert that still waits for a flag somebody has taken need not go out any more."""
    taken = select(red_flags.c.id).where(red_flags.c.owner.isnot(None))
    await db.execute(delete(alerts).where(alerts.c.sent_at.is_(None), alerts.c.flag_id.in_(taken)))


async def failing(db: AsyncConnection) -> int:
    """How many alerts were tried and have not gone out."""
    query = select(func.count()).select_from(alerts).where(alerts.c.sent_at.is_(None), alerts.c.tries > 0)
    return int((await db.execute(query)).scalar_one())


async def newest_sending(db: AsyncConnection, municipality: str, *, wants_answer: bool) -> int | None:
    """When something was last sent that a worker may want to hear of, or said to one who answered."""
    query = select(func.max(sendings.c.sent_at)).where(sendings.c.municipality == municipality)
    if wants_answer:
        query = query.where(sendings.c.answer.in_(ANSWERS))
    newest: int | None = (await db.execute(query)).scalar_one()
    said = await threads.newest_said(db, municipality) if wants_answer else None
    return max(filter(None, (newest, said)), default=None)


async def mark_tested(db: AsyncConnection, mark: str, now: int) -> None:
    """A test alert went out by this route."""
    await db.execute(delete(alert_routes).where(alert_routes.c.mark == mark))
    await db.execute(insert(alert_routes), [{"mark": mark, "tested_at": now}])


async def tested_at(db: AsyncConnection, mark: str) -> int | None:
    """When this route was tested; None if never."""
    query = select(alert_routes.c.tested_at).where(alert_routes.c.mark == mark)
    return (await db.execute(query)).scalar_one_or_none()
