"""Whom a measure reaches: kinds of people, told apart only as finely as the call's measures need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.allocation.application import Measure
from bot.allocation.call import OLDEST, Call, Target

FAMILY, YOUTH = "family", "youth"
UNSAID = "unsaid"
JOINED = (12, 15)  # published as one band everywhere, whatever a municipality's age limit is


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of people: what they told of themselves that a measure may be limited by; None is unsaid.

    `short` of money is everybody but those who said they have enough: the question is never required.
    """

    group: str | None
    ages: tuple[int, int] | None
    short: bool
    municipality: str
    district: str | None

    def name(self, *, places: bool) -> str:
        """Its name in an allocation: with where they live only where a measure asks for it."""
        ages = f"{self.ages[0]}-{self.ages[1]}" if self.ages else UNSAID
        told = [self.group or UNSAID]
        told += [ages] if self.group == YOUTH else []
        told += ["short"] if self.group == FAMILY and self.short else []
        where = f"/{self.municipality}/{self.district or UNSAID}" if places else ""
        return " ".join(told) + where  # what is reported by group goes as far as the slash


def cuts_places(measures: Iterable[Measure]) -> bool:
    """Whether any measure is for some districts or municipalities alone."""
    return any(measure.districts for measure in measures)


def cuts_joined(measures: Iterable[Measure]) -> bool:
    """Whether any measure parts those of 12 to 15 by age, so that their bands must be told apart."""
    return any(
        JOINED[0] < each.youngest <= JOINED[1] or JOINED[0] <= each.oldest < JOINED[1] for each in measures
    )


def reaches(call: Call, measure: Measure, kind: Kind) -> bool:
    """Whether a measure is for people of a kind."""
    if measure.districts and not {kind.municipality, kind.district} & set(measure.districts):
        return False
    return any(_is_for(measure, target, kind) for target in call.targets if target.key in measure.targets)


def _is_for(measure: Measure, target: Target, kind: Kind) -> bool:
    if target.group != kind.group or (target.low_income and not kind.short):
        return False
    return kind.group == FAMILY or _ages_fit(measure, target, kind.ages)


def _ages_fit(measure: Measure, target: Target, ages: tuple[int, int] | None) -> bool:
    """All of a band is reached, or none: a place must never be given to who may not take it."""
    youngest, oldest = max(measure.youngest, target.youngest), min(measure.oldest, target.oldest)
    if ages is None:
        return (measure.youngest, measure.oldest) == (0, OLDEST)
    return youngest <= ages[0] and ages[1] <= oldest
