"""Who is told that something waits, when, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.municipalities.hours import Hours, hold, hours_of

FLAG, ANSWER, NEED = "flag", "answer", "need"
SUBJECTS = (FLAG, ANSWER, NEED)


@dataclass(frozen=True, slots=True)
class Duty:
    """One who is on duty: `order` 1 is told first; `wants` is what they chose to be told of."""

    name: str
    order: int
    hours: tuple[Hours, ...]
    mail: str = ""
    wants: tuple[str, ...] = (FLAG,)

    def on(self, at: datetime) -> bool:
        """Whether this person is on duty at a time."""
        return hold(self.hours, at)


def roster_of(rows: Iterable[Mapping[str, Any]], staffed: tuple[Hours, ...]) -> tuple[Duty, ...]:
    """A roster as it is written in a file, first to be told first; without hours, those that are staffed."""
    found = tuple(_duty(dict(row), staffed) for row in rows)
    if len({duty.name for duty in found}) != len(found):
        raise ValueError("two in the roster have the same name")
    return tuple(sorted(found, key=lambda duty: (duty.order, duty.name)))


def _duty(row: dict[str, Any], staffed: tuple[Hours, ...]) -> Duty:
    hours = hours_of(row.pop("hours", ())) or staffed
    wants = tuple(row.pop("wants", (FLAG,)))
    if unknown := set(wants) - set(SUBJECTS):
        raise ValueError(f"{', '.join(sorted(unknown))} is nothing one is told of; {', '.join(SUBJECTS)} are")
    return Duty(hours=hours, wants=wants, **row)


def told_now(roster: Sequence[Duty], subject: str, step: int, at: datetime) -> tuple[Duty, ...]:
    """Who is told at a step of escalation: those on duty, one more in order at each step; 0 is the first.

    Nobody on duty means nobody is woken: a roster covers the staffed hours, and deadlines run in them.
    """
    awake = [duty for duty in roster if subject in duty.wants and duty.on(at)]
    return tuple(awake[: step + 1])
