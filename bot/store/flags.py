"""Red flags: a grave message that a named worker must take, decide on and hand over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables.people import flag_decisions, red_flags
from dialogs.model import FlagRaised

LONGEST_END = 10_000  # characters of what was written first, and as many of the latest
LEFT_OUT = "\n[…]\n"  # stands where words between them had no room
LONGEST_CONTACT = 500  # characters; a way to reach somebody is shorter


@dataclass(frozen=True, slots=True)
class Raised:
    """What is known where a flag is raised, beside the words; times in ms."""

    id: str
    conversation_id: str
    municipality: str
    age_band: str | None
    lines_shown: tuple[str, ...]
    raised_at: int
    seen_by: int


@dataclass(frozen=True, slots=True)
class Open:
    """A flag that nobody has taken."""

    id: str
    municipality: str
    raised_at: int
    seen_by: int


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as its owner reads it; the safe way to the person is opened apart, by `contact`."""

    id: str
    conversation_id: str | None
    municipality: str
    kind: str
    strength: str
    age_band: str | None
    words: str | None
    has_contact: bool
    lines_shown: tuple[str, ...]
    wants_adult: bool
    raised_at: int
    seen_by: int
    owner: str | None
    owned_at: int | None
    handed_over_at: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A flag in a list: nothing of what was written."""

    id: str
    conversation_id: str | None
    municipality: str
    kind: str
    strength: str
    age_band: str | None
    wants_adult: bool
    raised_at: int
    seen_by: int
    owner: str | None
    decided: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The form a worker fills in: whether a report was made, to whom, whether the police know, and why."""

    reported: bool
    reported_to: str | None
    by: str
    reason: str
    at: int
    police: bool = False


async def raise_flag(db: AsyncConnection, keys: Keys, flag: FlagRaised, known: Raised) -> None:
    """Keep the kind, the time and the deciding words, which are a need to nobody.

    More words of the same kind join the flag that nobody has taken yet: one person is one case, however
    many messages they write, and its deadline stays that of the first. What was written first and what
    was written last are kept; a mark between them says that more was said.
    """
    if await _joined(db, keys, flag, known.conversation_id):
        return
    await db.execute(
        insert(red_flags),
        [
            {
                "id": known.id,
                "conversation_id": known.conversation_id,
                "municipality": known.municipality,
                "kind": flag.kind,
                "strength": flag.strength,
                "age_band": known.age_band,
                "words": keys.lock(_bounded(flag.words), "red_flags", "words", known.id),
                "contact": None,
                "lines_shown": " ".join(known.lines_shown),
                "wants_adult": False,
                "raised_at": known.raised_at,
                "seen_by": known.seen_by,
                "owner": None,
                "owned_at": None,
                "kept": False,
                "handed_over_at": None,
            }
        ],
    )


async def _joined(db: AsyncConnection, keys: Keys, flag: FlagRaised, conversation_id: str) -> bool:
    same = (red_flags.c.conversation_id == conversation_id, red_flags.c.kind == flag.kind)
    query = select(red_flags.c.id, red_flags.c.words, red_flags.c.strength).where(
        *same, red_flags.c.owner.is_(None), red_flags.c.kept.is_(False)
    )
    row = (await db.execute(query.order_by(red_flags.c.raised_at.desc()).with_for_update())).first()
    if row is None:
        return False
    before = _unlocked(keys, "words", row.id, row.words)
    words = _bounded(f"{before}\n{flag.words}" if before else flag.words)
    strength = "sure" if "sure" in (row.strength, flag.strength) else "maybe"
    locked = keys.lock(words, "red_flags", "words", row.id)
    joined = update(red_flags).where(red_flags.c.id == row.id, red_flags.c.owner.is_(None))
    return (await db.execute(joined.values(words=locked, strength=strength))).rowcount > 0


def _bounded(words: str) -> str:
    """All of it, or its beginning and its end where it is too long to be read."""
    if len(words) <= 2 * LONGEST_END + len(LEFT_OUT):
        return words
    return f"{words[:LONGEST_END]}{LEFT_OUT}{words[-LONGEST_END:]}"


# --- what the person does -------------------------------------------------------------------------


async def want_adult(db: AsyncConnection, conversation_id: str) -> None:
    """The person asks that an adult makes contact."""
    await db.execute(
        update(red_flags).where(red_flags.c.conversation_id == conversation_id).values(wants_adult=True)
    )


async def keep_contact(db: AsyncConnection, keys: Keys, conversation_id: str, way: str) -> None:
    """A safe way to the person, kept with the newest flag and nowhere else."""
    query = select(red_flags.c.id).where(red_flags.c.conversation_id == conversation_id)
    row = (await db.execute(query.order_by(red_flags.c.raised_at.desc(), red_flags.c.id.desc()))).first()
    if row:
        locked = keys.lock(way[:LONGEST_CONTACT], "red_flags", "contact", row.id)
        await db.execute(update(red_flags).where(red_flags.c.id == row.id).values(contact=locked))


async def delete_words(db: AsyncConnection, conversation_ids: Sequence[str]) -> None:
    """Remove words and contact; that something grave was said stays, so that a worker can act on it.

    A reported case is kept where the municipality's setting says so; the person is told which.
    """
    await db.execute(
        update(red_flags)
        .where(red_flags.c.conversation_id.in_(conversation_ids), red_flags.c.kept.is_(False))
        .values(words=None, contact=None)
    )


async def let_go(db: AsyncConnection, conversation_ids: Sequence[str]) -> None:
    """The person erases all: the words go, and nothing ties the flag to them any more."""
    await delete_words(db, conversation_ids)
    await db.execute(
        update(red_flags)
        .where(red_flags.c.conversation_id.in_(conversation_ids))
        .values(conversation_id=None)
    )


async def move(db: AsyncConnection, from_id: str, to_id: str) -> None:
    """A receipt led to an earlier conversation: the flags come along."""
    await db.execute(
        update(red_flags).where(red_flags.c.conversation_id == from_id).values(conversation_id=to_id)
    )


async def is_kept(db: AsyncConnection, conversation_id: str) -> bool:
    """Whether a case was reported and must be kept."""
    query = select(red_flags.c.id).where(
        red_flags.c.conversation_id == conversation_id, red_flags.c.kept.is_(True)
    )
    return (await db.execute(query.limit(1))).first() is not None


# --- what a worker does ---------------------------------------------------------------------------


async def unowned(db: AsyncConnection) -> list[Open]:
    """Flags that nobody has taken, the one to be seen first in front."""
    query = select(red_flags.c.id, red_flags.c.municipality, red_flags.c.raised_at, red_flags.c.seen_by)
    query = query.where(red_flags.c.owner.is_(None)).order_by(red_flags.c.seen_by, red_flags.c.id)
    return [Open(*row) for row in await db.execute(query)]


async def own(db: AsyncConnection, id: str, worker: str, now: int) -> bool:
    """A worker takes a flag; False where another has it, or there is none."""
    changed = await db.execute(
        update(red_flags)
        .where(red_flags.c.id == id, red_flags.c.owner.is_(None))
        .values(owner=worker, owned_at=now)
    )
    return changed.rowcount > 0


async def pass_on(db: AsyncConnection, id: str, before: str, after: str, now: int) -> bool:
    """A flag goes from one worker to another; False where it is not that worker's any more."""
    changed = await db.execute(
        update(red_flags)
        .where(red_flags.c.id == id, red_flags.c.owner == before)
        .values(owner=after, owned_at=now)
    )
    return changed.rowcount > 0


async def listed(
    db: AsyncConnection, municipalities: Sequence[str], conversation_id: str | None = None
) -> list[Listed]:
    """Flags that have not been handed over, the one to be seen first in front; of one person where named."""
    decided = exists().where(flag_decisions.c.flag_id == red_flags.c.id).label("decided")
    query = select(red_flags, decided).where(
        red_flags.c.municipality.in_(municipalities), red_flags.c.handed_over_at.is_(None)
    )
    if conversation_id is not None:
        query = query.where(red_flags.c.conversation_id == conversation_id)
    order = (red_flags.c.owner.isnot(None), red_flags.c.seen_by, red_flags.c.id)
    rows = await db.execute(query.order_by(*order))
    return [Listed(**{name: row._mapping[name] for name in Listed.__slots__}) for row in rows]


async def read(db: AsyncConnection, keys: Keys, id: str) -> Flag | None:
    """A flag with its words; the caller has looked at who may read it."""
    row = (await db.execute(select(red_flags).where(red_flags.c.id == id))).first()
    if row is None:
        return None
    held = dict(row._mapping)
    held |= {
        "words": _unlocked(keys, "words", id, row.words),
        "has_contact": row.contact is not None,
        "lines_shown": tuple(row.lines_shown.split()),
    }
    return Flag(**{name: held[name] for name in Flag.__slots__})


async def contact(db: AsyncConnection, keys: Keys, id: str) -> str | None:
    """The safe way to the person as they wrote it; who opens it has said why."""
    query = select(red_flags.c.contact).where(red_flags.c.id == id)
    return _unlocked(keys, "contact", id, (await db.execute(query)).scalar_one_or_none())


def _unlocked(keys: Keys, name: str, id: str, locked: bytes | None) -> str | None:
    return None if locked is None else keys.unlock(locked, "red_flags", name, id)


async def decide(
    db: AsyncConnection, keys: Keys, id: str, flag_id: str, decision: Decision, *, keep: bool
) -> None:
    """File a decision; `keep` is the municipality's setting for a reported case."""
    if not decision.reason.strip() or (decision.reported and not decision.reported_to):
        raise ValueError("a decision says why, and a report says to whom")
    await db.execute(
        insert(flag_decisions),
        [
            {
                "id": id,
                "flag_id": flag_id,
                "reported": decision.reported,
                "reported_to": decision.reported_to if decision.reported else None,
                "police": decision.police,
                "by": decision.by,
                "reason": keys.lock(decision.reason, "flag_decisions", "reason", id),
                "at": decision.at,
            }
        ],
    )
    if decision.reported and keep:
        await db.execute(update(red_flags).where(red_flags.c.id == flag_id).values(kept=True))


async def decisions(db: AsyncConnection, keys: Keys, flag_id: str) -> list[Decision]:
    """What was decided on a flag, in order."""
    query = select(flag_decisions).where(flag_decisions.c.flag_id == flag_id)
    return [
        Decision(
            row.reported,
            row.reported_to,
            row.by,
            keys.unlock(row.reason, "flag_decisions", "reason", row.id),
            row.at,
            row.police,
        )
        for row in await db.execute(query.order_by(flag_decisions.c.at, flag_decisions.c.id))
    ]


async def hand_over(db: AsyncConnection, id: str, now: int) -> bool:
    """Note that a decided flag lives in the case system now; False while nothing is decided.

    The first time counts: doing it again keeps nothing longer.
    """
    decided = select(flag_decisions.c.flag_id).where(flag_decisions.c.flag_id == id)
    at = func.coalesce(red_flags.c.handed_over_at, now)
    changed = await db.execute(update(red_flags).where(red_flags.c.id.in_(decided)).values(handed_over_at=at))
    return changed.rowcount > 0
