"""What comes by itself while a page is open: a worker's answer, news."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
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


class Bells:
    """Wakes whoever waits for a chat when something is queued for it."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, set[asyncio.Event]] = {}
        self.closed = False

    def ring(self, chats: Sequence[bytes]) -> None:
        """Something new lies ready for these chats."""
        for chat in chats:
            for bell in self._waiting.get(chat, ()):
                bell.set()

    def close(self) -> None:
        """End every stream: the process is about to."""
        self.closed = True
        self.ring(tuple(self._waiting))

    @contextmanager
    def waiting(self, chat: bytes) -> Iterator[asyncio.Event]:
        """A bell of a chat, while somebody waits for it."""
        bell = asyncio.Event()
        self._waiting.setdefault(chat, set()).add(bell)
        try:
            yield bell
        finally:
            self._waiting[chat].discard(bell)
            if not self._waiting[chat]:
                del self._waiting[chat]


def router(door: Door, bells: Bells) -> APIRouter:
    """The stream of later messages."""
    routes = APIRouter()

    async def known(request: Request) -> str:
        """The session that asks; refused before the stream opens where there is none."""
        secure = visitor(request, door.trusted).secure
        session = bearer(request) or sessions.cookie(request, secure=secure)
        try:
            if session and (await door.kept(session)).tied:
                return session
        except Unavailable as error:
            raise HTTPException(503) from error
        raise HTTPException(401)

    @routes.get("/api/chat/events", response_class=EventSourceResponse)
    async def events(
        session: str = Depends(known),
        after: str | None = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        async for shown in later(door, bells, session, last_event_id or after):
            yield ServerSentEvent(
                raw_data=json.dumps(message(shown), ensure_ascii=False), id=shown.id, retry=AGAIN_MS
            )

    return routes


async def later(door: Door, bells: Bells, session: str, after: str | None) -> AsyncIterator[Shown]:
    """Messages that answer nothing, as they come; ends with the session, or after a while."""
    with bells.waiting(conversations.chat_hash(door.keys, CHANNEL, session)) as bell:
        for _ in range(LOOKS):
            bell.clear()
            try:
                kept = await door.kept(session)
            except Unavailable:
                return
            for shown in _by_itself(kept, after):
                yield shown
            after = kept.shown[-1][1].id if kept.shown else after
            if not kept.tied or bells.closed:
                return
            try:
                await asyncio.wait_for(bell.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue


def _by_itself(kept: Kept, after: str | None) -> tuple[Shown, ...]:
    replies = {shown.id for key, shown in kept.shown if key}
    return tuple(shown for shown in kept.after(after) if shown.id not in replies)
