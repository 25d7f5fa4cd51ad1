"""What the tests of Telegram share."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram_http import Api
from tests.channels.phones import Phones
from tests.emulator import Emulator
from tests.house import Series, opened


@pytest.fixture
async def phones(database_url: str) -> AsyncIterator[Phones]:
    series = Series()
    telegram = Emulator(now=lambda: series.now() / 1000)
    async with telegram as emulator, opened(database_url, series) as house:
        api = Api(emulator.token, emulator.base_url)
        await api.initialize()
        yield Phones(house, api, emulator)
        await api.shutdown()
