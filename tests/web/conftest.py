"""The web in this process, with a client that speaks HTTP to it and no port between."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import pytest_asyncio

from bot import web
from tests.house import House, Series, opened
from tests.web.serving import settings

HERE = "http://lytt.test"
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"  # nothing listens on port 1


@asynccontextmanager
async def client_of(
    house: House, seconds: Callable[[], float], **more: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the web on this house; `seconds` is the clock of its limits, `more` are settings."""
    site = web.create(settings(**more), house.world, house.intake, seconds)
    transport = httpx.ASGITransport(app=site, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


class Webs:
    """Clients of one house, each with settings of its own."""

    def __init__(self, house: House, running: AsyncExitStack) -> None:
        self.house, self._running, self.seconds = house, running, 0.0

    async def client(self, **more: object) -> httpx.AsyncClient:
        return await self._running.enter_async_context(client_of(self.house, lambda: self.seconds, **more))


@pytest_asyncio.fixture
async def webs(sqlite_url: str) -> AsyncIterator[Webs]:
    async with opened(sqlite_url, Series()) as house, AsyncExitStack() as running:
        yield Webs(house, running)


@pytest_asyncio.fixture
async def client(webs: Webs) -> httpx.AsyncClient:
    return await webs.client()


@pytest_asyncio.fixture
async def away() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a web whose database can not be reached."""
    async with opened(NOWHERE, Series()) as house, client_of(house, lambda: 0.0) as client:
        yield client


@pytest.fixture
def house(webs: Webs) -> House:
    return webs.house
