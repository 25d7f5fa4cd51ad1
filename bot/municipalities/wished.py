"""When people want to be written to, and when nobody should be woken."""

from __future__ import annotations

from datetime import datetime, time

from bot.municipalities.hours import HOLIDAY, Hours, spans

WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6, HOLIDAY)
EVERY_DAY = (*WORKDAYS, *WEEKEND)
WAKING = Hours(EVERY_DAY, time(9), time(21))
# What people were offered at the question "when", as hours by the clock on the wall.
WISHED = {
    "day": Hours(WORKDAYS, time(8), time(16)),
    "evening": Hours(EVERY_DAY, time(18), time(21)),
    "weekend": Hours(WEEKEND, time(11), time(20)),
}


def next_time(wish: str | None, at: datetime) -> datetime:
    """The first time from `at` on that fits a wish; without one, that anybody is awake."""
    opens, _ = next(spans((WISHED.get(wish or "", WAKING),), at))
    return opens
