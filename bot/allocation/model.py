"""The nouns of an allocation: who asked for what, what money can buy within which limits, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

# What decides between equals, in the order that a call without one of its own has. A lot ends it.
LOT = "lot"
TIES = ("unit_cost", "asked", "first", LOT)

# Why no more of a measure is funded. The first three are a measure's own, the others are a cap of the call.
CapKind: TypeAlias = Literal[
    "asked",  # everybody who asked for it has a place already
    "most",  # its own capacity is used
    "applicant",  # its applicant has reached the cap of every period
    "period",  # the money of its periods is used
    "source",  # no source of money that may pay for it has enough left
    "slots",  # as many applicants as the call allows were chosen before it
    "money",  # what is left of the whole is less than it costs
    "rule",  # it would fit; the rule stops before it
]


@dataclass(frozen=True, slots=True)
class Voices:
    """How many people asked for exactly the same, which of it they need first, and their target group."""

    asks: frozenset[str]
    group: str
    people: int
    first: str | None = None  # of their asks; it decides between equals at most


@dataclass(frozen=True, slots=True)
class Attester:
    """Whose codes let people in: the name of a place, where it has one that may be told, and their voices."""

    name: str | None
    voices: tuple[Voices, ...]

    @property
    def people(self) -> int:
        return sum(each.people for each in self.voices)


@dataclass(frozen=True, slots=True)
class Measure:
    """What money can buy, in units. All money is in øre; `least` and `most` are units in one period."""

    id: str
    applicant: str
    needs: frozenset[str]
    cost: int
    groups: frozenset[str] | None = None  # whom it reaches; None: everybody
    places: int | None = 1  # people whom one unit serves; None: all who asked
    least: int = 1
    most: int = 1
    periods: tuple[int, ...] = (0,)
    purposes: frozenset[str] = frozenset()
    tier: int = 0  # tiers get their money in order, 0 first


@dataclass(frozen=True, slots=True)
class Source:
    """One of the sources a pot is merged of, and what it may pay for (none: anything)."""

    id: str
    money: int
    purposes: frozenset[str] = frozenset()

    def pays(self, measure: Measure) -> bool:
        return not self.purposes or bool(self.purposes & measure.purposes)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much money there is and what it may not exceed; a limit that is None does not bind."""

    money: int
    periods: tuple[int | None, ...] = (None,)
    cap: int | None = None  # to one applicant in one period
    applicants: int | None = None  # this many get money at most
    fill: Fraction = Fraction(1, 2)  # the share of new places that somebody must have asked for
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """All that an allocation follows from. `seed` draws lots between what is equal; None: the smallest id."""

    voices: tuple[Voices, ...]
    measures: tuple[Measure, ...]
    limits: Limits
    seed: str | None = None
    ties: tuple[str, ...] = TIES

    @property
    def people(self) -> int:
        """Everybody who asked for something: each has an equal share in the money."""
        return sum(voices.people for voices in self.voices if voices.asks)


class Lot(NamedTuple):
    """Units of a measure that are bought together in one period."""

    measure: int
    period: int
    units: int
    cost: int


class Cap(NamedTuple):
    """What stops a measure, and the period where it does so."""

    kind: CapKind
    period: int | None = None


class Standing(NamedTuple):
    """Where a measure stood when a choice was made: how many asked, and the price a person if people pay."""

    measure: int
    asking: int
    price: Fraction | None = None


class Step(NamedTuple):
    """One purchase, and why it was made before any other."""

    phase: str
    lot: Lot
    standing: Standing
    following: Standing | None  # the next best
    ties: tuple[int, ...] = ()  # measures that stood equal, and came after by what decides between equals
    payers: int = 0  # people who paid, where people pay; fewer than asked where some had nothing left
    met: int = 0  # asks that the new places meet


@dataclass(slots=True)
class Outcome:
    """What a rule chose, in order, and the cap that stopped each measure in the end."""

    steps: list[Step] = field(default_factory=list)
    stopped: dict[int, Cap] = field(default_factory=dict)
    chosen: tuple[str, ...] | None = None  # the applicants, where the call's number of them decided

    @property
    def cost(self) -> int:
        return sum(step.lot.cost for step in self.steps)
