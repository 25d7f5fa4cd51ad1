"""What comes by itself while a page is open: a worker's answer, news."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from bot.channels.base import Shown, Unavailable
from bot.channels.webchat.api import bearer, message
from bot.channels.webchat.door import CHANNEL, Door, Kept
from bot.pages import sessions
from bot.pages.visitors import visitor
from bot.store import conversations

LOOK_SECONDS = 30.0  # another process may have queued something
LOOKS = 20  # then the stream ends, and the page asks again
AGAIN_MS = 5_000
MOST_OF_A_CHAT = 4  # open pages of one person
MOST_OF_A_SOURCE = 200  # a school has one address


@dataclass(eq=False)
class Bell:
    """Rung when there is something new, or when this stream has to end for another."""

    chat: bytes
    source: bytes
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def end(self) -> None:
        """Make room: the page asks again in a while, where a refusal would end its asking for good."""
        self.over = True
        self.rung.set()


class Bells:
    """Wakes whoever waits for a chat when something is queued for it."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, list[Bell]] = {}  # by chat and by source, the oldest first
        self.closed = False

    def ring(self, chats: Sequence[bytes]) -> None:
        """Something new lies ready for these chats."""
        for chat in chats:
            for bell in self._waiting.get(chat, ()):
                bell.rung.set()

    def close(self) -> None:
        """End every stream: the process is about to."""
        self.closed = True
        self.ring(tuple(self._waiting))

    @contextmanager
    def waiting(self, chat: bytes, source: bytes = b"") -> Iterator[Bell]:
        """A bell of a chat, while somebody waits for it; the oldest of too many ends."""
        bell = Bell(chat, source)
        for of, most in ((chat, MOST_OF_A_CHAT), (source, MOST_OF_A_SOURCE)):
            bells = self._waiting.setdefault(of, [])
            bells.append(bell)
            going_on = [each for each in bells if not each.over]
            if len(going_on) > most:
                going_on[0].end()
        try:
            yield bell
        finally:
            for of in (chat, source):
                self._leave(of, bell)

    def _leave(self, of: bytes, bell: Bell) -> None:
        self._waiting[of].remove(bell)
        if not self._waiting[of]:
            del self._waiting[of]


def router(door: Door, bells: Bells) -> APIRouter:
    """The stream of later messages."""
    routes = APIRouter()

    async def known(request: Request) -> tuple[str, bytes]:
        """The session that asks, and from where; refused before the stream opens where there is none."""
        asking = visitor(request, door.trusted)
        session = bearer(request) or sessions.cookie(request, secure=asking.secure)
        try:
            if session and (await door.kept(session)).tied:
                return session, door.sources.hashed(asking.address, door.now())
        except Unavailable as error:
            raise HTTPException(503) from error
        raise HTTPException(401)

    @routes.get("/api/chat/events", response_class=EventSourceResponse)
    async def events(
        asking: tuple[str, bytes] = Depends(known),
        after: str | None = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        async for shown in later(door, bells, *asking, last_event_id or after):
            yield ServerSentEvent(
                raw_data=json.dumps(message(shown), ensure_ascii=False), id=shown.id, retry=AGAIN_MS
            )

    return routes


async def later(
    door: Door, bells: Bells, session: str, source: bytes, after: str | None
) -> AsyncIterator[Shown]:
    """Messages that answer nothing, as they come; ends with the session, or after a while."""
    with bells.waiting(conversations.chat_hash(door.keys, CHANNEL, session), source) as bell:
        for _ in range(LOOKS):
            bell.rung.clear()
            try:
                kept = await door.kept(session)
            except Unavailable:
                return
            for shown in _by_itself(kept, after):
                yield shown
            after = kept.shown[-1][1].id if kept.shown else after
            if not kept.tied or bells.closed or bell.over:
                return
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await bell.rung.wait()


def _by_itself(kept: Kept, after: str | None) -> tuple[Shown, ...]:
    replies = {shown.id for key, shown in kept.shown if key}
    return tuple(shown for shown in kept.after(after) if shown.id not in replies)
