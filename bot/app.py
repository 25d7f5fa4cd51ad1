"""Put the house together: the one file that knows every room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from bot import clock, municipalities, understanding
from bot.i18n import Words
from bot.intake import Intake, World
from bot.operations import retention
from bot.settings import ROOT, Settings
from bot.store.crypto import KeyFileError, Keys, create_keys, read_keys
from bot.store.engine import migrate, open_engine

log = structlog.get_logger()


class NotReady(Exception):
    """This installation can not start; the text says in plain words what to do."""


@dataclass(frozen=True)
class House:
    """What a running Lytt is made of."""

    settings: Settings
    world: World
    intake: Intake


def keys_of(settings: Settings) -> Keys:
    """The keys; a missing file is made in demo and test alone."""
    path = settings.secret_key_file
    if not path.exists() and settings.environment != "production":
        log.warning("no key file: one is made for demo and test", path=path.name)
        create_keys(path)
    try:
        return read_keys(path)
    except KeyFileError as error:
        raise NotReady(str(error)) from error


def world_of(settings: Settings, at: Callable[[str], None] = lambda point: None) -> World:
    """Everything intake needs, from the settings; nothing is opened yet."""
    places = municipalities.load(settings.municipalities_dir)
    if settings.municipality not in places:
        known = ", ".join(sorted(places))
        raise NotReady(f"LYTT_MUNICIPALITY is {settings.municipality!r}; it must be one of {known}")
    return World(
        engine=open_engine(settings.database_url),
        keys=keys_of(settings),
        words=Words(ROOT / "locales"),
        places=places,
        place=settings.municipality,
        read=understanding.read,
        now=clock.now,
        new_id=clock.new_id,
        new_receipt=clock.new_receipt,
        web_address=settings.web_address,
        at=at,
    )


@asynccontextmanager
async def opened(settings: Settings, at: Callable[[str], None] = lambda point: None) -> AsyncIterator[House]:
    """A house with its database open and intake at work; closed in good order at the end."""
    world = world_of(settings, at)
    await migrate(world.engine)
    intake = Intake(world)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.engine.dispose)
        await stack.enter_async_context(background(intake.run(), retention.run(world.engine, clock.now)))
        yield House(settings, world, intake)


@asynccontextmanager
async def background(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run coroutines beside the body and cancel them at its end."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in reversed(tasks):
            task.cancel()
        for task in reversed(tasks):
            with suppress(asyncio.CancelledError):
                await task
