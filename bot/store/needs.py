"""Needs that were sent, as rows that can be counted and exported."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, delete, distinct, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.people import needs, sendings
from dialogs.model import Conversation


@dataclass(frozen=True, slots=True)
class SentNeed:
    """One need that was sent, with what is known of who sent it; nothing that names them."""

    id: str
    municipality: str
    district: str | None
    target_group: str | None
    age_band: str | None
    children: str | None
    money: str | None
    category: str
    suggested: str
    place: int
    words: str | None
    obstacle: str | None
    answer: str | None
    answer_time: str | None
    attested: bool
    assisted: bool
    interpreter: bool
    channel: str
    language: str
    sent_at: int


@dataclass(frozen=True, slots=True)
class PersonNeed:
    """One need as staff read it: what it is counted as, and what the person confirmed where that differs."""

    id: str
    place: int
    category: str
    confirmed: str | None
    suggested: tuple[str, ...]
    words: str | None
    obstacle: str | None


async def replace(
    db: AsyncConnection,
    keys: Keys,
    id: str,
    conversation: Conversation,
    channel: str,
    need_ids: Sequence[str],
    now: int,
    source: bytes | None = None,
    *,
    repeated: bool = False,
) -> None:
    """The latest sending counts, whole: it takes the place of the person's earlier one.

    A flag of a flood stays: sending again is no way out of it. `repeated` is asked of a first sending alone:
    who opened their answers by the receipt repeats nothing. A need that is said again as before keeps its
    id, and what staff corrected in it.
    """
    mine = sendings.c.conversation_id == id
    told = (await db.execute(select(sendings.c.flagged, sendings.c.repeated).where(mine))).first()
    marks = told._mapping if told else {"flagged": False, "repeated": repeated}
    before = (await db.execute(delete(needs).where(needs.c.conversation_id == id).returning(needs))).all()
    await db.execute(delete(sendings).where(mine))
    row = _sending(id, conversation, channel, now) | {"source": source, **marks}
    await db.execute(insert(sendings), [row])
    said = _said_before(keys, before)
    rows = []
    for place, (need, new_id) in enumerate(zip(conversation.needs, need_ids, strict=True), 1):
        same = said.pop((need.category, need.words or None), None)
        need_id = same.id if same else new_id
        rows.append(
            {
                "id": need_id,
                "conversation_id": id,
                "place": place,
                "category": same.category if same else need.category,
                "confirmed": same.confirmed if same else None,
                "suggested": " ".join(need.suggested),
                "words": keys.lock(need.words, "needs", "words", need_id) if need.words else None,
                "obstacle": need.obstacle or None,
            }
        )
    await db.execute(insert(needs), rows)


def _said_before(keys: Keys, rows: Sequence[Row[Any]]) -> dict[tuple[str, str | None], Row[Any]]:
    """The needs of the sending before, by what the person confirmed and wrote."""
    return {(row.confirmed or row.category, _words(keys, row.id, row.words)): row for row in rows}


def _words(keys: Keys, id: str, locked: bytes | None) -> str | None:
    return keys.unlock(locked, "needs", "words", id) if locked else None


def _sending(id: str, conversation: Conversation, channel: str, now: int) -> dict[str, object]:
    said = conversation.answer
    district = said("district")
    return {
        "conversation_id": id,
        "municipality": conversation.municipality,
        "channel": channel,
        "language": conversation.language,
        "target_group": conversation.group,
        "age_band": said("who") if conversation.group else None,
        "children": " ".join(conversation.answers.get("children", ())) or None,
        "district": None if district == "none" else district,
        "money": said("money"),
        "answer": said("answer"),
        "answer_time": said("when"),
        "asked_at": now,
        "ask_again": said("again") == "yes",
        "asked_again_at": None,
        "attested": conversation.attested,
        "assisted": conversation.assisted,
        "interpreter": conversation.interpreter,
        "sent_at": now,
    }


async def told_after(db: AsyncConnection, id: str, conversation: Conversation, now: int) -> None:
    """Keep what a person tells after sending: about an answer, money and being asked again."""
    said = conversation.answer
    wishes_anew = sendings.c.answer.is_distinct_from(said("answer"))
    await db.execute(
        sendings.update()
        .where(sendings.c.conversation_id == id)
        .values(
            money=said("money"),
            answer=said("answer"),
            answer_time=said("when"),
            asked_at=case((wishes_anew, now), else_=sendings.c.asked_at),
            ask_again=said("again") == "yes",
            interpreter=conversation.interpreter,
            attested=conversation.attested,
            assisted=conversation.assisted,
        )
    )


async def sent(db: AsyncConnection, keys: Keys, municipality: str | None = None) -> AsyncIterator[SentNeed]:
    """Every need that was sent, streamed in the order it came."""
    query = (
        select(needs, sendings)
        .join(sendings, sendings.c.conversation_id == needs.c.conversation_id)
        .order_by(sendings.c.sent_at, needs.c.conversation_id, needs.c.place)
    )
    if municipality:
        query = query.where(sendings.c.municipality == municipality)
    async for row in await db.stream(query):
        held = row._mapping
        fields = {name: held[name] for name in SentNeed.__slots__ if name != "words"}
        yield SentNeed(**fields, words=_words(keys, held["id"], held["words"]))


async def of_person(db: AsyncConnection, keys: Keys, id: str) -> list[PersonNeed]:
    """What one person sent, with their words; the caller has looked at who may read it."""
    query = select(needs).where(needs.c.conversation_id == id).order_by(needs.c.place)
    return [
        PersonNeed(
            row.id,
            row.place,
            row.category,
            row.confirmed,
            tuple(row.suggested.split()),
            _words(keys, row.id, row.words),
            row.obstacle,
        )
        for row in await db.execute(query)
    ]


async def counts(
    db: AsyncConnection, municipality: str, before: int, *, flagged: bool = True
) -> dict[str, int]:
    """People who asked for each category and sent it before a time, in ms; with or without floods."""
    people = func.count(distinct(needs.c.conversation_id)).label("people")
    query = (
        select(needs.c.category, people)
        .join(sendings, sendings.c.conversation_id == needs.c.conversation_id)
        .where(sendings.c.municipality == municipality, sendings.c.sent_at < before, ~sendings.c.repeated)
        .group_by(needs.c.category)
    )
    if not flagged:
        query = query.where(sendings.c.flagged.is_(False))
    return {row.category: row.people for row in await db.execute(query)}
