"""Needs that were sent, as rows that can be counted and exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, distinct, func, insert, select, update
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


@dataclass(frozen=True, slots=True)
class Sending:
    """What one person sends now: where, and the ids their needs get."""

    id: str  # of the conversation
    conversation: Conversation
    channel: str
    need_ids: Sequence[str]
    source: bytes | None = None
    repeated: bool = False


async def replace(db: AsyncConnection, keys: Keys, sent: Sequence[Sending], now: int) -> None:
    """The latest sending of each counts, whole: it takes the place of the person's earlier one.

    A flag of a flood stays: sending again is no way out of it. `repeated` is asked of a first sending alone:
    who opened their answers by the receipt repeats nothing. A need that is said again as before keeps its
    id, and what staff corrected in it.
    """
    ids = [each.id for each in sent]
    before = defaultdict[str, list[Row[Any]]](list)
    for row in await db.execute(delete(needs).where(needs.c.conversation_id.in_(ids)).returning(needs)):
        before[row.conversation_id].append(row)
    kept = (sendings.c.conversation_id, sendings.c.flagged, sendings.c.repeated)
    earlier = await db.execute(delete(sendings).where(kept[0].in_(ids)).returning(*kept))
    marks = {row.conversation_id: dict(row._mapping) for row in earlier}
    await db.execute(insert(sendings), [_sending(each, now) | marks.get(each.id, {}) for each in sent])
    await db.execute(insert(needs), [row for each in sent for row in _needs(keys, each, before[each.id])])


def _needs(keys: Keys, sent: Sending, before: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    said, rows = _said_before(keys, before), list[dict[str, Any]]()
    for place, (need, new_id) in enumerate(zip(sent.conversation.needs, sent.need_ids, strict=True), 1):
        same = said.pop((need.category, need.words or None), None)
        need_id = same.id if same else new_id
        rows.append(
            {
                "id": need_id,
                "conversation_id": sent.id,
                "place": place,
                "category": same.category if same else need.category,
                "confirmed": same.confirmed if same else None,
                "suggested": " ".join(need.suggested),
                "words": keys.lock(need.words, "needs", "words", need_id) if need.words else None,
                "obstacle": need.obstacle or None,
            }
        )
    return rows


def _said_before(keys: Keys, rows: Sequence[Row[Any]]) -> dict[tuple[str, str | None], Row[Any]]:
    """The needs of the sending before, by what the person confirmed and wrote."""
    return {(row.confirmed or row.category, _words(keys, row.id, row.words)): row for row in rows}


def _words(keys: Keys, id: str, locked: bytes | None) -> str | None:
    return keys.unlock(locked, "needs", "words", id) if locked else None


def _sending(sent: Sending, now: int) -> dict[str, Any]:
    conversation, said = sent.conversation, sent.conversation.answer
    district = said("district")
    return {
        "conversation_id": sent.id,
        "municipality": conversation.municipality,
        "channel": sent.channel,
        "source": sent.source,
        "flagged": False,
        "repeated": sent.repeated,
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
        "attester": _attester(conversation),
        "interpreter": conversation.interpreter,
        "sent_at": now,
    }


async def told_after(db: AsyncConnection, told: Sequence[tuple[str, Conversation]], now: int) -> None:
    """Keep what people tell after sending, by conversation id: an answer, money and being asked again."""
    wishes_anew = sendings.c.answer.is_distinct_from(bindparam("wishes", type_=sendings.c.answer.type))
    keep = (
        update(sendings)
        .where(sendings.c.conversation_id == bindparam("id"))
        .values(asked_at=case((wishes_anew, now), else_=sendings.c.asked_at))
    )
    if told:
        await db.execute(keep, [_told(*each) for each in told])


def _told(id: str, conversation: Conversation) -> dict[str, Any]:
    said = conversation.answer
    return {
        "id": id,
        "wishes": said("answer"),
        "money": said("money"),
        "answer": said("answer"),
        "answer_time": said("when"),
        "ask_again": said("again") == "yes",
        "interpreter": conversation.interpreter,
        "attested": conversation.attested,
        "assisted": conversation.assisted,
        "attester": _attester(conversation),
    }


def _attester(conversation: Conversation) -> bytes | None:
    return bytes.fromhex(conversation.attester) or None


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
