"""Deliver what is queued: within the limits, in order within a chat, marked when done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels.base import Delivered, Shown
from bot.logs import error_class
from bot.store import conversations, queue, said, threads
from bot.store.crypto import Keys
from bot.store.engine import AWAY, reading
from bot.store.queue import Waiting
from bot.store.said import Unsaid

AT_ONCE = 32
IDLE_SECONDS = 1.0  # another process may have queued something
MOST_WAIT_SECONDS = 60.0
MOST_FAULTS = 8  # some three minutes: then the messages behind it, help among them, are let through
log = structlog.get_logger()
Deliver = Callable[[str, Shown], Awaitable[Delivered]]


@dataclass
class Limits:
    """How fast messages may go: overall, and to one chat after a burst. Source: telegram.md."""

    per_second: float
    per_chat: float
    burst: int = 3
    _free_at: float = 0.0
    _chats: dict[bytes, float] = field(default_factory=dict)

    def wait(self, chat: bytes, now: float) -> float:
        """Seconds until a message may go to a chat; 0 takes the place at once."""
        gap, chat_gap = 1 / self.per_second, 1 / self.per_chat
        overall = max(self._free_at - now - gap * self.per_second / 5, 0.0)
        debt = max(self._chats.get(chat, now), now)
        own = max(debt - now - chat_gap * (self.burst - 1), 0.0)
        if max(overall, own) > 0:
            return max(overall, own)
        self._free_at = max(self._free_at, now) + gap
        self._chats[chat] = debt + chat_gap
        self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        if len(self._chats) > 10_000:
            self._chats = {chat: free for chat, free in self._chats.items() if free > now}


@dataclass(frozen=True, slots=True)
class _Result:
    waiting: Waiting
    delivered: Delivered
    at: int  # when it was tried, in ms
    tried: bool = True  # else it waited for its turn, or behind another


class Outbox:
    """Delivers one channel's queue. A crash may repeat a message, never lose one."""

    def __init__(
        self,
        engine: AsyncEngine,
        keys: Keys,
        channel: str,
        deliver: Deliver,
        limits: Limits,
        now: Callable[[], int],
        monotonic: Callable[[], float],
        at: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._engine, self._keys, self._channel = engine, keys, channel
        self._deliver, self._limits = deliver, limits
        self._now, self._monotonic, self._at = now, monotonic, at
        self._wake = asyncio.Event()
        self._results: list[_Result] = []
        self._claimed: dict[str, Waiting] = {}
        self._busy: set[asyncio.Task[None]] = set()

    def wake(self, chats: Sequence[bytes] = ()) -> None:
        """Something was queued, or a delivery is done."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way is finished and marked."""
        try:
            while True:
                self._wake.clear()
                wait = await self._round()
                if wait > 0:
                    await self._sleep(wait)
        finally:
            await self._finish()

    async def _sleep(self, seconds: float) -> None:
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _finish(self) -> None:
        if self._busy:
            await asyncio.wait(self._busy, timeout=2)
        if not self._results:
            return
        try:
            async with self._engine.begin() as db:
                await self._mark(db, tuple(self._results))
        except AWAY as error:  # they come once more after the next start, which is better than not at all
            log.warning(
                "what was delivered last is not marked", error=error_class(error), channel=self._channel
            )

    async def _round(self) -> float:
        """Mark what is done and start what is due; returns how long nothing needs doing, in seconds."""
        now, free = self._now(), AT_ONCE - len(self._busy)
        try:
            claimed, due = await self._mark_and_claim(now, free)
        except AWAY as error:
            log.warning("database unavailable", error=error_class(error), channel=self._channel)
            return IDLE_SECONDS
        self._at("claimed")
        for _, messages in groupby(sorted(claimed, key=lambda each: each.chat), key=lambda each: each.chat):
            self._start(list(messages))
        if free and len(claimed) == free:
            return 0  # there may be more
        return IDLE_SECONDS if due is None else min(max((due - now) / 1000, 0.005), IDLE_SECONDS)

    async def _mark_and_claim(self, now: int, free: int) -> tuple[list[Waiting], int | None]:
        """What is due and not under way, and when the next that was put off will be; one transaction.

        A SQLite file is one process's, which itself knows what is under way: claiming writes nothing,
        and after a crash everything is free at once.
        """
        results, alone = tuple(self._results), self._engine.dialect.name == "sqlite"
        marked = {each.waiting.id for each in results}
        under_way = {each.chat for id, each in self._claimed.items() if id not in marked}
        claimed, unopened = list[Waiting](), list[str]()
        async with reading(self._engine) if alone and not results else self._engine.begin() as db:
            await self._mark(db, results)
            if free:
                claimed, unopened = await queue.claim(
                    db, self._keys, self._channel, now, free, under_way, lease=not alone
                )
            due = await queue.due_at(db, self._channel, now)
        self._forget(results)
        if unopened:
            await self._put_aside(unopened, now)
        return claimed, due

    async def _put_aside(self, ids: Sequence[str], now: int) -> None:
        """One message that no key opens must neither end the process nor shut its chat."""
        log.error("messages that no key opens were put aside", count=len(ids), channel=self._channel)
        async with self._engine.begin() as db:
            await queue.put_aside(db, ids, now)

    def _forget(self, results: Sequence[_Result]) -> None:
        """Only after the commit: one that failed must be tried again."""
        for each in results:
            self._claimed.pop(each.waiting.id, None)
        del self._results[: len(results)]

    def _start(self, messages: list[Waiting]) -> None:
        self._claimed |= {each.id: each for each in messages}
        task = asyncio.create_task(self._send(messages))
        self._busy.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._wake.set()

    async def _send(self, messages: list[Waiting]) -> None:
        """Send one chat's messages in order; the first that can not go holds the others back."""
        for place, waiting in enumerate(messages):
            held_up, at = self._limits.wait(waiting.chat, self._monotonic()), self._now()
            result = Delivered(done=False, retry_after=held_up) if held_up else await self._try(waiting)
            self._results.append(_Result(waiting, result, at, tried=not held_up))
            if result.unreachable or (not result.done and not result.error):
                unsent = replace(result, messages=())
                self._results += [_Result(each, unsent, at, tried=False) for each in messages[place + 1 :]]
                return

    async def _try(self, waiting: Waiting) -> Delivered:
        try:
            result = await self._deliver(waiting.address, Shown.model_validate_json(waiting.body))
        except Exception as error:
            log.error("a delivery failed", error=error_class(error), channel=self._channel, exc_info=error)
            result = _after_fault(error, waiting.tries)
        self._at("sent")
        return result

    async def _mark(self, db: AsyncConnection, results: Sequence[_Result]) -> None:
        gone = [each.waiting.chat for each in results if each.delivered.unreachable]
        over = [each.waiting for each in results if each.delivered.done or each.delivered.error]
        queued = await queue.delivered(db, over)
        dropped = {each.id for each in over if each.id not in queued}
        await self._keep_said(db, [each for each in results if each.delivered.messages], dropped)
        letters = [each.waiting.letter_id for each in results if each.delivered.done]
        await threads.mark_shown(db, list(filter(None, letters)), self._now())
        for each in results:
            if not each.delivered.done and each.delivered.retry_after is not None:
                at = self._now() + int(each.delivered.retry_after * 1000) + 1
                await queue.later(db, each.waiting, at, tried=each.tried)
        if gone:
            # What was queued since is left there: they may have come back, and it may answer them.
            await conversations.mark_reachable(db, gone, reachable=False)

    async def _keep_said(
        self, db: AsyncConnection, results: Sequence[_Result], dropped: Collection[str]
    ) -> None:
        """Remember what can be taken back; at once it is, where the person was erased while it was sent."""
        kept = list[tuple[bytes, str, int]]()
        for each in results:
            waiting, messages = each.waiting, each.delivered.messages
            if waiting.id in dropped and not await conversations.is_tied(db, [waiting.chat], each.at):
                unsaid = Unsaid(waiting.chat, self._channel, waiting.address, messages)
                await queue.put(db, [_taking_back(self._keys, waiting.id, unsaid, each.at)])
            else:
                kept += [(waiting.chat, message, each.at) for message in messages]
        await said.keep(db, kept)


async def taking_back(
    db: AsyncConnection, keys: Keys, conversation_ids: Sequence[str], now: int, new_id: Callable[[], str]
) -> list[dict[str, Any]]:
    """Rows to queue behind the reply, with the erasure: they delete what these people's chats still show."""
    unsaid = await said.take(db, keys, conversation_ids, now)
    return [_taking_back(keys, new_id(), each, now) for each in unsaid]


def _taking_back(keys: Keys, id: str, unsaid: Unsaid, now: int) -> dict[str, Any]:
    body = Shown(id=id, text="", unsays=unsaid.messages).model_dump_json()
    return queue.row(keys, id, unsaid.chat, unsaid.channel, unsaid.address, body, now)


def _after_fault(error: Exception, tries: int) -> Delivered:
    """A fault of ours, as no channel reports one: tried again for a while, then given up."""
    if tries >= MOST_FAULTS:
        return Delivered(done=False, error=error_class(error))
    return Delivered(done=False, retry_after=min(2.0**tries, MOST_WAIT_SECONDS))
