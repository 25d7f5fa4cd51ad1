"""Telegram: asks for updates or is called with them, and hands on what people did."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, RetryAfter

from bot import clock
from bot.channels.base import Incoming, Left, Shown, Wrote
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api, Json, seconds_to_wait
from bot.channels.telegram_updates import ALLOWED_UPDATES, Elsewhere, Query, Read, read
from bot.i18n import SOURCE, Words
from bot.logs import error_class
from bot.pages.visitors import Limit
from dialogs.commands import LABELS
from dialogs.text import N_

log = structlog.get_logger()

OnMessages = Callable[[Sequence[Incoming]], Awaitable[object]]
Straight = Callable[[Incoming], Sequence[Shown]]
T = TypeVar("T")

WRITE_ALONE = N_("Jeg snakker bare med én om gangen. Skriv til meg her: {address}")
TOO_FAST = N_("Nå gikk det litt fort. Vent litt, og skriv det siste på nytt.")

LONGEST_BODY = 1_000_000
POLL_SECONDS = 25
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# One carrier: Telegram then keeps the order of what a person writes.
WEBHOOK_CONNECTIONS = 1
REMEMBERED = 1_000
# Of one chat: far more than anybody writes, also to a bot that was away for a while.
A_SECOND, AT_ONCE = 1.0, 100
TELL_EVERY_SECONDS = 60

# Telegram's own menu: its names must be ASCII, and dialogs.commands knows them all.
NORWEGIAN = {
    "hjelp": "help",
    "tilbake": "back",
    "mine": "mine",
    "endre": "edit",
    "slett": "delete",
    "sprak": "language",
    "personvern": "privacy",
    "stopp": "stop",
}
ENGLISH = {name: name for name in NORWEGIAN.values()}
MENU = {"nb": NORWEGIAN, "nn": NORWEGIAN, "en": ENGLISH}


class Telegram:
    """One bot. Nothing is acknowledged before `on_messages` has returned, which is after the commit.

    `straight` gives the help that is sent although nothing can be stored, to who asks for it. `limit` is
    how much of one chat is taken: a flood by one must not make the others wait.
    """

    def __init__(
        self,
        api: Api,
        on_messages: OnMessages,
        straight: Straight,
        delivery: Delivery,
        words: Words,
        limit: Limit | None = None,
    ) -> None:
        self._api = api
        self._on_messages = on_messages
        self._straight = straight
        self._delivery = delivery
        self._words = words
        self._albums: OrderedDict[str, int] = OrderedDict()
        self._helped: OrderedDict[str, None] = OrderedDict()
        self._limit = limit or Limit(A_SECOND, AT_ONCE)
        self._telling = Limit(1 / TELL_EVERY_SECONDS, 1)
        self._let_in: OrderedDict[str, bool] = OrderedDict()
        self._leaving: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.last_heard = clock.monotonic()

    # --- polling -----------------------------------------------------------------------------

    async def poll(self) -> None:
        """Ask for updates until cancelled: each batch is committed before the offset moves past it.

        The offset begins at nothing and is stored nowhere: update numbers restart at random after
        a quiet week, and what comes again is known by its number in the database.
        """
        await self._introduce()
        await persistently(self._api.delete_webhook)
        offset: int | None = None
        while True:
            offset = await self._poll_once(offset)

    async def _poll_once(self, offset: int | None) -> int | None:
        batch = await persistently(lambda: self._api.raw_updates(offset, POLL_SECONDS, ALLOWED_UPDATES))
        self.last_heard = clock.monotonic()
        if not batch:
            return offset
        await persistently(lambda: self._take(batch))
        return int(batch[-1]["update_id"]) + 1

    # --- webhook -----------------------------------------------------------------------------

    async def be_called(self, url: str, secret: str) -> None:
        """Have Telegram bring the updates to our own address, where `receive` takes them."""
        await self._introduce()
        await persistently(
            lambda: self._api.set_webhook(
                url,
                secret_token=secret,
                max_connections=WEBHOOK_CONNECTIONS,
                allowed_updates=ALLOWED_UPDATES,
            )
        )

    async def receive(self, chunks: AsyncIterator[bytes], shown: str | None, secret: str) -> int:
        """Take what Telegram brought; the HTTP status: 200 only after the commit.

        Nothing is read from whoever does not show the secret. What is Telegram's own but can not be
        read is noted and accepted, or it would come for ever.
        """
        if not secret or not hmac.compare_digest((shown or "").encode(), secret.encode()):
            return 403
        body = await _at_most(LONGEST_BODY, chunks)
        if body is None:
            return 413
        try:
            update = json.loads(body)
        except (ValueError, RecursionError) as error:
            log.warning("update can not be read", error=error_class(error))
            return 200
        return await self._received(update)

    async def _received(self, update: Json) -> int:
        try:
            await self._take([update])
        except Exception as error:  # whatever kept it from being stored, Telegram brings it again
            log.warning("update not stored", error=error_class(error))
            return 500
        self.last_heard = clock.monotonic()
        return 200

    # --- what both share ---------------------------------------------------------------------

    async def _take(self, batch: Sequence[Json]) -> None:
        """Stop the buttons from spinning, leave groups, and have the rest stored."""
        updates = [update for update in map(_readable, batch) if update]
        for update in updates:
            if update.query:
                self._later(self._stop_spinning(update.query))
            if update.elsewhere:
                self._later(self._leave(update.elsewhere))
        incoming = [update.incoming for update in updates if update.incoming and self._is_new(update)]
        taken = [each for each in incoming if self._may_come_in(each)]
        if taken:
            await self._store(taken)

    def _may_come_in(self, incoming: Incoming) -> bool:
        """Whether one more of this chat is taken; help and what is grave always are. Who must wait is told.

        What Telegram brings again, because it was not stored, is judged as it was the first time.
        """
        if incoming.key not in self._let_in:
            who, now = incoming.address.encode(), clock.monotonic()
            let_in = not self._limit.wait(who, now) or self._is_urgent(incoming)
            _remember(self._let_in, incoming.key, let_in)
            if not let_in and not self._telling.wait(who, now):
                self._later(self._ask_to_wait(incoming))
        return self._let_in[incoming.key]

    def _is_urgent(self, incoming: Incoming) -> bool:
        return isinstance(incoming.act, Left) or bool(self._straight(incoming))

    async def _ask_to_wait(self, incoming: Incoming) -> None:
        text = self._words.say(TOO_FAST, incoming.language or SOURCE)
        await self._api.send_message(int(incoming.address), text)

    async def _store(self, incoming: Sequence[Incoming]) -> None:
        """Have it stored; who asks for help gets it even when that fails, once."""
        try:
            await self._on_messages(incoming)
        except Exception:
            for each in incoming:
                if each.key not in self._helped:
                    _remember(self._helped, each.key, None)
                    self._later(self._help(each))
            raise

    async def _help(self, incoming: Incoming) -> None:
        for shown in self._straight(incoming):
            await self._delivery.deliver(incoming.address, shown)

    def _is_new(self, update: Read) -> bool:
        """An album comes as many updates, and is answered once; its caption is words like others."""
        if update.album is None or (update.incoming and isinstance(update.incoming.act, Wrote)):
            return True
        if update.album not in self._albums:
            _remember(self._albums, update.album, update.number)
        return self._albums[update.album] == update.number

    async def _stop_spinning(self, query: Query) -> None:
        """Answered at once, before the work: later it may be too late, and that is no fault."""
        if query.message:
            self._delivery.noticed(query.chat, query.message)
        await self._api.answer_callback_query(query.id)

    async def _leave(self, elsewhere: Elsewhere) -> None:
        """One answer in a group, and out of it: what others read is no place to tell what one needs."""
        if elsewhere.chat in self._leaving:
            return
        self._leaving.add(elsewhere.chat)
        try:
            address = f"https://t.me/{self._api.username}?start"
            text = self._words.say(N_(WRITE_ALONE.msgid, address=address), elsewhere.language or SOURCE)
            await self._api.send_message(elsewhere.chat, text)
        finally:
            await self._api.leave_chat(elsewhere.chat)
            self._leaving.discard(elsewhere.chat)

    def _later(self, kindness: Coroutine[Any, Any, None]) -> None:
        """Do this beside the work; its failure is noted and changes nothing."""
        task = asyncio.create_task(_swallowed(kindness))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _introduce(self) -> None:
        """Learn our own name, and give Telegram the words of its menu in each language."""
        await persistently(self._api.initialize)
        for language, menu in MENU.items():
            commands = [
                BotCommand(name, self._words.say(LABELS[meaning], language)) for name, meaning in menu.items()
            ]
            # Telegram shows the menu without a language to everybody who has no menu of their own.
            code = None if language == SOURCE else language
            await persistently(partial(self._api.set_my_commands, commands, language_code=code))

    async def close(self) -> None:
        """Let go of the connections; what is not finished comes again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._api.shutdown()


async def _at_most(longest: int, chunks: AsyncIterator[bytes]) -> bytes | None:
    """The whole body; None for one that is longer, which is not read to its end."""
    body = b""
    async for chunk in chunks:
        body += chunk
        if len(body) > longest:
            return None
    return body


def _remember(entries: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep the latest so many: what is forgotten may be said twice, and is never lost."""
    entries[key] = value
    if len(entries) > REMEMBERED:
        entries.popitem(last=False)


def _readable(update: Json) -> Read | None:
    """One update read alone, so that a strange one costs nobody else theirs."""
    try:
        return read(update)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        number = update.get("update_id") if isinstance(update, dict) else None
        log.warning("update can not be read", update=number, error=error_class(error))
        return None


async def _swallowed(kindness: Coroutine[Any, Any, None]) -> None:
    try:
        await kindness
    except Exception as error:  # whatever it was, the work goes on
        log.info("telegram refused", error=error_class(error))


async def persistently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until it is done: waiting as Telegram asks, else ever longer; a wrong token ends it."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except InvalidToken:
            raise
        except RetryAfter as limit:
            pause = seconds_to_wait(limit)
        except Exception as error:  # the network, another poller, the database: all may come back
            log.warning("trying again", error=error_class(error), seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
