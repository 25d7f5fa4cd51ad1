"""Municipalities as data: what each has decided, its districts, services and staffed hours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dialogs.model import Municipality
from dialogs.needs import HelpLine

HERE = Path(__file__).parent
OSLO = ZoneInfo("Europe/Oslo")
HELP_LINES = "helplines.toml"


class WrongMunicipality(Exception):
    """A municipality's file is not as it should be; the text names the file and the fault."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Days of the week (0 is Monday) and the hours in which somebody reads."""

    days: tuple[int, ...]
    opens: time
    closes: time

    def hold(self, at: datetime) -> bool:
        """Whether a time falls within these hours, by the clock on the wall in Norway."""
        local = at.astimezone(OSLO)
        return local.weekday() in self.days and self.opens <= local.time() < self.closes


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as the conversation knows it, and when its staff read."""

    municipality: Municipality
    hours: tuple[Hours, ...]

    def staffed(self, at: datetime) -> bool:
        """Whether somebody reads at this time."""
        return any(each.hold(at) for each in self.hours)


def load(own: Path | None = None) -> dict[str, Place]:
    """All municipalities by key; a file in `own` takes the place of one in the package."""
    folders = (HERE, own) if own else (HERE,)
    lines = tuple(HelpLine(**row) for row in _read(_found(folders, HELP_LINES))["lines"])
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    return {key: _place(key, path, lines) for key, path in files.items() if path.name != HELP_LINES}


def _found(folders: tuple[Path, ...], name: str) -> Path:
    return next(folder / name for folder in reversed(folders) if (folder / name).exists())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongMunicipality(f"{path.name}: {error}") from error


def _place(key: str, path: Path, lines: tuple[HelpLine, ...]) -> Place:
    held = _read(path)
    try:
        hours = tuple(
            Hours(tuple(row["days"]), time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))
            for row in held.pop("hours", ())
        )
        return Place(Municipality(key=key, help_lines=lines, **held), hours)
    except (KeyError, TypeError, ValueError) as error:
        raise WrongMunicipality(f"{path.name}: {error}") from error
