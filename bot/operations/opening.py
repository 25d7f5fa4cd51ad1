"""Open what Lytt stands on: its settings, its keys, and its database with nobody in it who was erased."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from bot import clock, municipalities, understanding
from bot.i18n import Words
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations import readiness, rotation
from bot.settings import ROOT, Settings
from bot.store import journal
from bot.store.crypto import KeyFileError, Keys, WrongKey, create_keys, read_keys
from bot.store.engine import migrate, open_engine
from bot.store.presence import at_work

log = structlog.get_logger()


class NotReady(Mistake):
    """This installation can not start; the text says in plain words what to do."""


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
    if settings.environment == "production":
        places = readiness.places_served(places, settings.municipality)
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
        journal=settings.journal,
        at=at,
    )


@asynccontextmanager
async def stored(settings: Settings, at: Callable[[str], None] = lambda point: None) -> AsyncIterator[World]:
    """The database open and at the newest schema, and nothing at work; for commands that only look or add."""
    world = world_of(settings, at)
    with at_work(settings.secret_key_file):
        try:
            await migrate(world.engine)
            await _safe_to_open(world, settings)
            yield world
        finally:
            await world.engine.dispose()


async def _safe_to_open(world: World, settings: Settings) -> None:
    """The keys are those of this database, and nobody who was erased is in it again."""
    try:
        await rotation.must_open(world.engine, world.keys)
    except WrongKey as error:
        raise NotReady(f"{error}: find the key file of this database") from error
    await journal.apply(world.engine, world.keys, settings.journal)
