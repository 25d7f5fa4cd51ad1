"""Hours follow the wall clock in Norway, over both changes of it, holidays and the turn of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import municipalities
from bot.clock import OSLO
from bot.municipalities.hours import (
    after_worked,
    covers,
    day_kind,
    easter,
    hold,
    hours_of,
    spans,
)

PLACES = municipalities.load()
OFFICE = hours_of([{"days": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "15:00"}])
NIGHT = hours_of([{"days": range(8), "opens": "22:00", "closes": "06:00"}])
ALWAYS = hours_of([{"days": range(8), "opens": "00:00", "closes": "00:00"}])
HALF_HOUR = timedelta(minutes=30)
START = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=20 * 365)).map(lambda passed: START + passed)


def wall(text: str) -> datetime:
    """A time on the wall in Norway."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25)), (2285, (3, 22))],
)
def test_easter_falls_where_the_almanac_says(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14"),
        *("2026-05-17", "2026-05-25", "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31"),
    ],
)
def test_holidays_are_no_working_days(day: str) -> None:
    assert day_kind(date.fromisoformat(day)) == 7


def test_leap_day_is_a_day_like_others() -> None:
    assert hold(OFFICE, wall("2028-02-29T12:00"))


@pytest.mark.parametrize(
    ("at", "held"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T14:59", True),
        ("2026-11-23T15:00", False),
        ("2026-11-22T12:00", False),
        ("2026-12-24T12:00", False),
        ("2026-04-03T12:00", False),
        # The Monday after each change of the clock: nine is nine on the wall.
        ("2026-03-30T09:00", True),
        ("2026-03-30T08:59", False),
        ("2026-10-26T09:00", True),
        ("2026-10-26T08:59", False),
    ],
)
def test_the_wall_decides_who_is_there(at: str, held: bool) -> None:
    assert hold(OFFICE, wall(at)) is held


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    def length(evening: str) -> timedelta:
        opens, closes = next(spans(NIGHT, wall(evening)))
        return closes - opens

    assert length("2026-03-28T22:00") == timedelta(hours=7)
    assert length("2026-10-24T22:00") == timedelta(hours=9)
    assert length("2026-11-23T22:00") == timedelta(hours=8)


def test_hours_past_midnight_hold_on_the_other_side() -> None:
    assert hold(NIGHT, wall("2026-11-24T05:59"))
    assert not hold(NIGHT, wall("2026-11-24T06:00"))


@pytest.mark.parametrize(
    ("raised", "seen_by"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:30"),
        ("2026-11-23T14:50", "2026-11-24T09:20"),  # the rest of the half hour is worked in the morning
        ("2026-11-23T15:00", "2026-11-24T09:30"),
        ("2026-11-20T22:00", "2026-11-23T09:30"),  # over a weekend
        ("2026-04-01T16:00", "2026-04-07T09:30"),  # over Easter
        ("2026-12-23T16:00", "2026-12-28T09:30"),  # over Christmas
        ("2026-12-30T16:00", "2027-01-04T09:30"),  # over the turn of the year
        ("2026-03-28T23:00", "2026-03-30T09:30"),  # over the night that lacks an hour
        ("2026-10-24T23:00", "2026-10-26T09:30"),  # over the night that has one twice
        ("2028-02-28T16:00", "2028-02-29T09:30"),
    ],
)
def test_a_deadline_runs_while_somebody_is_there(raised: str, seen_by: str) -> None:
    assert after_worked(OFFICE, wall(raised), HALF_HOUR) == wall(seen_by)


@given(at=MOMENTS)
def test_a_deadline_is_never_before_what_it_is_for(at: datetime) -> None:
    due = after_worked(OFFICE, at, HALF_HOUR)
    assert due is not None
    assert at + HALF_HOUR <= due <= at + timedelta(days=8)


@given(at=MOMENTS)
def test_who_is_always_there_is_there(at: datetime) -> None:
    assert hold(ALWAYS, at)
    assert after_worked(ALWAYS, at, HALF_HOUR) == at + HALF_HOUR


@given(at=MOMENTS)
def test_spans_follow_each_other(at: datetime) -> None:
    found = list(spans((*OFFICE, *NIGHT), at))
    ends = [at, *(moment for span in found for moment in span)]
    assert ends == sorted(ends)


@given(at=MOMENTS)
def test_who_is_told_half_an_hour_is_seen_within_it(at: datetime) -> None:
    place = PLACES["trondheim"]
    if place.soon(at):
        assert place.seen_by(at) - at <= HALF_HOUR


def test_at_the_end_of_a_day_nobody_is_told_half_an_hour() -> None:
    place = PLACES["trondheim"]
    assert place.soon(wall("2026-11-23T14:29:59"))
    assert not place.soon(wall("2026-11-23T14:30:01"))


def test_where_nobody_ever_is_there_is_no_deadline() -> None:
    assert after_worked((), wall("2026-11-23T10:00"), HALF_HOUR) is None


def test_a_gap_in_a_roster_is_found() -> None:
    start = wall("2026-11-23T00:00")
    morning = hours_of([{"days": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "12:00"}])
    assert covers(OFFICE, OFFICE, start) is None
    assert covers(ALWAYS, OFFICE, start) is None
    assert covers(morning, OFFICE, start) == wall("2026-11-23T12:00")


@pytest.mark.parametrize("row", [{"days": [8], "opens": "09:00", "closes": "15:00"}])
def test_a_day_that_is_none_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="holiday"):
        hours_of([row])
