"""Sendings of the last day as the rule for floods sees them, and the flags it sets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.people import needs, sendings


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending: where it counts, when it came, from which source today, and what it asks for."""

    id: str
    municipality: str
    sent_at: int
    source: bytes
    categories: frozenset[str]


async def recent(db: AsyncConnection, since: int) -> list[Sending]:
    """Sendings after a time in ms whose source is still known."""
    query = (
        select(sendings, needs.c.category)
        .join(needs, needs.c.conversation_id == sendings.c.conversation_id)
        .where(sendings.c.sent_at > since, sendings.c.source.isnot(None))
        .order_by(sendings.c.sent_at, sendings.c.conversation_id)
    )
    found: dict[str, Sending] = {}
    for row in await db.execute(query):
        known = found.get(row.conversation_id)
        categories = (known.categories if known else frozenset()) | {row.category}
        found[row.conversation_id] = Sending(
            row.conversation_id, row.municipality, row.sent_at, row.source, categories
        )
    return list(found.values())


async def usual(db: AsyncConnection, since: int, until: int) -> dict[tuple[str, str], int]:
    """How many asked for each category between two times, by municipality; floods left out."""
    query = (
        select(sendings.c.municipality, needs.c.category, func.count())
        .join(needs, needs.c.conversation_id == sendings.c.conversation_id)
        .where(sendings.c.sent_at.between(since, until), sendings.c.flagged.is_(False))
        .group_by(sendings.c.municipality, needs.c.category)
    )
    return {(municipality, category): n for municipality, category, n in await db.execute(query)}


async def flag(db: AsyncConnection, ids: Collection[str]) -> int:
    """Flag sendings; returns how many were not flagged before."""
    if not ids:
        return 0
    unflagged = await _unflagged(db)
    wanted = [{"sender": id} for id in sorted(unflagged & set(ids))]
    if wanted:
        ours = sendings.c.conversation_id == bindparam("sender")
        await db.execute(update(sendings).where(ours).values(flagged=True), wanted)
    return len(wanted)


async def _unflagged(db: AsyncConnection) -> set[str]:
    query = select(sendings.c.conversation_id)
    query = query.where(sendings.c.flagged.is_(False), sendings.c.source.isnot(None))
    return {row.conversation_id for row in await db.execute(query)}
