"""Accounts of staff: made, reset and stopped here; the first password is shown once and kept as a hash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pwdlib import PasswordHash
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import staff
from bot.store.staff import ROLES, Account

PASSWORD_LENGTH = 16  # of 32 characters: 80 bits
NAME_LENGTH = 64
FIRST = "admin"
_hashes = PasswordHash.recommended()  # argon2id, with the parameters its authors recommend
_NOBODY = _hashes.hash("")


class WrongAccount(Exception):
    """This can not be done with this account; the text says why."""


async def add(
    db: AsyncConnection,
    name: str,
    roles: Sequence[str],
    municipalities: Sequence[str],
    new_code: Callable[[int], str],
    now: int,
) -> str:
    """Make an account and return its one-time password."""
    if not roles or set(roles) - set(ROLES):
        raise WrongAccount(f"{' '.join(roles)} is not a role; the roles are {', '.join(ROLES)}")
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable() or " " in name:
        raise WrongAccount(f"a name has 1 to {NAME_LENGTH} characters and no spaces")
    password = new_code(PASSWORD_LENGTH)
    try:
        await staff.add(db, name, roles, municipalities, _hashes.hash(password), now)
    except IntegrityError as error:
        raise WrongAccount(f"{name} has an account already") from error
    return password


async def add_first(
    db: AsyncConnection, municipalities: Sequence[str], new_code: Callable[[int], str], now: int
) -> tuple[str, str] | None:
    """The name and one-time password of a first account; None where there are accounts already."""
    if await staff.every(db):
        return None
    return FIRST, await add(db, FIRST, ROLES, municipalities, new_code, now)


async def reset(db: AsyncConnection, name: str, new_code: Callable[[int], str]) -> str:
    """Give an account a new one-time password."""
    password = new_code(PASSWORD_LENGTH)
    if not await staff.change(db, name, password=_hashes.hash(password), must_change=True):
        raise WrongAccount(f"{name} has no account")
    return password


async def disable(db: AsyncConnection, name: str) -> None:
    """Stop an account from signing in."""
    if not await staff.change(db, name, disabled=True):
        raise WrongAccount(f"{name} has no account")


async def working(db: AsyncConnection, name: str) -> Account:
    """The account of a named human who takes responsibility for something."""
    found = await staff.named(db, name)
    if found is None or found.disabled:
        raise WrongAccount(f"{name} has no account that may sign in")
    return found


async def is_password(account: Account | None, password: str) -> bool:
    """Whether this is the password of an account; an unknown one takes as long to refuse."""
    held = account.password if account else _NOBODY
    return await asyncio.to_thread(_hashes.verify, password, held) and account is not None
