"""Categories of need that a coordinator added beside the 24 of the dialog."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.people import needs, sendings
from bot.store.tables.publishing import added_categories
from dialogs.categories import CATEGORIES, TOPICS, Category, as_data
from dialogs.needs import OTHER
from dialogs.text import Told


class Taken(Exception):
    """There is a category or a topic of this key already: old answers would change their meaning."""


@dataclass(frozen=True, slots=True)
class Added:
    """A category as it was named, the words it is known by, and whose people it is offered to."""

    key: str
    topic: str
    audience: str
    names: Told
    about: Told
    words: tuple[str, ...]
    municipalities: tuple[str, ...]
    added_by: str
    added_at: int
    retired_at: int | None = None

    @property
    def category(self) -> Category:
        """The same as the dialog offers it where it was added."""
        return self.category_in(self.municipalities)

    def is_offered(self, municipalities: Collection[str]) -> bool:
        """Whether somebody in one of these may be asked whether they mean it."""
        return self.retired_at is None and not set(self.municipalities).isdisjoint(municipalities)

    def category_in(self, municipalities: Collection[str]) -> Category:
        """The same as the dialog knows it there: what is not offered still has its name."""
        return Category(
            self.key,
            self.topic,
            as_data(self.names),
            as_data(self.about),
            self.audience,  # type: ignore[arg-type]  # the form and the store take no other
            "",
            offered=self.is_offered(municipalities),
        )


async def listed(db: AsyncConnection) -> tuple[Added, ...]:
    """All that were ever added, the oldest first: what was told under one keeps its name."""
    query = select(added_categories).order_by(added_categories.c.added_at, added_categories.c.key)
    return tuple(_added(row) for row in await db.execute(query))


async def kinds(db: AsyncConnection, municipalities: Collection[str]) -> tuple[Category, ...]:
    """The same as the dialog knows them in these municipalities, the retired too."""
    return tuple(each.category_in(municipalities) for each in await listed(db))


async def add(db: AsyncConnection, added: Added) -> None:
    """Offer a new category from now on; raises Taken where the key has a meaning."""
    known = {*CATEGORIES, *TOPICS, OTHER, *(each.key for each in await listed(db))}
    if added.key in known:
        raise Taken(added.key)
    kept: dict[str, object] = {
        **{name: getattr(added, name) for name in ("key", "topic", "audience", "added_by", "added_at")},
        "names": json.dumps(asdict(added.names), ensure_ascii=False),
        "about": json.dumps(asdict(added.about), ensure_ascii=False),
        "words": json.dumps(added.words, ensure_ascii=False),
        "municipalities": " ".join(added.municipalities),
        "retired_at": None,
    }
    await db.execute(insert(added_categories).values(kept))


async def retire(db: AsyncConnection, key: str, municipalities: Collection[str], now: int) -> bool:
    """Offer it no longer; what was told under it stays.

    False where none is offered under this key, or others than these municipalities offer it too.
    """
    mine = {each.key for each in await listed(db) if set(each.municipalities) <= set(municipalities)}
    if key not in mine:
        return False
    table = added_categories
    done = await db.execute(
        update(table).where(table.c.key == key, table.c.retired_at.is_(None)).values(retired_at=now)
    )
    return bool(done.rowcount)


def _added(row: Row[Any]) -> Added:
    held = dict(row._mapping)
    spoken = {name: Told(**json.loads(held[name])) for name in ("names", "about")}
    where = tuple(held["municipalities"].split())
    return Added(**{**held, **spoken, "words": tuple(json.loads(held["words"])), "municipalities": where})


async def unplaced(
    db: AsyncConnection, keys: Keys, municipalities: Sequence[str], most: int
) -> list[tuple[str, str]]:
    """The newest words that were sent outside the list or corrected by staff, each with whose they are."""
    query = (
        select(needs.c.id, needs.c.conversation_id, needs.c.words)
        .join(sendings, sendings.c.conversation_id == needs.c.conversation_id)
        .where(sendings.c.municipality.in_(municipalities), needs.c.words.is_not(None))
        .where(or_(needs.c.category == OTHER, needs.c.confirmed.is_not(None)))
        .order_by(sendings.c.sent_at.desc(), needs.c.id)
        .limit(most)
    )
    rows = (await db.execute(query)).all()
    return [(row.conversation_id, keys.unlock(row.words, "needs", "words", row.id)) for row in reversed(rows)]
