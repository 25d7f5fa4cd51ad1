"""What adds up: every equation that holds between the figures of a summary, whoever answered.

Beside the figures stand groups that are never shown but follow from two that are: who did not ask ("not"),
who asked within a topic but for other kinds ("else"), how often people were counted twice ("twice"), who
needs it later ("later"), who came in a flood ("floods").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.summaries.figures import (
    ALL,
    ANY,
    FIRST,
    PEOPLE,
    SPLITS,
    WITHOUT_FLOODS,
    Grid,
    Key,
    Place,
    parts,
    splits,
)

NOT, ELSE, TWICE, LATER = "not", "else", "twice", "later"
IN_FLOODS = "floods"
EVERY_KIND = "kinds"
WAYS = (PEOPLE, WITHOUT_FLOODS, IN_FLOODS)


class Equation(NamedTuple):
    """The sum of the left is the sum of the right."""

    left: tuple[Key, ...]
    right: tuple[Key, ...]


def equations(grid: Grid, year: str) -> Iterator[Equation]:
    """All that adds up within a half-year; one half-year's people say nothing of another's."""
    for place in grid.scope:
        for split, part in (("", ""), *splits(place)):
            for way in WAYS:
                yield from _told_together(grid, Key(year, place.key, ANY, split, part, way))
        for need in _counted(grid):
            yield from _split_up(Key(year, place.key, need), place)
        yield from _first(grid, Key(year, place.key))
        if stops := tuple(grid.stops(year, place)):
            yield Equation(stops[1:], stops[:1])
    if len(grid.places) > 1:
        yield from _places(grid, year)


def _told_together(grid: Grid, anybody: Key) -> Iterator[Equation]:
    """What holds between the needs of the same people."""

    def of(*needs: str) -> tuple[Key, ...]:
        return tuple(anybody._replace(need=need) for need in needs)

    for need in grid.needs:
        yield Equation(of(need, f"{NOT} {need}"), of(ANY))
    for topic, held in grid.topics.items():
        yield Equation(of(*held), of(topic, f"{TWICE} {topic}"))
        for need in held:
            yield Equation(of(need, f"{ELSE} {need}"), of(topic))
    yield Equation(of(*grid.topics, *grid.loose), of(ANY, f"{TWICE} {ANY}"))
    yield Equation(of(*grid.categories), of(ANY, f"{TWICE} {EVERY_KIND}"))


def _counted(grid: Grid) -> tuple[str, ...]:
    """Everything that is told apart by split, flood and place."""
    return (
        *(ANY, *grid.needs),
        *(f"{NOT} {need}" for need in grid.needs),
        *(f"{ELSE} {need}" for held in grid.topics.values() for need in held),
        *(f"{TWICE} {need}" for need in (*grid.topics, ANY, EVERY_KIND)),
    )


def _split_up(whole: Key, place: Place) -> Iterator[Equation]:
    for split in SPLITS:
        if held := parts(place, split):
            for way in WAYS:
                told = tuple(whole._replace(split=split, part=part, counted=way) for part in held)
                yield Equation(told, (whole._replace(counted=way),))
    for split, part in (("", ""), *splits(place)):
        key = whole._replace(split=split, part=part)
        yield Equation((key._replace(counted=WITHOUT_FLOODS), key._replace(counted=IN_FLOODS)), (key,))


def _first(grid: Grid, anybody: Key) -> Iterator[Equation]:
    firsts = tuple(anybody._replace(need=need, counted=FIRST) for need in grid.categories)
    yield Equation(firsts, (anybody,))
    for first in firsts:
        yield Equation((first, first._replace(counted=LATER)), (first._replace(counted=PEOPLE),))


def _places(grid: Grid, year: str) -> Iterator[Equation]:
    together = [Key(year, ALL, need, counted=FIRST) for need in grid.categories]
    for need in _counted(grid):
        for split, part in (("", ""), *splits(Place(ALL))):
            together += [Key(year, ALL, need, split, part, way) for way in WAYS]
    for key in together:
        yield Equation(tuple(key._replace(place=place.key) for place in grid.places), (key,))
