"""Accounts of staff: made, changed, reset and stopped here, by the command line and the pages alike."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.intake import World
from bot.mistakes import Mistake
from bot.store import audit, signins, staff
from bot.store.audit import Deed, Scribe
from bot.store.engine import in_turn
from bot.store.staff import ROLES, Account

PASSWORD_LENGTH = 16  # of 32 characters: 80 bits
SHORTEST, LONGEST = 12, 256  # of a password of one's own
# It stands in the addresses of the pages: one with a slash in it could be made and never be stopped there.
_LETTERS = "0-9A-Za-zÀ-ÖØ-öø-ſȘ-țḀ-ỿ"  # Latin alone: another script has letters that look the same
NAME = re.compile(rf"[{_LETTERS}_][{_LETTERS}_.@+'-]{{0,63}}")
SHOWN = re.compile(rf"[{_LETTERS} .,'’()&/@+_-]+")
FIRST = "admin"
CONSOLE = "command line"  # who did it, where nobody signed in; no account can have a space in its name
NewCode = Callable[[int], str]
_hashes = PasswordHash.recommended()  # argon2id, with the parameters its authors recommend


def console(world: World) -> Scribe:
    """Who lines in the log are written by where nobody signs in."""
    return Scribe(world.keys, CONSOLE, world.new_id, world.now)


class WrongAccount(Mistake):
    """This can not be done with this account; the text says why."""


async def add(
    db: AsyncConnection,
    by: Scribe,
    name: str,
    roles: Sequence[str],
    municipalities: Sequence[str],
    new_code: NewCode,
) -> str:
    """Make an account and return its one-time password."""
    _must_be_roles(roles)
    if not NAME.fullmatch(name):
        raise WrongAccount(
            "a name has 1 to 64 Latin letters and digits, no spaces, and only the signs . @ + ' _ -"
        )
    if await staff.named(db, name):
        raise WrongAccount(f"{name} has an account already")
    await must_be_clear(db, name)
    password = new_code(PASSWORD_LENGTH)
    await staff.add(db, name, roles, municipalities, await hashed(password), by.now())
    await audit.note(db, by, Deed("add", "account", name, reason=_told(roles, municipalities)))
    return password


async def must_be_clear(db: AsyncConnection, name: str, whose: str = "") -> None:
    """Refuse a name that somebody could take for another worker's."""
    await in_turn(db, "names of staff")
    if not SHOWN.fullmatch(unicodedata.normalize("NFC", name)):
        raise WrongAccount("a name has Latin letters, digits and spaces")
    for each in await staff.every(db):
        if each.name != whose and _alike(name) in map(_alike, (each.name, each.shown_as, each.full_name)):
            raise WrongAccount(f"{name} looks like the name of another worker")


def _alike(name: str) -> str:
    """What is the same of names that look the same."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("ı", "i").casefold().split())


def _must_be_roles(roles: Sequence[str]) -> None:
    if not roles or set(roles) - set(ROLES):
        raise WrongAccount(f"{' '.join(roles) or 'none'} is not a role; the roles are {', '.join(ROLES)}")


def _told(roles: Sequence[str], municipalities: Sequence[str]) -> str:
    return f"{', '.join(roles)}: {', '.join(municipalities)}"


def given(reason: str) -> tuple[list[str], list[str]] | None:
    """The roles and municipalities an account was given, as the log tells it; None where it tells none."""
    roles, colon, places = reason.partition(": ")
    given = roles.split(", ")
    return (given, places.split(", ")) if colon and set(given) <= set(ROLES) else None


async def add_first(
    db: AsyncConnection, by: Scribe, municipalities: Sequence[str], new_code: NewCode
) -> tuple[str, str] | None:
    """The name and one-time password of a first account; None where there are accounts already."""
    if await staff.every(db):
        return None
    return FIRST, await add(db, by, FIRST, ROLES, municipalities, new_code)


async def reset(db: AsyncConnection, by: Scribe, name: str, new_code: NewCode) -> str:
    """Give an account a new one-time password; its code app and recovery codes must be made anew too."""
    password = new_code(PASSWORD_LENGTH)
    await _change(db, by, "reset", name, password=await hashed(password), must_change=True, totp=None)
    await signins.keep_codes(db, name, ())
    return password


async def disable(db: AsyncConnection, by: Scribe, name: str) -> None:
    """Stop an account from signing in, at once."""
    await _change(db, by, "disable", name, disabled=True)


async def enable(db: AsyncConnection, by: Scribe, name: str) -> None:
    """Let an account that was stopped sign in again."""
    await _change(db, by, "enable", name, disabled=False)


async def assign(
    db: AsyncConnection, by: Scribe, name: str, roles: Sequence[str], municipalities: Sequence[str]
) -> None:
    """Give an account other roles and municipalities."""
    _must_be_roles(roles)
    told = _told(roles, municipalities)
    await _change(db, by, "assign", name, told, roles=roles, municipalities=municipalities)


async def tie(db: AsyncConnection, by: Scribe, name: str, subject: str) -> None:
    """Tie an account to somebody at the provider of sign-in; an empty subject unties it."""
    try:
        await _change(db, by, "tie", name, subject=subject or None)
    except IntegrityError as error:
        raise WrongAccount("another account is tied to this subject") from error


async def _change(
    db: AsyncConnection, by: Scribe, act: str, name: str, reason: str | None = None, **values: Any
) -> None:
    """Change an account: who is signed in with it must sign in anew."""
    if not await staff.change(db, name, **values):
        raise WrongAccount(f"{name} has no account")
    await signins.end_all(db, name)
    await audit.note(db, by, Deed(act, "account", name, reason=reason))


async def working(db: AsyncConnection, name: str) -> Account:
    """The account of a named human who takes responsibility for something."""
    found = await staff.named(db, name)
    if found is None or found.disabled:
        raise WrongAccount(f"{name} has no account that may sign in")
    return found


# --- passwords: a hash takes long on purpose, so it is never made on the event loop -------------------


async def hashed(password: str) -> str:
    """A password as it is kept."""
    return await asyncio.to_thread(_hashes.hash, password)


async def is_password(account: Account | None, password: str) -> bool:
    """Whether this is the password of an account; an unknown one takes as long to refuse."""
    held = account.password if account else await asyncio.to_thread(_of_nobody)
    return await asyncio.to_thread(_hashes.verify, password[:LONGEST], held) and account is not None


@cache
def _of_nobody() -> str:
    return _hashes.hash("")


def weakness(password: str, name: str, old: str) -> str | None:
    """Why a password may not be chosen: "short", "long", "name" or "old"; None where it may."""
    found = {
        "short": len(password) < SHORTEST,
        "long": len(password) > LONGEST,
        "name": name.casefold() in password.casefold(),
        "old": password == old,
    }
    return next((why for why, holds in found.items() if holds), None)
