"""Accounts of staff: names, roles and hashed passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.access import staff

ROLES = ("reviewer", "coordinator", "analyst", "admin")


@dataclass(frozen=True, slots=True)
class Account:
    """A worker who may sign in, and where."""

    name: str
    role: str
    municipalities: tuple[str, ...]
    disabled: bool


async def add(
    db: AsyncConnection, name: str, role: str, municipalities: Sequence[str], password_hash: str, now: int
) -> None:
    """Make an account whose first password must be changed."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a role; the roles are {', '.join(ROLES)}")
    await db.execute(
        insert(staff),
        [
            {
                "name": name,
                "role": role,
                "municipalities": " ".join(municipalities),
                "password": password_hash,
                "must_change": True,
                "disabled": False,
                "created_at": now,
            }
        ],
    )


async def every(db: AsyncConnection) -> list[Account]:
    """All accounts by name."""
    return [
        Account(row.name, row.role, tuple(row.municipalities.split()), row.disabled)
        for row in await db.execute(select(staff).order_by(staff.c.name))
    ]


async def disable(db: AsyncConnection, name: str) -> bool:
    """Stop an account from signing in; False where there is none of that name."""
    changed = await db.execute(update(staff).where(staff.c.name == name).values(disabled=True))
    return changed.rowcount > 0


async def reset(db: AsyncConnection, name: str, password_hash: str) -> bool:
    """Give an account a new first password; False where there is none of that name."""
    values = {"password": password_hash, "must_change": True}
    changed = await db.execute(update(staff).where(staff.c.name == name).values(**values))
    return changed.rowcount > 0
