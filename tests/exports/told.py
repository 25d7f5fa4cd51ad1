"""A database with invented people in it, and an independent count of them in plain SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from sqlalchemy import BigInteger, Boolean, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import DAY_MS
from bot.intake import World
from bot.store import publishing
from bot.store.tables.people import conversations, needs, sendings
from bot.summaries import Grid, Key, Release, Voices, count
from bot.summaries.figures import AGE_BANDS, FIRST, WITHOUT_FLOODS
from dialogs.categories import CATEGORIES, TOPICS
from dialogs.model import Conversation

FEWEST = 5
EMPTY = Conversation(municipality="trondheim").model_dump_json()
COLUMN = {"age_band": "s.age_band", "group": "s.target_group", "money": "s.money", "district": "s.district"}
KNOWN = {
    "age_band": AGE_BANDS,
    "group": ("youth", "family"),
    "money": ("yes", "sometimes", "no"),
}


async def tell(world: World, people: Iterable[Voices], first: int = 0, days: int = 20) -> None:
    """Let people have sent what they told within the last days; their ids go on from `first`."""
    chance, now = Random(first), world.now()
    rows: dict[Any, list[dict[str, object]]] = {conversations: [], sendings: [], needs: []}
    for number, voice in enumerate(people, first):
        id = f"{number:032x}"
        state = world.keys.lock(EMPTY, "conversations", "state", id)
        _add(rows, id, state, voice, now - chance.randrange(1, days * DAY_MS))
    async with world.engine.begin() as db:
        for table, held in rows.items():
            await db.execute(insert(table), held)


def _add(rows: dict[Any, list[dict[str, object]]], id: str, state: bytes, voice: Voices, at: int) -> None:
    place = {"municipality": voice.place}
    times = {"created_at": at, "changed_at": at, "sent_at": at}
    rows[conversations].append({"id": id, "state": state, "receipt_hash": None, **place, **times})
    rows[sendings].append(
        {
            **{column.name: at for column in sendings.c if isinstance(column.type, BigInteger)},
            **{column.name: False for column in sendings.c if isinstance(column.type, Boolean)},
            "asked_again_at": None,
            "conversation_id": id,
            **place,
            "channel": "web",
            "language": "nb",
            "target_group": voice.group,
            "age_band": voice.age_band,
            "district": voice.district,
            "money": voice.money,
            "flagged": voice.flagged,
        }
    )
    rows[needs].extend(
        {
            "id": f"{id[2:]}{order:02x}",
            "conversation_id": id,
            "place": order,
            "category": need,
            "suggested": "",
        }
        for order, need in enumerate(voice.needs, 1)
    )


async def in_sql(db: AsyncConnection, key: Key, since: int, until: int, districts: Iterable[str]) -> int:
    """How many people a figure counts, asked of the database itself."""
    wanted, values = ["s.sent_at >= :since", "s.sent_at < :until"], {"since": since, "until": until}
    held: dict[str, object] = dict(values)
    if key.place:
        wanted.append("s.municipality = :place")
        held["place"] = key.place
    if key.need:
        asked = [each.key for each in CATEGORIES.values() if each.topic == key.need]
        names = asked if key.need in TOPICS else [key.need]
        wanted.append(f"n.category IN ({', '.join(repr(name) for name in names)})")
    if key.counted == FIRST:
        wanted.append("n.place = 1")
    if key.counted == WITHOUT_FLOODS:
        wanted.append("NOT s.flagged")
    if key.split:
        wanted.append(_part(key, tuple(districts)))
    query = (
        "SELECT COUNT(DISTINCT s.conversation_id) FROM sendings s "
        f"JOIN needs n ON n.conversation_id = s.conversation_id WHERE {' AND '.join(wanted)}"
    )
    return int((await db.execute(text(query), held)).scalar_one())


def _part(key: Key, districts: tuple[str, ...]) -> str:
    column = COLUMN[key.split]
    if key.split == "age_band" and key.part == "12-15":
        return f"{column} IN ('12', '12-13', '12-14', '13-15', '14-15', '15', '12-15')"
    if key.part != "unsaid":
        return f"{column} = '{key.part}'"
    known = districts if key.split == "district" else KNOWN[key.split]
    return f"({column} IS NULL OR {column} NOT IN ({', '.join(repr(name) for name in known)}))"


async def publish(world: World, grid: Grid, people: Sequence[Voices]) -> Release:
    """Let people have told something, and release every number that is large enough: quick, and not safe."""
    await tell(world, people)
    counts = {key: number for key, number in count(people, grid).items() if number >= FEWEST}
    async with world.engine.begin() as db:
        await publishing.keep(db, 1, world.now(), FEWEST, publishing.frame_of(grid, {}, {}), counts)
        found = await publishing.latest(db)
    assert found is not None
    return found
