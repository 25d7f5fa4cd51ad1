"""What staff do with a person's needs: every change is kept, and none is written over another's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.access import staff
from bot.store.tables.casework import case_changes, cases, drafts
from bot.store.tables.people import conversations, needs, sendings

LONGEST_NOTE = 10_000  # characters; longer is not a note


class Overtaken(Exception):
    """The case, or what the person told, is not as it was when the worker read it; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Case:
    """How far staff have come with a person; `handled_through` is the newest sending handled, in ms."""

    version: int = 0
    worker: str | None = None
    contact: str | None = None
    handled_through: int | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes whose case, from the version they read, and when, in ms; `id` names the change."""

    id: str
    conversation_id: str
    version: int
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done, as the case remembers it."""

    version: int
    kind: str
    need_id: str | None
    before: str | None
    after: str | None
    words: str | None
    by: str
    at: int


# --- reading --------------------------------------------------------------------------------------


async def case_of(db: AsyncConnection, id: str) -> Case:
    """How far staff have come with a person; nothing done yet is version 0."""
    row = (await db.execute(select(cases).where(cases.c.conversation_id == id))).first()
    return Case(*(row._mapping[name] for name in Case.__slots__)) if row else Case()


async def changes(db: AsyncConnection, keys: Keys, id: str, after: int = 0) -> list[Change]:
    """What was done after a version, in order."""
    query = select(case_changes).where(case_changes.c.conversation_id == id, case_changes.c.version > after)
    return [_change(keys, row._mapping) for row in await db.execute(query.order_by(case_changes.c.version))]


def _change(keys: Keys, row: Any) -> Change:
    held = {name: row[name] for name in Change.__slots__}
    locked = held["words"]
    return Change(
        **held | {"words": keys.unlock(locked, "case_changes", "words", row["id"]) if locked else None}
    )


async def municipality_of(db: AsyncConnection, id: str) -> str | None:
    """Whose staff may work with a person; None where there is no such person."""
    query = select(conversations.c.municipality).where(conversations.c.id == id)
    found: str | None = (await db.execute(query)).scalar_one_or_none()
    return found


async def contact_of(db: AsyncConnection, id: str) -> str:
    """The worker a person is told of, by the name that worker shows; empty where none is set."""
    query = (
        select(staff.c.name, staff.c.shown_as)
        .join(cases, cases.c.contact == staff.c.name)
        .where(cases.c.conversation_id == id, staff.c.disabled.is_(False))
    )
    row = (await db.execute(query)).first()
    return (row.shown_as or row.name) if row else ""


async def knowers(db: AsyncConnection, id: str) -> frozenset[str]:
    """The workers who have said that they know the person, and so left the case to a colleague."""
    mine = (case_changes.c.conversation_id == id, case_changes.c.kind == "known")
    return frozenset(await db.scalars(select(case_changes.c.by).where(*mine)))


async def known_to(db: AsyncConnection, worker: str, ids: Collection[str]) -> frozenset[str]:
    """Which of these people a worker has said that they know."""
    said = (case_changes.c.kind == "known", case_changes.c.by == worker)
    query = select(case_changes.c.conversation_id).where(case_changes.c.conversation_id.in_(ids), *said)
    return frozenset(await db.scalars(query))


async def duplicates_of(db: AsyncConnection, id: str) -> list[str]:
    """The conversations that are likely other sendings of this one."""
    query = select(cases.c.conversation_id).where(cases.c.duplicate_of == id)
    return [row.conversation_id for row in await db.execute(query.order_by(cases.c.conversation_id))]


# --- changing -------------------------------------------------------------------------------------


async def correct(db: AsyncConnection, keys: Keys, edit: Edit, need_id: str, category: str) -> None:
    """Give a need another category: what the person confirmed stays beside it, and in the history."""
    mine = (needs.c.id == need_id, needs.c.conversation_id == edit.conversation_id)
    row = (await db.execute(select(needs.c.category, needs.c.confirmed).where(*mine))).first()
    if row is None:
        raise Overtaken
    said = row.confirmed or row.category
    await _keep(db, keys, edit, "corrected", need_id=need_id, before=row.category, after=category)
    confirmed = None if category == said else said
    await db.execute(update(needs).where(*mine).values(category=category, confirmed=confirmed))


async def propose(db: AsyncConnection, keys: Keys, edit: Edit, need_id: str, words: str) -> None:
    """Propose a category that does not exist yet, for whoever keeps the list."""
    mine = (needs.c.id == need_id, needs.c.conversation_id == edit.conversation_id)
    if (await db.execute(select(needs.c.id).where(*mine))).first() is None:
        raise Overtaken
    await _keep(db, keys, edit, "proposed", need_id=need_id, words=words)


async def note(db: AsyncConnection, keys: Keys, edit: Edit, words: str) -> None:
    """Write something down for colleagues."""
    await _keep(db, keys, edit, "noted", words=words)


async def assign(db: AsyncConnection, keys: Keys, edit: Edit, worker: str | None) -> None:
    """A worker follows it up from here; None lets go of it."""
    await _reassign(db, keys, edit, "assigned", worker)


async def leave_to(db: AsyncConnection, keys: Keys, edit: Edit, colleague: str) -> None:
    """Who does it knows the person, and leaves the case to a colleague."""
    await _reassign(db, keys, edit, "known", colleague)


async def _reassign(db: AsyncConnection, keys: Keys, edit: Edit, kind: str, worker: str | None) -> None:
    before = (await case_of(db, edit.conversation_id)).worker
    await _keep(db, keys, edit, kind, {"worker": worker}, before=before, after=worker)


async def handle(db: AsyncConnection, keys: Keys, edit: Edit, sent_at: int) -> None:
    """Mark the sending that was read as handled: a newer one the worker has not seen stays new."""
    newest = await _sending_of(db, edit.conversation_id)
    if newest is None or sent_at > newest[1]:  # nobody has read what is yet to come
        raise Overtaken
    await _keep(db, keys, edit, "handled", {"handled_through": sent_at})


async def reopen(db: AsyncConnection, keys: Keys, edit: Edit) -> None:
    """Take back that it was handled."""
    await _keep(db, keys, edit, "reopened", {"handled_through": None})


async def name_contact(db: AsyncConnection, keys: Keys, edit: Edit, worker: str | None) -> None:
    """The one named worker a person is told of; None takes it back."""
    before = (await case_of(db, edit.conversation_id)).contact
    await _keep(db, keys, edit, "contact", {"contact": worker}, before=before, after=worker)


async def join(db: AsyncConnection, keys: Keys, edit: Edit, other: str) -> None:
    """Lay a sending under another that is likely the same person's; nothing of either is changed.

    It waits no more; what the person sends after it is new, as from anybody else.
    """
    mine, theirs = await _sending_of(db, edit.conversation_id), await _sending_of(db, other)
    if mine is None or theirs is None or mine[0] != theirs[0] or other == edit.conversation_id:
        raise Overtaken
    if (await case_of(db, other)).duplicate_of or await duplicates_of(db, edit.conversation_id):
        raise Overtaken
    await _keep(db, keys, edit, "joined", {"duplicate_of": other, "handled_through": mine[1]})


async def part(db: AsyncConnection, keys: Keys, edit: Edit) -> None:
    """Take back that a sending lay under another: it waits again."""
    await _keep(db, keys, edit, "parted", {"duplicate_of": None, "handled_through": None})


async def move(db: AsyncConnection, before: str, after: str) -> None:
    """What staff did comes along to the conversation it is joined with, behind what was done there."""
    mine, theirs = await case_of(db, before), await case_of(db, after)
    if mine.version == 0:
        return
    await _open(db, after)
    here = update(case_changes).where(case_changes.c.conversation_id == before)
    await db.execute(here.values(conversation_id=after, version=case_changes.c.version + theirs.version))
    kept = {"version": theirs.version + mine.version, "worker": theirs.worker or mine.worker}
    await db.execute(update(cases).where(cases.c.conversation_id == after).values(**kept))
    have = select(drafts.c.worker).where(drafts.c.conversation_id == after)
    begun = update(drafts).where(drafts.c.conversation_id == before, drafts.c.worker.not_in(have))
    await db.execute(begun.values(conversation_id=after))


async def _sending_of(db: AsyncConnection, id: str) -> tuple[str, int] | None:
    """Where a person sent to, and when they last did; None where nothing is sent."""
    query = select(sendings.c.municipality, sendings.c.sent_at).where(sendings.c.conversation_id == id)
    row = (await db.execute(query)).first()
    return (row.municipality, row.sent_at) if row else None


async def _keep(
    db: AsyncConnection,
    keys: Keys,
    edit: Edit,
    kind: str,
    values: dict[str, Any] | None = None,
    *,
    words: str | None = None,
    **about: str | None,
) -> None:
    """Raise the version, which only one of two workers can do, and remember what was done."""
    await _raise_version(db, edit, values or {})
    row = {"need_id": None, "before": None, "after": None} | about
    locked = keys.lock(words[:LONGEST_NOTE], "case_changes", "words", edit.id) if words else None
    made = {
        "id": edit.id,
        "conversation_id": edit.conversation_id,
        "version": edit.version + 1,
        "kind": kind,
        "words": locked,
        "by": edit.by,
        "at": edit.at,
    }
    await db.execute(insert(case_changes), [made | row])


async def _raise_version(db: AsyncConnection, edit: Edit, values: dict[str, Any]) -> None:
    mine = cases.c.conversation_id == edit.conversation_id
    if edit.version == 0:
        await _open(db, edit.conversation_id)
    raised = update(cases).where(mine, cases.c.version == edit.version)
    if not (await db.execute(raised.values(version=edit.version + 1, **values))).rowcount:
        raise Overtaken


async def _open(db: AsyncConnection, id: str) -> None:
    """The first change makes the case; where two make it at once, one of them is overtaken."""
    if (await db.execute(select(cases.c.version).where(cases.c.conversation_id == id))).first():
        return
    try:
        await db.execute(insert(cases), [{"conversation_id": id, "version": 0}])
    except IntegrityError as error:
        raise Overtaken from error
