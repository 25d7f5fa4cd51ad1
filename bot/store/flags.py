"""Red flags: a grave message that a named worker must read."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import Keys
from bot.store.tables import red_flags
from dialogs.model import FlagRaised


async def raise_flag(
    db: AsyncConnection,
    keys: Keys,
    id: str,
    conversation_id: str,
    flag: FlagRaised,
    age_band: str | None,
    now: int,
) -> None:
    """Keep the kind, the time and the deciding words, which are a need to nobody."""
    await db.execute(
        insert(red_flags),
        [
            {
                "id": id,
                "conversation_id": conversation_id,
                "kind": flag.kind,
                "strength": flag.strength,
                "age_band": age_band,
                "words": keys.lock(flag.words, "red_flags", "words", id),
                "wants_adult": False,
                "raised_at": now,
            }
        ],
    )


async def want_adult(db: AsyncConnection, conversation_id: str) -> None:
    """The person asks that an adult makes contact."""
    await db.execute(
        update(red_flags).where(red_flags.c.conversation_id == conversation_id).values(wants_adult=True)
    )


async def delete_words(db: AsyncConnection, conversation_id: str) -> None:
    """Remove the words; that something grave was said stays, so that a worker can act on it."""
    await db.execute(
        update(red_flags).where(red_flags.c.conversation_id == conversation_id).values(words=None)
    )


async def raised(db: AsyncConnection, conversation_id: str) -> int:
    """How many flags a conversation has raised."""
    rows = await db.execute(select(red_flags.c.id).where(red_flags.c.conversation_id == conversation_id))
    return len(rows.all())
