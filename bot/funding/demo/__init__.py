"""The demo's call and its applications: Stødig oppvekst, Veien til førerkortet, and some invented ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.funding import applying, files
from bot.municipalities import Place
from bot.store import calls
from bot.store.applications import CODE_LENGTH
from bot.store.crypto import Keys

HERE = Path(__file__).parent
CALL, APPLICATIONS = HERE / "call.toml", HERE / "applications.toml"
SEED = "demo"


async def fill(
    db: AsyncConnection,
    keys: Keys,
    places: Mapping[str, Place],
    new_id: Callable[[], str],
    new_code: Callable[[int], str],
    now: int,
) -> str:
    """Publish the demo's call with all its applications; returns its key."""
    held = await calls.add(db, keys, CALL.read_text("utf-8"), SEED, now)
    drafts = [(new_id(), new_code(CODE_LENGTH), draft) for draft in files.read(APPLICATIONS)]
    await applying.add(db, keys, held, drafts, places, now)
    return held.call.key
