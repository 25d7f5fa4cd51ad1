"""What intake is handed, and what it makes of it for one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.base import (
    CHANNELS,
    Incoming,
    Shown,
)
from bot.clock import DAY_MS, moment
from bot.i18n import Words
from bot.municipalities import Place
from bot.store import conversations, queue
from bot.store.categories import Added
from bot.store.crypto import Keys
from dialogs.model import (
    Heard,
    Situation,
)

PRIORITY = {"grave": 0, "news": 2}


@dataclass(frozen=True)
class World:
    """What intake is handed by whoever builds it; time and ids among them."""

    engine: AsyncEngine
    keys: Keys
    words: Words
    places: Mapping[str, Place]
    place: str
    read: Callable[[str, str | None], Heard]
    now: Callable[[], int]
    new_id: Callable[[], str]
    new_receipt: Callable[[], str]
    web_address: str = ""
    journal: Path | None = None  # where erasures are noted; a test may do without
    at: Callable[[str], None] = lambda point: None  # where a fault test kills the process

    def place_of(self, municipality: str) -> Place:
        """A municipality by its key; who belongs to one that is gone is met by the first."""
        return self.places.get(municipality) or self.places[self.place]


def sources_of(keys: Keys, incoming: Incoming) -> tuple[bytes, ...]:
    """Where the once-only key is unique: the whole channel, or one chat whose client makes keys.

    Under each key, the current one first: what was taken before a rotation is still taken.
    """
    if CHANNELS[incoming.channel].pushes:
        return keys.hashes("channel", incoming.channel)
    return conversations.chat_hashes(keys, incoming.channel, incoming.address)


def origin_of(keys: Keys, incoming: Incoming, now: int) -> bytes:
    """Who sends, as a hash that can not be compared with another day's: for floods alone."""
    source = incoming.source or f"{incoming.channel} {incoming.address}"
    return keys.hash("source", str(now // DAY_MS), source)


def situation_of(
    world: World,
    incoming: Incoming,
    municipality: str,
    counts: Mapping[str, int],
    now: int,
    *,
    kept: bool = False,
    added: Sequence[Added] = (),
) -> Situation:
    abilities = CHANNELS[incoming.channel]
    place, at = world.place_of(municipality), moment(now)
    return Situation(
        municipality=place.at(at),
        spoken=world.words.spoken,
        receipt=world.new_receipt(),
        staffed=place.staffed(at),
        soon=place.soon(at),
        kept=kept,
        counts=counts,
        youngest_age=abilities.youngest_age,
        unsends=abilities.unsends,
        numbered=abilities.numbered,
        added=tuple(each.category_in([place.municipality.key]) for each in added),
        web_address=world.web_address,
    )


def rows_of(
    world: World, incoming: Incoming, chat: bytes, shown: Sequence[Shown], now: int
) -> list[dict[str, Any]]:
    """Messages as they are queued; a channel that neither pushes nor fetches has them in the answer."""
    abilities = CHANNELS[incoming.channel]
    if not abilities.pushes and not abilities.fetched:
        return []
    address = incoming.address if abilities.pushes else None
    return [
        queue.row(
            world.keys,
            each.id,
            chat,
            incoming.channel,
            address,
            each.model_dump_json(),
            now,
            in_reply_to=incoming.key,
            priority=PRIORITY.get(each.kind, 1),
        )
        for each in shown
    ]
