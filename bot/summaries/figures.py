"""The nouns of a summary: voices, the grid of all that is counted, a figure and a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

ALL = ""  # all municipalities together
ANY = ""  # whatever the need
UNSAID = "unsaid"
PEOPLE, FIRST, WITHOUT_FLOODS, UNSENT = "people", "first", "without_floods", "unsent"
COUNTED = (PEOPLE, FIRST, WITHOUT_FLOODS, UNSENT)
DISTRICT, AGE_BAND, GROUP, MONEY = "district", "age_band", "group", "money"
SPLITS = (DISTRICT, AGE_BAND, GROUP, MONEY)
QUESTION = "question"  # the one split of who stopped before sending
# One list for every municipality: what lies below an age limit is joined, so that any two can be compared.
AGE_BANDS = ("12-15", "16-17", "18-24", "under_25", "25+", UNSAID)
GROUPS = ("youth", "family", UNSAID)
MONEY_SAID = ("no", "sometimes", "yes", UNSAID)
JOINED = "12-15"


class Key(NamedTuple):
    """Which people a figure counts."""

    half_year: str
    place: str
    need: str = ANY
    split: str = ""
    part: str = ""
    counted: str = PEOPLE


@dataclass(frozen=True, slots=True)
class Voices:
    """So many people of one place and half-year who told the same; what they need first stands first."""

    half_year: str
    place: str
    district: str | None
    age_band: str | None
    group: str | None
    money: str | None
    flagged: bool
    needs: tuple[str, ...]
    people: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality and its districts, as keys."""

    key: str
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """All that is counted, whether anybody asked or not: what is listed must tell nothing of who answered.

    `topics` holds the categories of each topic; `loose` are categories without one. `questions` are where
    people may stop before they send; that is known of the last half-year alone, and of each place by itself.
    """

    half_years: tuple[str, ...]
    places: tuple[Place, ...]
    topics: Mapping[str, tuple[str, ...]]
    loose: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category, topic by topic."""
        return (*(category for held in self.topics.values() for category in held), *self.loose)

    @property
    def needs(self) -> tuple[str, ...]:
        """Every topic and category."""
        return (*self.topics, *self.categories)

    @property
    def scope(self) -> tuple[Place, ...]:
        """All places together where there are several, and each place."""
        return (Place(ALL), *self.places) if len(self.places) > 1 else self.places

    def every_key(self) -> Iterator[Key]:
        """The key of every figure, in the order they are shown."""
        for year in self.half_years:
            for place in self.scope:
                yield from self.keys_of(year, place)

    def keys_of(self, year: str, place: Place) -> Iterator[Key]:
        """The keys of one half-year in one place."""
        for need in (ANY, *self.needs):
            for split, part in (("", ""), *splits(place)):
                key = Key(year, place.key, need, split, part)
                yield key
                yield key._replace(counted=WITHOUT_FLOODS)
        for need in self.categories:
            yield Key(year, place.key, need, counted=FIRST)
        yield from self.stops(year, place)

    def stops(self, year: str, place: Place) -> Iterator[Key]:
        """Who stopped before sending, and at which question."""
        if self.questions and place.key != ALL and year == self.half_years[-1]:
            unsent = Key(year, place.key, counted=UNSENT)
            yield unsent
            for question in self.questions:
                yield unsent._replace(split=QUESTION, part=question)


def splits(place: Place) -> Iterator[tuple[str, str]]:
    """Each way people are told apart in a place, with each of its parts."""
    for split in SPLITS:
        for part in parts(place, split):
            yield split, part


def parts(place: Place, split: str) -> tuple[str, ...]:
    """The parts of one split; no districts where a municipality has none, or for all together."""
    if split == DISTRICT:
        return (*place.districts, UNSAID) if place.districts else ()
    return {AGE_BAND: AGE_BANDS, GROUP: GROUPS, MONEY: MONEY_SAID}[split]


def joined(band: str | None) -> str | None:
    """An age band as it is counted: everything from 12 to 15 is one, wherever a municipality cuts."""
    if band is None or not band[:2].isdigit():
        return band
    return JOINED if int(band[:2]) < 16 else band


def half_year(day: date) -> str:
    """The half-year of a day: 2026-1 ends with June."""
    return f"{day.year}-{1 if day.month < 7 else 2}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is published, or left out; `as_of` is the day it was true."""

    key: Key
    people: int | None
    as_of: date | None = None


@dataclass(frozen=True)
class Release:
    """What was published at one time; every format and page shows this and nothing else.

    `limit` is the fewest people a number may stand for; `words` are the questions as they were asked, by
    id; `notices` are the marks of the notices people were shown, by place.
    """

    number: int
    released_on: date
    limit: int
    grid: Grid
    figures: tuple[Figure, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_key(self) -> dict[Key, Figure]:
        return {figure.key: figure for figure in self.figures}

    def figure(self, key: Key) -> Figure:
        """The figure of a key; one outside the grid is left out like any other."""
        return self._by_key.get(key) or Figure(key, None)

    def people(self, key: Key) -> int | None:
        """How many people, or None where it is left out."""
        return self.figure(key).people

    @property
    def left_out(self) -> int:
        """How many figures of the grid are not shown."""
        return sum(figure.people is None for figure in self.figures)

    def seen(self, place: str, until: str) -> Release:
        """The same figures of one place, or of all together, up to a half-year: what one page shows."""
        grid = self.grid
        years = grid.half_years[: grid.half_years.index(until) + 1]
        places = tuple(each for each in grid.places if place in (ALL, each.key))
        questions = grid.questions if until == grid.half_years[-1] else ()
        kept = (each for each in self.figures if each.key.half_year in years)
        return replace(
            self,
            grid=replace(grid, half_years=years, places=places, questions=questions),
            figures=tuple(each for each in kept if place in (ALL, each.key.place)),
            notices={key: mark for key, mark in self.notices.items() if place in (ALL, key)},
        )
