"""The one place that asks for the time, an identity or chance; all others are handed them."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS


def now() -> int:
    """Milliseconds since 1970 in UTC, as stored in every table."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds for waits and limits, which no change of the clock can bend."""
    return time.monotonic()


def moment(milliseconds: int) -> datetime:
    """A stored time as an aware datetime in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def day(milliseconds: int) -> date:
    """The day of a stored time, by the calendar on the wall in Norway."""
    return moment(milliseconds).astimezone(OSLO).date()


def milliseconds(at: datetime) -> int:
    """A moment as it is stored."""
    return round(at.timestamp() * 1000)


def new_id() -> str:
    """128 random bits as 32 hexadecimal digits."""
    return uuid.uuid4().hex


def new_token() -> str:
    """A session token that can not be guessed: 256 bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def new_receipt() -> str:
    """Sixteen digits, as printed on a receipt."""
    return f"{secrets.randbelow(10**16):016d}"


def new_code(length: int = 8) -> str:
    """A worker's code without letters and digits that are mistaken for each other."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(length))
