"""Tokens of the data API: of each only a digest is kept, and whose counts it opens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.access import api_tokens


@dataclass(frozen=True, slots=True)
class Token:
    """What a program may read with."""

    name: str
    municipalities: tuple[str, ...]
    disabled: bool


def _digest(token: str) -> str:
    """A token is long and random: a digest without a key gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()


async def add(db: AsyncConnection, name: str, token: str, municipalities: Sequence[str], now: int) -> None:
    """Keep a new token."""
    row = {"name": name, "hash": _digest(token), "municipalities": " ".join(municipalities)}
    await db.execute(insert(api_tokens), [{**row, "disabled": False, "created_at": now}])


async def every(db: AsyncConnection) -> list[Token]:
    """All tokens by name."""
    query = select(api_tokens).order_by(api_tokens.c.name)
    return [
        Token(row.name, tuple(row.municipalities.split()), row.disabled) for row in await db.execute(query)
    ]


async def shown(db: AsyncConnection, token: str) -> Token | None:
    """What a token that is shown opens; None where it is unknown or disabled."""
    held = (api_tokens.c.hash == _digest(token), api_tokens.c.disabled.is_(False))
    row = (await db.execute(select(api_tokens).where(*held))).first()
    return Token(row.name, tuple(row.municipalities.split()), row.disabled) if row else None


async def disable(db: AsyncConnection, name: str) -> bool:
    """Let a token open nothing any more; False where there is none of that name."""
    here = api_tokens.c.name == name
    return (await db.execute(update(api_tokens).where(here).values(disabled=True))).rowcount > 0
