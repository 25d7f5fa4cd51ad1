"""Apply for money: the same checks for the form and for files, and nothing is counted that they refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import checks, written
from bot.allocation.application import Application
from bot.allocation.checks import Known, Reason
from bot.clock import moment
from bot.funding.files import names_of
from bot.municipalities import Place
from bot.store import applications, calls
from bot.store.applications import Kept
from bot.store.calls import Held
from bot.store.crypto import Keys
from dialogs.text import N_


@dataclass(frozen=True, slots=True)
class Looked:
    """An application as it was understood, and everything that is to be said about it."""

    application: Application
    reasons: tuple[Reason, ...]

    @property
    def refused(self) -> bool:
        """Whether it can not be taken as it is."""
        return checks.refused(self.reasons)


def known(held: Held, places: Mapping[str, Place]) -> Known:
    """What an application in a call may name."""
    call = held.call
    here = [places[key].municipality for key in call.municipalities if key in places]
    districts = [each.key for place in here for each in place.districts]
    return Known(held.needs, (*call.municipalities, *districts))


def look(held: Held, draft: Mapping[str, Any], places: Mapping[str, Place]) -> Looked:
    """Hold what was written against the call, whatever the time."""
    application, unreadable = written.read(draft)
    found = checks.reasons(held.call, application, known(held, places))
    return Looked(application, (*unreadable, *found))


def shut(held: Held, now: int) -> tuple[Reason, ...]:
    """Why a call takes nothing now; nothing where it does."""
    if held.closed_at is not None and not held.call.is_past(moment(now)):
        return (Reason("closed", "about", N_("Utlysningen er lukket.")),)
    return checks.in_time(held.call, moment(now))


async def send(
    db: AsyncConnection, keys: Keys, kept: Kept, places: Mapping[str, Place], now: int
) -> tuple[Reason, ...]:
    """Send a draft where nothing refuses it; returns all that is to be said about it.

    A call whose deadline has passed is closed in the same transaction: no clock opens it again.
    """
    held = await calls.named(db, kept.call)
    late = shut(held, now)
    if held.call.is_past(moment(now)):
        await calls.close(db, keys, kept.call, now)
    looked = look(held, kept.draft, places)
    found = (*late, *looked.reasons)
    if not checks.refused(found) and not await applications.send(db, keys, kept, now):
        return (*found, CHANGED)
    return found


CHANGED = Reason("changed", "about", N_("Noen andre endret søknaden samtidig. Se over den og send på nytt."))


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one application of a file; a new one is opened by its code, refused or not."""

    title: str
    taken: bool
    reasons: tuple[Reason, ...]
    code: str | None
    replaces: str | None = None  # the id of what an earlier file began


async def add(
    db: AsyncConnection,
    keys: Keys,
    held: Held,
    written_down: Sequence[tuple[str, str, Mapping[str, Any]]],
    places: Mapping[str, Place],
    now: int,
) -> list[Added]:
    """Take the applications of a file, each with an id and a code for it if it is new.

    One of the same title and address takes the place of what an earlier file began: a file may be added
    twice. What was begun in the form is left alone, whatever it is called: whoever began it has its code.
    One that is refused is kept as a draft, with its code, to be mended.
    """
    every = await applications.of_call(db, keys, held.call.key)
    there = {names_of(kept.draft): kept.id for kept in every if kept.by_file}
    return [
        await _add(db, keys, held, (there.get(names_of(draft)), fresh, code, draft), places, now)
        for fresh, code, draft in written_down
    ]


async def _add(
    db: AsyncConnection,
    keys: Keys,
    held: Held,
    one: tuple[str | None, str, str, Mapping[str, Any]],
    places: Mapping[str, Place],
    now: int,
) -> Added:
    there, fresh, code, draft = one
    if there is None:
        await applications.begin(db, keys, fresh, held.call.key, code, draft, now, by_file=True)
    kept = await applications.by_id(db, keys, there or fresh)
    assert kept is not None  # it was just begun, or found
    await applications.save(db, keys, kept, draft, now)
    found = await send(db, keys, replace(kept, draft=draft, version=kept.version + 1), places, now)
    taken = not checks.refused(found)
    return Added(names_of(draft)[0], taken, found, None if there else code, there)
