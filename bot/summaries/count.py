"""Count people, never messages: each once in every figure they belong to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from bot.summaries.figures import (
    AGE_BAND,
    ALL,
    ANY,
    DISTRICT,
    FIRST,
    GROUP,
    MONEY,
    PEOPLE,
    UNSAID,
    WITHOUT_FLOODS,
    Grid,
    Key,
    Voices,
    joined,
    parts,
)

Asked = tuple[str, str]  # a need, and whether it is counted for all who asked or for who need it first
Parts = tuple[tuple[str, str], ...]  # splits, and the part of each


class Told(NamedTuple):
    """All that tells one voice from another but their needs."""

    half_year: str
    place: str
    parts: Parts
    flagged: bool


def count(voices: Iterable[Voices], grid: Grid) -> dict[Key, int]:
    """The exact number of every figure in the grid; a voice from outside the grid is not counted."""
    counted: Counter[Key] = Counter()
    for told, people in _by_told(voices, grid).items():
        for (need, how), number in people.items():
            for key in _keys(told, need, how, several=len(grid.places) > 1):
                counted[key] += number
    return {key: counted[key] for key in grid.every_key()}


def _by_told(voices: Iterable[Voices], grid: Grid) -> dict[Told, Counter[Asked]]:
    """People by need, once for each kind of voice: there are far fewer kinds than voices."""
    asked, parts_of, places = _asked_in(grid), _parts_in(grid), {place.key for place in grid.places}
    found: dict[Told, Counter[Asked]] = defaultdict(Counter)
    for voice in voices:
        if voice.place not in places or voice.half_year not in grid.half_years:
            continue
        said = parts_of(voice.place, voice.district, voice.age_band, voice.group, voice.money)
        people = found[Told(voice.half_year, voice.place, said, voice.flagged)]
        for each in asked(voice.needs):
            people[each] += voice.people
    return found


def _asked_in(grid: Grid) -> Callable[[tuple[str, ...]], tuple[Asked, ...]]:
    """What a person's needs are counted as: anything at all, each topic once, each category once."""
    topics = {category: topic for topic, held in grid.topics.items() for category in held}
    known = frozenset(grid.categories)

    @lru_cache(maxsize=1 << 16)
    def asked(needs: tuple[str, ...]) -> tuple[Asked, ...]:
        held = [need for need in dict.fromkeys(needs) if need in known]
        if not held:
            return ()
        each = dict.fromkeys((ANY, *(topics[need] for need in held if need in topics), *held))
        return (*((need, PEOPLE) for need in each), (held[0], FIRST))

    return asked


def _parts_in(grid: Grid) -> Callable[..., Parts]:
    """The part of each split that a voice belongs to; what is not in the grid counts as unsaid."""
    places = {place.key: place for place in grid.places}

    @lru_cache(maxsize=1 << 16)
    def parts_of(
        place: str, district: str | None, age_band: str | None, group: str | None, money: str | None
    ) -> Parts:
        said = {DISTRICT: district, AGE_BAND: joined(age_band), GROUP: group, MONEY: money}
        return tuple(
            (split, part if part in held else UNSAID)
            for split, part in said.items()
            if (held := parts(places[place], split))
        )

    return parts_of


def _keys(told: Told, need: str, how: str, *, several: bool) -> Iterable[Key]:
    """Every figure that people of one kind and one need belong to."""
    year, place, said, flagged = told
    for where in (place, ALL) if several else (place,):
        if how == FIRST:
            yield Key(year, where, need, counted=FIRST)
            continue
        for way in (PEOPLE,) if flagged else (PEOPLE, WITHOUT_FLOODS):
            yield Key(year, where, need, counted=way)
            for split, part in said:
                if where != ALL or split != DISTRICT:
                    yield Key(year, where, need, split, part, way)
