"""An application as a value: who stands behind it, the measures it offers, and what each costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Partner:
    """A body behind an application; `kind` is one of `call.KINDS`. The first partner leads.

    `id` stays when the name is corrected; what was written before there were ids is known by its name.
    """

    name: str
    kind: str
    confirmed: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What money pays for, in units of `places` at `unit_cost` øre each.

    In a period it gets no units, or from `least` to `most`. It meets some needs, of people in some of
    the call's targets, of these ages (both included) and districts (none: all).
    """

    key: str
    name: str
    needs: tuple[str, ...]
    unit_cost: int
    places: int
    least: int
    most: int
    periods: tuple[str, ...]
    targets: tuple[str, ...]
    youngest: int = 0
    oldest: int = 120
    districts: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    since: date | None = None
    after: str = ""  # what happens when the money ends


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the budget: a kind of cost of the call, what it is, and øre for all periods."""

    kind: str
    what: str
    money: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that is to be done by a day."""

    by: date
    what: str


@dataclass(frozen=True, slots=True)
class Application:
    """What a group of bodies asks for in a call; all of it as they wrote it, right or wrong."""

    title: str
    contact: str
    partners: tuple[Partner, ...] = ()
    measures: tuple[Measure, ...] = ()
    budget: tuple[Line, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    earlier_grants: tuple[str, ...] = ()
    own_accounts: bool = False
