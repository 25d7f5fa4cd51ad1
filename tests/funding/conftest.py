"""Fixtures for calls and applications: a house whose clock stands in the open time of a call."""

from collections.abc import AsyncIterator

import pytest

from bot.clock import milliseconds
from tests.funding.written import CALLS
from tests.house import House, Series, opened

OPEN = milliseconds(CALLS["trondheim-2021"].opens) + 86_400_000


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    """A house on SQLite, a day after Trondheim's call opened."""
    async with opened(sqlite_url, Series(OPEN)) as opened_house:
        yield opened_house
