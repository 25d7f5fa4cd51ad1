"""The web served for a test: the real app on a real database, behind a port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from bot import web
from bot.channels.base import Shown
from bot.settings import Settings
from bot.store import conversations, queue
from tests.house import House, Series, opened


@dataclass(frozen=True)
class Site:
    """A served web, and the house behind it."""

    app: FastAPI
    address: str
    house: House


def settings(**more: object) -> Settings:
    """Settings of the test alone, whatever stands in the environment or a `.env` file."""
    return Settings(_env_file=None, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def served(url: str, *, series: Series | None = None, **more: object) -> AsyncIterator[Site]:
    """Serve until the test is done; `more` are settings."""
    async with opened(url, series) as house:
        site = web.create(settings(**more), house.world, house.intake)
        config = uvicorn.Config(site, port=0, log_config=None, access_log=False, lifespan="off")
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Site(site, f"http://127.0.0.1:{port}", house)
        web.close(site)
        await server.shutdown()


async def come_by_itself(house: House, session: str, words: str) -> None:
    """Queue a message that answers nothing the person did."""
    world, id = house.world, house.series.new_id()
    chat = conversations.chat_hash(world.keys, "web", session)
    body = Shown(id=id, text=words, kind="news").model_dump_json()
    async with world.engine.begin() as db:
        await queue.put(db, [queue.row(world.keys, id, chat, "web", None, body, world.now())])
    for tell in house.intake.listeners:
        tell([chat])
