"""Accounts of staff: names, roles, hashed passwords and the secrets of code apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import sealed
from bot.store.crypto import Keys
from bot.store.tables.access import staff

ROLES = ("reviewer", "coordinator", "analyst", "admin")
SOURCE = "nb"


@dataclass(frozen=True, slots=True)
class Account:
    """A worker who may sign in, where, and how."""

    name: str
    roles: tuple[str, ...]
    municipalities: tuple[str, ...]
    disabled: bool
    password: str
    must_change: bool
    enrolled: bool  # has a code app
    subject: str | None = None
    language: str = SOURCE
    shown_as: str = ""
    muted: tuple[str, ...] = ()
    full_name: str = ""


def _account(row: Row[Any]) -> Account:
    return Account(
        row.name,
        tuple(row.roles.split()),
        tuple(row.municipalities.split()),
        row.disabled,
        row.password,
        row.must_change,
        row.totp is not None,
        row.subject,
        row.language,
        row.shown_as,
        tuple(row.muted.split()),
        row.full_name or "",
    )


async def add(
    db: AsyncConnection,
    name: str,
    roles: Sequence[str],
    municipalities: Sequence[str],
    password_hash: str,
    now: int,
) -> None:
    """Make an account whose first password must be changed."""
    await db.execute(
        insert(staff),
        [
            {
                "name": name,
                "roles": " ".join(roles),
                "municipalities": " ".join(municipalities),
                "password": password_hash,
                "must_change": True,
                "disabled": False,
                "totp": None,
                "totp_step": 0,
                "subject": None,
                "language": SOURCE,
                "shown_as": "",
                "muted": "",
                "created_at": now,
            }
        ],
    )


async def every(db: AsyncConnection) -> list[Account]:
    """All accounts by name."""
    return [_account(row) for row in await db.execute(select(staff).order_by(staff.c.name))]


async def named(db: AsyncConnection, name: str) -> Account | None:
    """The account of a name."""
    row = (await db.execute(select(staff).where(staff.c.name == name))).first()
    return _account(row) if row else None


async def of_subject(db: AsyncConnection, subject: str) -> Account | None:
    """The account that is tied to somebody at the provider of sign-in."""
    row = (await db.execute(select(staff).where(staff.c.subject == subject))).first()
    return _account(row) if row else None


async def change(db: AsyncConnection, name: str, **values: Any) -> bool:
    """Set columns of an account; lists are joined by spaces. False where there is none of that name."""
    held = {key: " ".join(each) if isinstance(each, list | tuple) else each for key, each in values.items()}
    return (await db.execute(update(staff).where(staff.c.name == name).values(**held))).rowcount > 0


# --- the code app ---------------------------------------------------------------------------------


async def secret(db: AsyncConnection, keys: Keys, name: str) -> tuple[str, int] | None:
    """The secret of an account's code app and the last step whose code was used."""
    row = (await db.execute(select(staff).where(staff.c.name == name))).mappings().first()
    opened = sealed.unlock(keys, staff, "totp", dict(row)) if row else None
    return (opened, row["totp_step"]) if row and opened else None


async def enrol(db: AsyncConnection, keys: Keys, name: str, totp: str, step: int) -> None:
    """Keep the secret of a code app, and the step of the code that showed it works."""
    locked = keys.lock(totp, *sealed.place(staff, "totp", {"name": name}))
    await change(db, name, totp=locked, totp_step=step)


async def use_step(db: AsyncConnection, name: str, step: int) -> bool:
    """Use up a step of the code app; False where it, or a later one, was used before."""
    newer = update(staff).where(staff.c.name == name, staff.c.totp_step < step).values(totp_step=step)
    return (await db.execute(newer)).rowcount > 0
