"""People are counted once in each figure they belong to, however they are handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from bot.summaries import ALL, ANY, UNSAID, Grid, Key, Place, Voices, count, half_year
from bot.summaries.figures import FIRST, WITHOUT_FLOODS
from tests.summaries.people import YEAR, crowd, municipality

SMALL = Grid((YEAR,), (Place("a", ("north",)), Place("b")), {"things": ("food", "money")}, ("other",))
ONE = Voices(YEAR, "a", "north", "12-14", "youth", None, False, ("food", "money", "other"))


def test_a_person_with_three_needs_is_one_person() -> None:
    counted = count([ONE], SMALL)
    for place in ("a", ALL):
        assert counted[Key(YEAR, place)] == 1
        assert counted[Key(YEAR, place, "things")] == 1, "two needs within a topic are one person's"
        assert counted[Key(YEAR, place, "money")] == 1


def test_what_is_needed_first_is_counted_for_one_need_alone() -> None:
    counted = count([ONE], SMALL)
    firsts = {need: counted[Key(YEAR, "a", need, counted=FIRST)] for need in SMALL.categories}
    assert firsts == {"food": 1, "money": 0, "other": 0}


def test_everything_from_12_to_15_is_one_age_band() -> None:
    for band in ("12", "12-13", "12-14", "13-15", "14-15", "15", "12-15"):
        counted = count([replace(ONE, age_band=band)], SMALL)
        assert counted[Key(YEAR, "a", ANY, "age_band", "12-15")] == 1, band


def test_who_lives_in_a_district_that_is_no_longer_listed_counts_as_unsaid() -> None:
    counted = count([replace(ONE, district="gone"), replace(ONE, district=None)], SMALL)
    assert counted[Key(YEAR, "a", ANY, "district", UNSAID)] == 2


def test_a_flood_is_counted_with_and_left_out_without() -> None:
    counted = count([ONE, replace(ONE, flagged=True)], SMALL)
    assert counted[Key(YEAR, "a", "food")] == 2
    assert counted[Key(YEAR, "a", "food", counted=WITHOUT_FLOODS)] == 1


def test_who_stands_outside_the_grid_is_not_counted() -> None:
    outside = [replace(ONE, place="c"), replace(ONE, half_year="2025-1"), replace(ONE, needs=("unknown",))]
    assert not any(count(outside, SMALL).values())


def test_people_who_told_the_same_may_be_handed_in_together() -> None:
    grid = municipality(3)
    people = crowd(grid, 200, seed=4)
    kinds = {voice: people.count(voice) for voice in people}
    together = [replace(voice, people=number) for voice, number in kinds.items()]
    Random(1).shuffle(together)
    assert count(people, grid) == count(together, grid)


def test_a_half_year_ends_with_june() -> None:
    assert [half_year(date(2026, *day)) for day in ((1, 1), (6, 30), (7, 1), (12, 31))] == [
        "2026-1",
        "2026-1",
        "2026-2",
        "2026-2",
    ]
