"""Nobody who holds everything that was published can be sure of a group of fewer than five."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.summaries import Grid, Key, Place, Voices, count, suppress
from tests.summaries.attacker import Attacker, Census, small_groups
from tests.summaries.people import YEAR, alike, crowd, municipality

FEWEST = 5
TWO_TOPICS = {"things": ("food", "money"), "people": ("friends", "adult")}
HERE = Grid((YEAR,), (Place("a", ("north", "south")),), TWO_TOPICS, ("other",))
WHOLE = Grid((YEAR,), (Place("a"), Place("b")), {"things": ("food", "money")})
COUNTY = Grid((YEAR,), (Place("a", ("north", "south")), Place("b")), TWO_TOPICS)


def recovered(grid: Grid, counts: Mapping[Key, int], shown: Mapping[Key, int]) -> list[object]:
    """The small groups that the attacker is sure of."""
    return [*Attacker(grid, shown).found(small_groups(grid, counts, FEWEST))]


@pytest.mark.parametrize(
    ("people", "districts"),
    [(5_000, 30), (60, 0), (60, 4), (500, 4)],
    ids=["a city of 30 districts", "a small place", "a small place in four", "a town"],
)
def test_the_attacker_recovers_nobody(people: int, districts: int) -> None:
    grid = municipality(districts)
    counts = count(crowd(grid, people, seed=1), grid)
    shown = suppress(counts, grid, limit=FEWEST)
    assert recovered(grid, counts, shown) == []
    assert all(shown[key] == counts[key] >= FEWEST for key in shown), "what is shown is exact"


def test_the_attacker_is_no_straw_man() -> None:
    grid = municipality(4)
    counts = count(crowd(grid, 60, seed=1), grid)
    naive = {key: people for key, people in counts.items() if people >= FEWEST}
    assert len(recovered(grid, counts, naive)) > 20


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("grid", [HERE, COUNTY], ids=["a municipality", "a county"])
def test_people_who_are_much_alike_are_not_given_away(grid: Grid, seed: int) -> None:
    """Where few kinds of people answer, one number tells of many others."""
    counts = count(alike(grid, people=14 + 4 * seed, kinds=2 + seed % 5, seed=seed), grid)
    assert recovered(grid, counts, suppress(counts, grid, limit=FEWEST)) == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("leaving", [False, True], ids=["only newcomers", "some erase what they told"])
def test_nobody_is_found_between_weekly_releases(seed: int, *, leaving: bool) -> None:
    grid = (HERE, WHOLE)[seed % 2]
    people = alike(grid, people=40, kinds=9, seed=seed)
    weeks: list[dict[Key, int]] = []
    counted: list[dict[Key, int]] = []
    for week in range(3):
        counts = count(people, grid)
        weeks.append(suppress(counts, grid, weeks, FEWEST))
        counted.append(counts)
        people = people[2 * leaving :] + alike(grid, people=(1, 6, 13)[week], kinds=2, seed=100 * seed + week)
    for (before, old), (after, new) in combinations(zip(counted, weeks, strict=True), 2):
        change = {key: after[key] - before[key] for key in before}
        attacker = Attacker(grid, old, new, only_more=not leaving)
        assert attacker.found(small_groups(grid, change, FEWEST), since=0) == []


def test_one_more_person_changes_nothing_that_is_shown() -> None:
    grid = municipality(4)
    people = crowd(grid, 500, seed=2, floods=0)
    first = suppress(count(people, grid), grid)
    for newcomer in crowd(grid, 5, seed=99, floods=0):
        assert suppress(count([*people, newcomer], grid), grid, [first]) == {}


def test_one_person_less_changes_nothing_that_is_shown() -> None:
    grid = municipality(4)
    people = crowd(grid, 500, seed=2, floods=0)
    first = suppress(count(people, grid), grid)
    for gone in range(5):
        assert suppress(count(people[:gone] + people[gone + 1 :], grid), grid, [first]) == {}


def test_a_number_moves_when_enough_people_have_come() -> None:
    grid = municipality(0)
    people = crowd(grid, 500, seed=2, floods=0)
    first = suppress(count(people, grid), grid)
    after = count([*people, *crowd(grid, 100, seed=5, floods=0)], grid)
    second = suppress(after, grid, [first])
    assert second[Key(YEAR, "a")] == 600
    assert all(abs(second[key] - first[key]) >= FEWEST for key in second.keys() & first.keys())


def test_none_is_left_out_like_one_to_four() -> None:
    counts = count(alike(HERE, people=30, kinds=3, seed=3), HERE)
    shown = suppress(counts, HERE, limit=FEWEST)
    assert 0 in counts.values()
    assert min(shown.values()) >= FEWEST


def test_it_is_not_told_that_everybody_asked_for_the_same() -> None:
    counts = count([Voices(YEAR, "a", "north", "16-17", "youth", None, False, ("food",))] * 20, HERE)
    shown = suppress(counts, HERE, limit=FEWEST)
    assert Key(YEAR, "a") in shown
    assert Key(YEAR, "a", "food") not in shown


def test_the_same_counts_give_the_same_release() -> None:
    counts = count(crowd(HERE, 60, seed=1), HERE)
    backwards = dict(reversed(counts.items()))
    assert suppress(counts, HERE) == suppress(backwards, HERE)


TINY = Grid((YEAR,), (Place("a", ("north",)),), {"things": ("food", "money")})
KINDS = [
    Voices(YEAR, "a", lives, band, group, None, flagged, needs)
    for lives in ("north", None)
    for band, group in (("12-14", "youth"), ("18-24", "youth"), ("25+", "family"))
    for flagged in (False, True)
    for needs in (("food",), ("money",), ("money", "food"), ("food", "money"))
]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 7), min_size=len(KINDS) // 4, max_size=len(KINDS) // 4), st.integers(0, 3))
def test_other_people_could_have_told_the_same(numbers: list[int], first: int) -> None:
    """With whole people, and the attacker sure of which kinds of people there can be at all."""
    people = [replace(kind, people=number) for kind, number in zip(KINDS[first::4], numbers, strict=True)]
    counts = count(people, TINY)
    census = Census(TINY, KINDS, suppress(counts, TINY, limit=FEWEST))
    assert census.found(small_groups(TINY, counts, FEWEST)) == []
