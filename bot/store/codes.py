"""Worker's codes, single use, and how often a source may try a receipt or a code."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import HOUR_MS
from bot.store.crypto import Keys
from bot.store.tables.access import staff
from bot.store.tables.people import attempts, codes
from dialogs.model import Coded

TRIES_AN_HOUR = 10  # of one chat
TRIES_OF_A_SOURCE = 1_000  # a whole school may sit behind one, and new chats cost nothing
KEPT_HOURS = 24


async def keep(
    db: AsyncConnection,
    keys: Keys,
    made: Sequence[str],
    kind: str,
    municipality: str,
    place: str | None,
    now: int,
    expires_at: int | None = None,
    worker: str | None = None,
) -> None:
    """Store the hashes of new codes; one that a worker shows on a phone ends soon, and is that worker's."""
    attester = keys.hash(*_attester(municipality, place, worker))
    await db.execute(
        insert(codes),
        [
            {
                "hash": keys.hash("code", code),
                "kind": kind,
                "municipality": municipality,
                "place": place,
                "attester": attester,
                "created_at": now,
                "expires_at": expires_at,
                "used_at": None,
            }
            for code in made
        ],
    )


def _attester(municipality: str, place: str | None, worker: str | None) -> tuple[str, str, str, str]:
    """Whose codes they are: a place's however it is spelled, a worker's, or the municipality's own."""
    return "attester", municipality, " ".join((place or "").casefold().split()), worker or ""


async def use(db: AsyncConnection, keys: Keys, code: str, municipality: str, now: int) -> Coded:
    """Use a code once; it gives nothing where it is unknown, used, ended, or another municipality's."""
    hashes = keys.hashes("code", code.upper())
    live = or_(codes.c.expires_at.is_(None), codes.c.expires_at > now)
    here = (codes.c.hash.in_(hashes), codes.c.municipality == municipality, codes.c.used_at.is_(None), live)
    query = select(codes.c.kind, codes.c.attester).where(*here).with_for_update()
    found = (await db.execute(query)).first()
    if found is None:
        return Coded(None)
    await db.execute(update(codes).where(*here).values(used_at=now))
    return Coded(found.kind, found.attester.hex() if found.attester else "")


async def attesters(
    db: AsyncConnection, keys: Keys, municipalities: Collection[str]
) -> dict[bytes, tuple[bytes, str | None]]:
    """Every attester by its hash under each key: the hash under the current one, and the name of a place."""
    here = codes.c.municipality.in_(municipalities)
    query = select(codes.c.municipality, codes.c.place).where(here).distinct().order_by(codes.c.place)
    known = [(row.municipality, row.place, None) for row in await db.execute(query)]
    for name in await db.scalars(select(staff.c.name)):
        known += [(municipality, None, name) for municipality in municipalities]
    found: dict[bytes, tuple[bytes, str | None]] = {}
    for each in known:
        current, *before = keys.hashes(*_attester(*each))
        found |= dict.fromkeys((current, *before), (current, each[1] or None))
    return found


async def may_try(db: AsyncConnection, keys: Keys, source: str, now: int, most: int = TRIES_AN_HOUR) -> bool:
    """Count one more try of a source in this hour; False when there have been too many.

    The source is hashed with the day as salt and forgotten within a day.
    """
    hour = now // HOUR_MS
    hashed = keys.hash("tries", str(hour // 24), source)
    here = (attempts.c.source == hashed, attempts.c.at_hour == hour)
    await db.execute(delete(attempts).where(attempts.c.at_hour <= hour - KEPT_HOURS))
    # Counted by the database, so that tries in two processes are never counted as one.
    one_more = update(attempts).where(*here).values(count=attempts.c.count + 1)
    count: int | None = (await db.execute(one_more.returning(attempts.c.count))).scalar()
    if count is None:
        await db.execute(insert(attempts), [{"source": hashed, "at_hour": hour, "count": 1}])
    return (count or 1) <= most
