"""What the web chat is handed, and the way in: how a session begins and what a person does in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.base import Answer, Incoming, Shown, Unavailable, Used, Wrote
from bot.i18n import Words
from bot.municipalities import Place
from bot.pages.visitors import Limit, Network, Sources, Visitor
from bot.store import conversations, queue, threads
from bot.store.crypto import Keys
from bot.store.engine import AWAY, reading
from dialogs.model import Heard

WINDOW_MS = 600_000  # a first request repeated within ten minutes meets the same session
CHANNEL = "web"
ONE_REQUEST = 1_000  # characters; reading a longer text takes as long as several requests


@dataclass(frozen=True)
class Limits:
    """How fast one session may go, one source, and how many sessions a source may begin."""

    session: Limit
    source: Limit
    starts: Limit


@dataclass(frozen=True)
class Kept:
    """The messages kept for a session, oldest first, each with the key of what it answers.

    `unseen` are the ids of those that bring a letter nobody had fetched before.
    """

    shown: tuple[tuple[str | None, Shown], ...]
    tied: bool
    unseen: frozenset[str]

    def latest(self) -> tuple[Shown, ...]:
        """The latest answer, whatever came by itself after it, and before it what nobody has seen."""
        keys = [key for key, _ in self.shown if key]
        first = next((i for i, (key, _) in enumerate(self.shown) if keys and key == keys[-1]), 0)
        unseen = next((i for i, (_, each) in enumerate(self.shown) if each.id in self.unseen), first)
        return tuple(each for _, each in self.shown[min(first, unseen) :])

    def after(self, id: str | None) -> tuple[Shown, ...]:
        """What came after a message; all of it where that one is not kept."""
        ids = [each.id for _, each in self.shown]
        first = ids.index(id) + 1 if id in ids else 0
        return tuple(each for _, each in self.shown[first:])


@dataclass(frozen=True)
class Door:
    """Everything the web chat needs of the house; time and ids among it."""

    engine: AsyncEngine
    keys: Keys
    words: Words
    places: Mapping[str, Place]
    place: str
    take: Callable[[Incoming], Awaitable[Answer]]
    straight: Callable[[Incoming], tuple[Shown, ...]]
    opening: Callable[[Incoming], tuple[Shown, ...]]
    read: Callable[[str, str | None], Heard]
    now: Callable[[], int]
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    trusted: tuple[Network, ...]
    limits: Limits
    sources: Sources

    def must_wait(self, visitor: Visitor, session: str | None, text: str = "") -> float:
        """Seconds until this may be taken; 0 where nobody asks too often or too much."""
        weight = 1 + len(text) // ONE_REQUEST
        now, source = self.monotonic(), self.sources.hashed(visitor.address, self.now())
        wait = self.limits.source.wait(source, now, weight)
        if session is None:
            return wait or self.limits.starts.wait(source, now)
        return wait or self.limits.session.wait(hashlib.sha256(session.encode()).digest(), now, weight)

    def help_meanwhile(self, incoming: Incoming) -> tuple[Shown, ...]:
        """Help for who must wait; a long text is read in part, or refusing would cost as much as taking."""
        act = incoming.act
        if isinstance(act, Wrote):
            incoming = replace(incoming, act=Wrote(act.text[:ONE_REQUEST]))
        return self.straight(incoming)

    async def go_on(self, session: str, incoming: Incoming) -> Answer:
        """What a person does in a session there is; the answer says if there is none."""
        key = taken_once(incoming.key)
        return await self.take(replace(incoming, address=session, key=key, existing=True))

    async def begin(self, incoming: Incoming, who: str) -> tuple[str, Answer]:
        """Begin a session; a repeat within ten minutes, from the same who, meets the one begun before.

        Words are not yet an answer, but whoever needs help at once is not told to wait for a question.
        """
        act, window = incoming.act, self.now() // WINDOW_MS
        urgent = isinstance(act, Used) and act.command == "help"
        if isinstance(act, Wrote):
            urgent = self.read(act.text, incoming.language).grave is not None
        first = incoming if urgent else replace(incoming, act=Used("start"))
        earlier = self._session(window - 1, incoming.key, who)
        answer = await self.go_on(earlier, first)
        if answer.known:
            return earlier, answer
        fresh = self._session(window, incoming.key, who)
        return fresh, await self.take(replace(first, address=fresh, key=taken_once(incoming.key)))

    def _session(self, window: int, key: str, who: str) -> str:
        digest = self.keys.hash("session", str(window), who, key)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    async def kept(self, session: str) -> Kept:
        """What is kept for a session; raises Unavailable where the database can not be asked."""
        hashes = conversations.chat_hashes(self.keys, CHANNEL, session)
        try:
            async with reading(self.engine) as db:
                rows = await queue.of_chat(db, self.keys, hashes)
                tied = await conversations.is_tied(db, hashes, self.now())
                fresh = await threads.unshown(db, [row.letter_id for row in rows if row.letter_id])
            if fresh:
                await self._note_shown(fresh)
        except AWAY as error:
            raise Unavailable from error
        shown = tuple((row.in_reply_to, Shown.model_validate_json(row.body)) for row in rows)
        return Kept(shown, tied, frozenset(row.id for row in rows if row.letter_id in fresh))

    async def _note_shown(self, letters: Sequence[str]) -> None:
        """A worker sees that what they wrote was fetched."""
        async with self.engine.begin() as db:
            await threads.mark_shown(db, letters, self.now())


def taken_once(key: str) -> str:
    """A client's key as it is stored: short, and with nothing in it of the client's own."""
    return hashlib.sha256(key.encode()).hexdigest()
