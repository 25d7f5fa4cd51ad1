"""Choose which counts may be shown, so that no group of fewer than the limit can be worked out.

What adds up is written down as families: a whole, its parts, and perhaps a rest that is never shown itself
(who did not ask, who came in a flood, who asked for two kinds within one topic). A number is left out when
it is too small, when it has moved too little since it was last shown, or when what a family shows would
give another's rest away. Leaving out goes on until no family breaks a rule; every rule can only leave out
more, so it ends. Which number goes is decided by size and order alone: the same counts, the same release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

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

Shown = Mapping[Key, int]


class Rest(Enum):
    """What of a whole is not among its parts."""

    NONE = "the parts are the whole"
    MAY_BE_EMPTY = "a group of its own, or nobody"
    MUST_BE_LARGE = "who did not ask: were they none, it would be known of everybody that they did"
    OVERLAP = "the parts count some people twice; so many are between them and the whole"


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that add up."""

    whole: Key
    parts: tuple[Key, ...]
    rest: Rest = Rest.NONE


def families(grid: Grid) -> Iterator[Family]:
    """All that adds up within a half-year; one half-year's people say nothing of another's."""
    for year, place in grid.scopes():
        for counted in (PEOPLE, WITHOUT_FLOODS):
            yield from _splits(grid, year, place, counted)
            yield from _not_asked(grid, year, place, counted)
            yield from _overlaps(grid, year, place, counted)
        yield from _floods(grid, year, place)
        yield from _first(grid, year, place)
        if place.key == ALL:
            yield from _together(grid, year)


def _splits(grid: Grid, year: str, place: Place, counted: str) -> Iterator[Family]:
    for need in (ANY, *grid.needs):
        whole = Key(year, place.key, need, counted=counted)
        for split in SPLITS:
            held = tuple(whole._replace(split=split, part=part) for part in parts(place, split))
            if held:
                yield Family(whole, held)


def _not_asked(grid: Grid, year: str, place: Place, counted: str) -> Iterator[Family]:
    for split, part in (("", ""), *splits(place)):
        anybody = Key(year, place.key, ANY, split, part, counted)
        for need in grid.needs:
            yield Family(anybody, (anybody._replace(need=need),), Rest.MUST_BE_LARGE)


def _overlaps(grid: Grid, year: str, place: Place, counted: str) -> Iterator[Family]:
    roots = (*grid.topics, *grid.loose)
    unions = {ANY: roots, **grid.topics}
    for split, part in (("", ""), *splits(place)):
        key = Key(year, place.key, ANY, split, part, counted)
        for whole, held in (*unions.items(), (ANY, grid.categories)):
            members = tuple(key._replace(need=need) for need in held)
            yield Family(key._replace(need=whole), members, Rest.OVERLAP)


def _floods(grid: Grid, year: str, place: Place) -> Iterator[Family]:
    for need in (ANY, *grid.needs):
        for split, part in (("", ""), *splits(place)):
            whole = Key(year, place.key, need, split, part)
            yield Family(whole, (whole._replace(counted=WITHOUT_FLOODS),), Rest.MAY_BE_EMPTY)


def _first(grid: Grid, year: str, place: Place) -> Iterator[Family]:
    anybody = Key(year, place.key)
    firsts = tuple(Key(year, place.key, need, counted=FIRST) for need in grid.categories)
    yield Family(anybody, firsts)
    for first in firsts:
        yield Family(first._replace(counted=PEOPLE), (first,), Rest.MAY_BE_EMPTY)


def _together(grid: Grid, year: str) -> Iterator[Family]:
    for key in grid.keys_of(year, Place(ALL)):
        yield Family(key, tuple(key._replace(place=place.key) for place in grid.places))


def suppress(
    counts: Mapping[Key, int], grid: Grid, earlier: Sequence[Shown] = (), limit: int = 5
) -> dict[Key, int]:
    """The figures that may be renewed now: exact, of at least `limit` people, and safe beside all earlier ones.

    `earlier` is what each release before this one renewed, in any order; a figure that is not renewed
    keeps its last number and date.
    """
    shown = {key: people for key, people in counts.items() if _large(key, people, earlier, limit)}
    held = tuple(families(grid))
    while any([_mend(family, counts, shown, earlier, limit) for family in held]):
        pass
    return shown


def _large(key: Key, people: int, earlier: Sequence[Shown], limit: int) -> bool:
    """Whether a number hides everybody in it, and everybody it moved by."""
    moved = (abs(people - shown[key]) for shown in earlier if key in shown)
    return people >= limit and all(number >= limit for number in moved)


def _mend(
    family: Family, counts: Mapping[Key, int], shown: dict[Key, int], earlier: Sequence[Shown], limit: int
) -> bool:
    """Leave out what of a family would give a small group away; whether anything was."""
    seen = [part for part in family.parts if part in shown]
    if not seen:
        return False
    if family.whole not in shown:
        # A part of what is hidden would tell how large the whole is at least.
        wrong = () if family.rest is Rest.OVERLAP else seen
    elif _tells(family, counts, shown, limit) or any(
        _tells_by_moving(family, shown, old, limit) for old in earlier
    ):
        wrong = (min(seen, key=lambda part: (shown[part], part)),)
    else:
        wrong = ()
    for part in wrong:
        del shown[part]
    return bool(wrong)


def _tells(family: Family, counts: Mapping[Key, int], shown: Shown, limit: int) -> bool:
    """Whether what is left when the shown parts are taken from the whole is a small group."""
    hidden = [part for part in family.parts if part not in shown and counts[part]]
    rest = shown[family.whole] - sum(shown[part] for part in family.parts if part in shown)
    if family.rest is Rest.MUST_BE_LARGE:
        return rest < limit
    if family.rest is Rest.OVERLAP:
        return not hidden and 0 < -rest < limit
    alone = family.rest is Rest.NONE and len(hidden) == 1  # the others are nobody, and may be known to be
    return alone or 0 < rest < limit


def _tells_by_moving(family: Family, now: Shown, before: Shown, limit: int) -> bool:
    """Whether what is left has moved by a small group since an earlier release."""
    if family.whole not in before:
        return False
    return any(0 < abs(moved) < limit for moved in _moves(family, now, before))


def _moves(family: Family, now: Shown, before: Shown) -> Iterator[int]:
    """By how much each sum that is known from both releases has moved, but for the figures shown in both."""
    parts = frozenset(family.parts)
    out_now, out_before = parts - now.keys(), parts - before.keys()
    rest_now = now[family.whole] - sum(now[part] for part in parts - out_now)
    rest_before = before[family.whole] - sum(before[part] for part in parts - out_before)
    if family.rest is Rest.NONE and not out_now & out_before:
        yield rest_now - sum(before[part] for part in out_now)
        yield sum(now[part] for part in out_before) - rest_before
    elif family.rest is not Rest.OVERLAP:
        more_now = sum(now[part] for part in out_before - out_now)
        more_before = sum(before[part] for part in out_now - out_before)
        yield rest_now + more_now - rest_before - more_before
    elif not out_now | out_before:
        yield rest_now - rest_before
