"""Hours by the clock on the wall in Norway, over weekends, public holidays and both changes of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.clock import OSLO

HOLIDAY = 7  # beside 0 to 6 for Monday to Sunday: a public holiday, 24 December and 31 December
AHEAD = 15  # days; no staff is away for longer without saying so in its file
_FIXED = {(1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31)}
_AFTER_EASTER = (-3, -2, 0, 1, 39, 49, 50)  # Thursday and Friday before, Easter, Ascension, Pentecost
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """Days (0 is Monday, 7 a holiday) and hours in which somebody is there.

    Hours that close before they open go on past midnight.
    """

    days: tuple[int, ...]
    opens: time
    closes: time

    def span(self, day: date) -> Span:
        """From when to when, in UTC, on a day these hours hold."""
        until = day + timedelta(days=1) if self.closes <= self.opens else day
        return _utc(day, self.opens), _utc(until, self.closes)


def hours_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Hours, ...]:
    """Hours as they are written in a file; raises KeyError or ValueError where they are not."""
    found = tuple(
        Hours(tuple(row["days"]), time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))
        for row in rows
    )
    if any(not 0 <= day <= HOLIDAY for hours in found for day in hours.days):
        raise ValueError("a day is 0 (Monday) to 6 (Sunday), or 7 for a holiday")
    return found


def easter(year: int) -> date:
    """Easter Sunday, by the computus of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def day_kind(day: date) -> int:
    """0 to 6 for an ordinary Monday to Sunday, 7 for a holiday.

    Source: lov om høgtidsdagar and lov om 1. og 17. mai; offices are closed on the two eves too.
    """
    moving = {easter(day.year) + timedelta(days=after) for after in _AFTER_EASTER}
    return HOLIDAY if (day.month, day.day) in _FIXED or day in moving else day.weekday()


def spans(hours: Sequence[Hours], start: datetime) -> Iterator[Span]:
    """The times somebody is there from `start` on, in order and without overlap, for two weeks."""
    first = start.astimezone(OSLO).date() - timedelta(days=1)  # yesterday's may go on past midnight
    days = [first + timedelta(days=i) for i in range(AHEAD)]
    found = sorted(each.span(day) for day in days for each in hours if day_kind(day) in each.days)
    reached = start
    for opens, closes in found:
        if closes > reached:
            yield max(opens, reached), closes
            reached = closes


def hold(hours: Sequence[Hours], at: datetime) -> bool:
    """Whether somebody is there at a time."""
    first = next(spans(hours, at), None)
    return first is not None and first[0] <= at


def after_worked(hours: Sequence[Hours], start: datetime, worked: timedelta) -> datetime | None:
    """When so much time with somebody there has passed since `start`; None where nobody ever is."""
    left = worked
    for opens, closes in spans(hours, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def covers(hours: Sequence[Hours], wanted: Sequence[Hours], start: datetime) -> datetime | None:
    """The first time in two weeks that is wanted and not covered; None where all is."""
    ours = list(spans(hours, start))
    for opens, closes in spans(wanted, start):
        for mine_opens, mine_closes in ours:
            if mine_opens <= opens < mine_closes:
                opens = mine_closes
        if opens < closes:
            return opens
    return None


def _utc(day: date, at: time) -> datetime:
    """A time on the wall as a moment; one that the spring skips comes an hour later."""
    return datetime.combine(day, at, OSLO).astimezone(UTC)
