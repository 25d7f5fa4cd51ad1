"""What a person types to command or to choose is read as that, though it looks like a name."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.base import Wrote
from tests.house import House, opened
from tests.intake.conversations import press, text

HEARD = "Dette hørte jeg"


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url) as house:
        yield house


@pytest.mark.parametrize("word", ["endre", "Endre", "edit", "mine svar", "slett"])
async def test_a_command_is_never_masked(house: House, word: str) -> None:
    await press(house, "kari", "16-17")
    await house.do("web", "kari", Wrote("jeg vil ta lappen"))
    answer = text(await house.do("web", "kari", Wrote(word)))
    assert "[" not in answer
    assert HEARD not in answer
