"""Help lines as data: where each was read, who checked it and when, and what may be said of it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.clock import OSLO
from bot.municipalities.hours import Hours, hold, hours_of, spans
from dialogs.needs import HelpLine
from dialogs.text import Told

CHECKED_DAYS = 90  # duties.md 2.3: an older check is none
FREE = Told("Gratis.", "Gratis.", "Free.")
ALWAYS = Told("Åpent hele døgnet.", "Ope heile døgnet.", "Open day and night.")
OPEN = Told("Åpent nå, til {at}.", "Ope no, til {at}.", "Open now, until {at}.")
CLOSED = Told("Stengt nå.", "Stengt no.", "Closed now.")
OPENS = Told("Stengt nå, åpner {at}.", "Stengt no, opnar {at}.", "Closed now, opens at {at}.")


@dataclass(frozen=True, slots=True)
class Line:
    """A help line as a file holds it.

    `hours` and `always_open` are claims; they are told only when a named human has checked them lately.
    A line that is not `enabled` is known but shown to nobody.
    """

    id: str
    name: Told
    reach: str
    about: Told
    source: str
    kinds: tuple[str, ...] = ()
    youngest: int = 0
    oldest: int = 120
    free: bool = False
    channels: tuple[str, ...] = ("phone",)
    always_open: bool = False
    hours: tuple[Hours, ...] = ()
    verified_on: date | None = None
    verified_by: str = ""
    enabled: bool = True

    def checked(self, today: date) -> bool:
        """Whether a named human has looked at its source within 90 days."""
        if self.verified_on is None or not self.verified_by.strip():
            return False
        return timedelta() <= today - self.verified_on <= timedelta(days=CHECKED_DAYS)

    def told(self, at: datetime | None) -> HelpLine:
        """The line as a person is told of it; without a time, or unchecked, nothing is said of hours."""
        known = at if at and self.checked(at.astimezone(OSLO).date()) else None
        parts = (self.about, *((FREE,) if self.free else ()), *(self._hours(known) if known else ()))
        return HelpLine(
            id=self.id,
            name=self.name,
            reach=self.reach,
            about=_joined(parts),
            kinds=self.kinds,
            youngest=self.youngest,
            oldest=self.oldest,
            always_open=self.always_open,
            closed=known is not None and self._is_closed(known),
        )

    def _is_closed(self, at: datetime) -> bool:
        return bool(self.hours) and not self.always_open and not hold(self.hours, at)

    def _hours(self, at: datetime) -> tuple[Told, ...]:
        if self.always_open:
            return (ALWAYS,)
        first = next(spans(self.hours, at), None)
        if first is None:
            return (CLOSED,) if self.hours else ()
        opens, closes = first
        if opens <= at:
            return (_at(OPEN, closes),)
        same_day = opens.astimezone(OSLO).date() == at.astimezone(OSLO).date()
        return (_at(OPENS, opens) if same_day else CLOSED,)


def line_of(row: Mapping[str, Any]) -> Line:
    """A line as it is written in a file; raises KeyError, TypeError or ValueError where it is not."""
    held: dict[str, Any] = {**row, "hours": hours_of(row.get("hours", ()))}
    held |= {name: Told(**row[name]) for name in ("name", "about")}
    held |= {name: tuple(row[name]) for name in ("kinds", "channels") if name in row}
    return Line(**held)


def shown(lines: Sequence[Line], at: datetime | None) -> tuple[HelpLine, ...]:
    """The lines that are turned on, as they are told at a time."""
    return tuple(line.told(at) for line in lines if line.enabled)


def unchecked(lines: Sequence[Line], at: datetime) -> tuple[str, ...]:
    """The ids of lines that are shown although nobody has checked them lately."""
    today = at.astimezone(OSLO).date()
    return tuple(line.id for line in lines if line.enabled and not line.checked(today))


def _at(told: Told, moment: datetime) -> Told:
    clock = moment.astimezone(OSLO).strftime("%H.%M")
    return Told(told.nb.format(at=clock), told.nn.format(at=clock), told.en.format(at=clock))


def _joined(parts: Sequence[Told]) -> Told:
    return Told(*(" ".join(getattr(part, language) for part in parts) for language in ("nb", "nn", "en")))
