"""Municipalities as data: what each has decided, its districts, services, help lines and who is on duty."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.mistakes import Mistake
from bot.municipalities.ground import Ground, ground_of
from bot.municipalities.hours import Hours, after_worked, covers, hold, hours_of
from bot.municipalities.lines import Line, line_of, shown, unchecked
from bot.municipalities.outside import Outside, outside_of
from bot.municipalities.roster import FLAG, Duty, roster_of
from dialogs.model import Municipality

HERE = Path(__file__).parent
HELP_LINES = "helplines.toml"
AFTER_HOURS = "nav_after_hours"  # the id of a municipality's own line for who has nowhere to sleep tonight
SEEN_WITHIN = timedelta(minutes=30)  # of staffed time; duties.md 2.2, rule 6


class WrongMunicipality(Mistake):
    """A municipality's file is not as it should be; the text names the file and the fault."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A municipality as the conversation knows it, and what only the rest of the house needs of it."""

    municipality: Municipality
    hours: tuple[Hours, ...]
    lines: tuple[Line, ...] = ()
    roster: tuple[Duty, ...] = ()
    ground: Ground = field(default_factory=Ground)
    outside: tuple[Outside, ...] = ()
    public: bool = False  # whether its published counts and decisions stand on a page for everybody
    organisation: str = ""  # its number in Enhetsregisteret: who publishes, for catalogues of open data
    contact: str = ""  # where somebody answers for its pages and its open data, as https: or mailto:
    invented: bool = False  # one of the package's own, for demo and test

    def staffed(self, at: datetime) -> bool:
        """Whether somebody reads at this time."""
        return _staffed(self, _minute(at))

    def soon(self, at: datetime) -> bool:
        """Whether a grave message of this time is seen within half an hour."""
        return _soon(self, _minute(at))

    def seen_by(self, raised: datetime) -> datetime:
        """When a grave message must have been seen: after 30 minutes in which somebody reads."""
        return after_worked(self.hours, raised, SEEN_WITHIN) or raised + SEEN_WITHIN

    def at(self, moment: datetime) -> Municipality:
        """The municipality with its help lines as they are told at a time."""
        return _at(self, _minute(moment))


# Asked at every message, and the same for all of a minute: hours begin and end on one.


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


@lru_cache(maxsize=64)
def _staffed(place: Place, minute: datetime) -> bool:
    return hold(place.hours, minute)


@lru_cache(maxsize=64)
def _soon(place: Place, minute: datetime) -> bool:
    last = minute + timedelta(seconds=59, microseconds=999_999)  # what is told holds for all of the minute
    return place.seen_by(last) - last <= SEEN_WITHIN


@lru_cache(maxsize=64)
def _at(place: Place, minute: datetime) -> Municipality:
    return place.municipality.model_copy(update={"help_lines": shown(place.lines, minute)})


def lacks(place: Place, at: datetime) -> tuple[str, ...]:
    """What keeps a municipality from real people, each in a clear sentence."""
    invented = "it is the package's own demo: give it a file of its own in LYTT_MUNICIPALITIES_DIR"
    found = [*((invented,) if place.invented else ()), *place.ground.lacks()]
    if not place.hours:
        found.append("say in [[hours]] when somebody reads")
    if old := unchecked(place.lines, at):
        found.append(f"let a named person check these help lines (older than 90 days): {', '.join(old)}")
    if not place.contact:
        found.append("say how to reach who answers for its pages (contact): /tilgjengelighet shows it")
    if place.public and place.ground.appeal is None:
        found.append("say in [ground] how to complain about a decision (appeal): its public page shows it")
    if AFTER_HOURS not in {line.id for line in place.lines}:
        found.append(f"name in [[lines]] who helps at night without a bed (id {AFTER_HOURS})")
    return (*found, *_roster_lacks(place, at))


def _roster_lacks(place: Place, at: datetime) -> tuple[str, ...]:
    told = [duty for duty in place.roster if FLAG in duty.wants]
    if not told:
        return ("say in [[roster]] who is told of a grave message",)
    open_at = covers([hours for duty in told for hours in duty.hours], place.hours, at)
    if open_at is None:
        return ()
    return (f"nobody in [[roster]] is told of a grave message at {open_at:%Y-%m-%d %H:%M} UTC",)


def load(own: Path | None = None) -> dict[str, Place]:
    """All municipalities by key; a file in `own` takes the place of one in the package."""
    folders = (HERE, own) if own else (HERE,)
    lines = _lines(_found(folders, HELP_LINES))
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    return {key: _place(key, path, lines) for key, path in files.items() if path.name != HELP_LINES}


def _found(folders: tuple[Path, ...], name: str) -> Path:
    return next(folder / name for folder in reversed(folders) if (folder / name).exists())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongMunicipality(f"{path.name}: {error}") from error


def _lines(path: Path) -> tuple[Line, ...]:
    held = _read(path)
    try:
        return tuple(line_of(row) for row in held["lines"])
    except (KeyError, TypeError, ValueError) as error:
        raise WrongMunicipality(f"{path.name}: {error}") from error


def _place(key: str, path: Path, shared: tuple[Line, ...]) -> Place:
    held = _read(path)
    try:
        hours = hours_of(held.pop("hours", ()))
        lines = (*shared, *(line_of(row) for row in held.pop("lines", ())))
        roster = roster_of(held.pop("roster", ()), hours)
        ground = ground_of(held.pop("ground", {}))
        outside = outside_of(held.pop("outside", ()))
        public = held.pop("public", False) is True
        organisation, contact = str(held.pop("organisation", "")), _contact(held.pop("contact", ""))
        asked = Municipality(key=key, help_lines=shown(lines, None), notice=_mark(held, ground), **held)
    except (KeyError, TypeError, ValueError) as error:
        raise WrongMunicipality(f"{path.name}: {error}") from error
    invented = path.parent == HERE
    return Place(
        *(asked, hours, lines, roster, ground, outside, public),
        organisation=organisation,
        contact=contact,
        invented=invented,
    )


def _contact(written: object) -> str:
    """An address that a page can lead to; raises ValueError where it is another kind."""
    address = str(written)
    if address and not address.startswith(("https:", "mailto:")):
        raise ValueError("contact must begin with https: or mailto:")
    return address


def _mark(held: dict[str, Any], ground: Ground) -> str:
    """A mark of what the notice says beside its texts: another mark, and the notice is shown again."""
    said = repr((held.get("name"), held.get("staffed"), replace(ground, dpia_ref="", appeal=None)))
    return hashlib.sha256(said.encode()).hexdigest()[:8]
