"""The web served for a test: the real app on a real database, behind a port of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from bot import web
from bot.settings import Settings
from tests.house import House, Series, opened


@dataclass(frozen=True)
class Site:
    """A served web, and the house behind it."""

    address: str
    house: House


def settings(**more: object) -> Settings:
    """Settings of the test alone, whatever stands in the environment or a `.env` file."""
    return Settings(_env_file=None, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def served(url: str, *, series: Series | None = None, **more: object) -> AsyncIterator[Site]:
    """Serve until the test is done; `more` are settings."""
    async with opened(url, series) as house:
        listening = socket.create_server(("127.0.0.1", 0))
        site = web.create(settings(**more), house.world, house.intake)
        config = uvicorn.Config(
            site, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", house)
        server.should_exit = True
        await serving
