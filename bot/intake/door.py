"""The one door for what people do: all who wait share the next commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot import render
from bot.channels.base import (
    CHANNELS,
    Answer,
    Changed,
    Incoming,
    Shown,
    Unavailable,
    Used,
    Wrote,
)
from bot.clock import DAY_MS, MINUTE_MS
from bot.intake.work import Work
from bot.intake.world import World, rows_of, situation_of, sources_of
from bot.logs import error_class
from bot.store import categories, conversations, journal, publishing, queue
from bot.store.categories import Added
from bot.store.engine import AWAY, erase_traces, is_away, reading
from dialogs import commands, engine
from dialogs.model import (
    Commanded,
    Conversation,
    Heard,
    Message,
)
from dialogs.text import N_

BATCH = 100
TRIES = 3
LONG = 2_000  # characters; a shorter text is read faster than a thread is found for it
WRITE_AGAIN = N_("Noe gikk galt hos meg. Skriv det på nytt, så prøver jeg igjen.")
log = structlog.get_logger()


@dataclass(slots=True)
class _Asked:
    incoming: Incoming
    answer: asyncio.Future[Answer]


class Intake:
    """The one door for what people do. All who wait share the next commit."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.listeners: list[Callable[[Sequence[bytes]], None]] = []  # told which chats have something new
        self._waiting: list[_Asked] = []
        self._wake = asyncio.Event()
        self._counts: dict[tuple[str, int], dict[str, int]] = {}
        self._added: tuple[int, tuple[Added, ...]] = (-1, ())

    async def take(self, incoming: Incoming) -> Answer:
        """Hand in one thing; returns after the commit. Raises Unavailable if nothing was taken."""
        return (await self.take_all([incoming]))[0]

    async def take_all(self, incoming: Sequence[Incoming]) -> list[Answer]:
        """Hand in several in order; returns after all are committed."""
        loop = asyncio.get_running_loop()
        asked = [_Asked(each, loop.create_future()) for each in incoming]
        self._waiting += asked
        self._wake.set()
        done = await asyncio.gather(*(each.answer for each in asked), return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result
        return [result for result in done if isinstance(result, Answer)]

    async def run(self) -> None:
        """Take what waits, batch after batch, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._take(batch)

    async def _take(self, batch: list[_Asked]) -> None:
        try:
            answers = await self._together([asked.incoming for asked in batch])
        except Exception as error:
            log.warning("a batch was not taken", error=error_class(error), count=len(batch))
            if is_away(error):
                _fail(batch)
                return
            for asked in batch:
                await self._alone(asked)
        else:
            for asked, answer in zip(batch, answers, strict=True):
                _answer(asked, answer)

    async def _alone(self, asked: _Asked) -> None:
        """An update that spoils its batch is tried by itself; in the end only its id is kept."""
        error: Exception | None = None
        for _ in range(TRIES):
            try:
                _answer(asked, (await self._together([asked.incoming]))[0])
                return
            except Exception as failed:
                if is_away(failed):
                    _fail([asked])
                    return
                error = failed
        assert error is not None  # the loop ran and did not return
        log.error(
            "an update was given up", error=error_class(error), channel=asked.incoming.channel, exc_info=error
        )
        await self._give_up(asked, error)

    async def _give_up(self, asked: _Asked, error: Exception) -> None:
        world, incoming = self._world, asked.incoming
        source, now = sources_of(world.keys, incoming)[0], world.now()
        chat = conversations.chat_hash(world.keys, incoming.channel, incoming.address)
        told = self._plain(incoming, (Message((WRITE_AGAIN,)),))
        shown = tuple(each.model_copy(update={"stale": True}) for each in told)  # nothing says "stored"
        try:
            async with world.engine.begin() as db:
                await queue.take(db, [(source, incoming.key)], now)
                await queue.give_up(
                    db, world.new_id(), incoming.channel, incoming.key, error_class(error), now
                )
                await queue.put(db, rows_of(world, incoming, chat, shown, now))
        except AWAY:
            _fail([asked])
            return
        self.queued([chat])
        _answer(asked, Answer(shown, stale=True))

    async def _together(self, batch: list[Incoming]) -> list[Answer]:
        """Read a batch before the database is touched, then step it and commit it whole."""
        world, now = self._world, self._world.now()
        heard = [await self._heard(each) for each in batch]
        await self._count(batch, now)
        added = await self._offered(now)
        async with world.engine.begin() as db:
            work = Work(db, world, now, self._counts, added)
            answers = await work.do(batch, heard)
            world.at("stepped")
            await work.save()
            world.at("saved")
        world.at("committed")
        if work.erased:
            await self._erase_traces()
        if work.rows:
            self.queued([row["chat"] for row in work.rows])
        return answers

    async def _heard(self, incoming: Incoming) -> Heard | Exception | None:
        """What is heard in words; a long text is read beside the loop, where it holds nobody else up.

        Words that can not be read are a fault only where they were not answered before.
        """
        act = incoming.act
        if not isinstance(act, Wrote | Changed):
            return None
        try:
            if len(act.text) <= LONG:
                return self._world.read(act.text, incoming.language)
            return await asyncio.to_thread(self._world.read, act.text, incoming.language)
        except Exception as error:
            return error

    async def _erase_traces(self) -> None:
        """Before the person is told: note it where no backup reaches, and empty the write-ahead log."""
        try:
            if self._world.journal:
                await journal.write(self._world.engine, self._world.journal)
            await erase_traces(self._world.engine)
        except AWAY as error:  # the rows are gone and the note is stored; retention does the rest
            log.warning("traces wait for retention", error=error_class(error))

    async def _count(self, batch: list[Incoming], now: int) -> None:
        """How many asked for the same, as it was published; looked up once a day."""
        today = now // DAY_MS
        here = self._world.place
        for key in {incoming.municipality or here for incoming in batch} | {here}:
            if key in self._world.places and (key, today) not in self._counts:
                async with reading(self._world.engine) as db:
                    self._counts[key, today] = await publishing.asked(db, key)

    async def _offered(self, now: int) -> tuple[Added, ...]:
        """The categories that coordinators added, asked for once a minute."""
        minute, added = self._added
        if minute != now // MINUTE_MS:
            async with reading(self._world.engine) as db:
                added = await categories.listed(db)
            self._added = (now // MINUTE_MS, added)
        return added

    def queued(self, chats: Sequence[bytes]) -> None:
        """Tell who delivers, and which pages are open, that something lies ready for these chats."""
        for tell in self.listeners:
            tell(chats)

    def straight(self, incoming: Incoming) -> tuple[Shown, ...]:
        """Help without the database, for who asks for it or writes something grave; else empty."""
        heard = None
        if isinstance(incoming.act, Wrote | Changed):
            heard = self._world.read(incoming.act.text, incoming.language)
        asks = isinstance(incoming.act, Used) and incoming.act.command == "help"
        asks = asks or (heard is not None and commands.read(heard.masked) == ("help", None))
        if not asks and not (heard and heard.grave):
            return ()
        conversation = Conversation(municipality=incoming.municipality or self._world.place)
        situation = situation_of(self._world, incoming, conversation.municipality, {}, self._world.now())
        return self._plain(incoming, engine.step(conversation, Commanded("help"), situation).messages)

    def opening(self, incoming: Incoming) -> tuple[Shown, ...]:
        """The first screen with nothing stored, for a channel where who only looks leaves nothing."""
        world, language = self._world, incoming.language or "nb"
        municipality = incoming.municipality or world.place
        situation = situation_of(world, incoming, municipality, {}, world.now())
        outcome = engine.start(situation.municipality.key, language, situation)
        return self._plain(incoming, outcome.messages)

    def _plain(self, incoming: Incoming, messages: tuple[Message, ...]) -> tuple[Shown, ...]:
        ids = [self._world.new_id() for _ in messages]
        language = incoming.language or "nb"
        return render.render(messages, self._world.words, language, CHANNELS[incoming.channel], ids)


def _answer(asked: _Asked, answer: Answer) -> None:
    if not asked.answer.done():
        asked.answer.set_result(answer)


def _fail(batch: list[_Asked]) -> None:
    for asked in batch:
        if not asked.answer.done():
            asked.answer.set_exception(Unavailable())
