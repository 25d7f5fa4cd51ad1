"""Messages in: once only, read, stepped, saved and answered, in one transaction for all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import outbox, render
from bot.channels.base import (
    CHANNELS,
    Act,
    Answer,
    Changed,
    Gave,
    Incoming,
    Left,
    Marked,
    Pressed,
    Shown,
    Unavailable,
    Used,
    Wrote,
)
from bot.clock import milliseconds, moment
from bot.i18n import Words
from bot.logs import error_class
from bot.municipalities import Place
from bot.store import codes, conversations, erase, flags, journal, needs, queue
from bot.store.conversations import Chat, Held
from bot.store.crypto import Keys
from bot.store.engine import AWAY, erase_traces, is_away
from bot.store.flags import Raised
from bot.understanding.letters import storable
from dialogs import commands, engine, parse
from dialogs.help import after_grave
from dialogs.model import (
    Chose,
    Coded,
    Commanded,
    ContactGiven,
    Conversation,
    Edited,
    Effect,
    Erased,
    Event,
    FlagAnswered,
    FlagRaised,
    Heard,
    LinkCut,
    Message,
    Opened,
    Outcome,
    Picked,
    Said,
    Sent,
    Showed,
    Situation,
)
from dialogs.needs import MOST_NEEDS
from dialogs.text import N_

BATCH = 100
TRIES = 3
DAY_MS = 86_400_000
OPENED_MS = 3_600_000  # how long a receipt keeps the youngest path's answers open in a chat
STEPS = ("skip", "back")  # commands that mean the question their button stood under
PRIORITY = {"grave": 0, "news": 2}
WRITE_AGAIN = N_("Noe gikk galt hos meg. Skriv det på nytt, så prøver jeg igjen.")
log = structlog.get_logger()


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
        source, now = _sources(world.keys, incoming)[0], world.now()
        chat = conversations.chat_hash(world.keys, incoming.channel, incoming.address)
        told = self._plain(incoming, (Message((WRITE_AGAIN,)),))
        shown = tuple(each.model_copy(update={"stale": True}) for each in told)  # nothing says "stored"
        try:
            async with world.engine.begin() as db:
                await queue.take(db, [(source, incoming.key)], now)
                await queue.give_up(
                    db, world.new_id(), incoming.channel, incoming.key, error_class(error), now
                )
                await queue.put(db, _rows(world, incoming, chat, shown, now))
        except AWAY:
            _fail([asked])
            return
        self._queued([chat])
        _answer(asked, Answer(shown, stale=True))

    async def _together(self, batch: list[Incoming]) -> list[Answer]:
        """Step a batch and commit it whole."""
        world, now = self._world, self._world.now()
        await self._count(batch, now)
        async with world.engine.begin() as db:
            work = _Work(db, world, now, self._counts)
            answers = await work.do(batch)
            world.at("stepped")
            await work.save()
            world.at("saved")
        world.at("committed")
        if work.erased:
            await self._erase_traces()
        if work.rows:
            self._queued([row["chat"] for row in work.rows])
        return answers

    async def _erase_traces(self) -> None:
        """Before the person is told: note it where no backup reaches, and empty the write-ahead log."""
        try:
            if self._world.journal:
                await journal.write(self._world.engine, self._world.journal)
            await erase_traces(self._world.engine)
        except AWAY as error:  # the rows are gone and the note is stored; retention does the rest
            log.warning("traces wait for retention", error=error_class(error))

    async def _count(self, batch: list[Incoming], now: int) -> None:
        """How many asked for the same, counted once a day, so that no single sending can be seen in it."""
        today = now // DAY_MS
        here = self._world.place
        for key in {incoming.municipality or here for incoming in batch} | {here}:
            if key in self._world.places and (key, today) not in self._counts:
                async with self._world.engine.begin() as db:
                    self._counts[key, today] = await needs.counts(db, key, today * DAY_MS)

    def _queued(self, chats: Sequence[bytes]) -> None:
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
        situation = _situation(self._world, incoming, conversation.municipality, {}, self._world.now())
        return self._plain(incoming, engine.step(conversation, Commanded("help"), situation).messages)

    def opening(self, incoming: Incoming) -> tuple[Shown, ...]:
        """The first screen with nothing stored, for a channel where who only looks leaves nothing."""
        world, language = self._world, incoming.language or "nb"
        municipality = incoming.municipality or world.place
        situation = _situation(world, incoming, municipality, {}, world.now())
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


def _sources(keys: Keys, incoming: Incoming) -> tuple[bytes, ...]:
    """Where the once-only key is unique: the whole channel, or one chat whose client makes keys.

    Under each key, the current one first: what was taken before a rotation is still taken.
    """
    if CHANNELS[incoming.channel].pushes:
        return keys.hashes("channel", incoming.channel)
    return conversations.chat_hashes(keys, incoming.channel, incoming.address)


def _origin(keys: Keys, incoming: Incoming, now: int) -> bytes:
    """Who sends, as a hash that can not be compared with another day's: for floods alone."""
    source = incoming.source or f"{incoming.channel} {incoming.address}"
    return keys.hash("source", str(now // DAY_MS), source)


def _situation(
    world: World,
    incoming: Incoming,
    municipality: str,
    counts: Mapping[str, int],
    now: int,
    *,
    kept: bool = False,
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
        web_address=world.web_address,
    )


def _rows(
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


@dataclass(slots=True)
class _Happened:
    """An effect, with the conversation as it was right after it."""

    chat: Chat
    conversation: Conversation
    effect: Effect
    raw: str = ""  # what was written, only where it is a safe way to the person
    origin: bytes = b""


@dataclass
class _Work:
    """One transaction: what is in hand, and what must be written before the commit."""

    db: AsyncConnection
    world: World
    now: int
    counts: dict[tuple[str, int], dict[str, int]]
    chats: dict[tuple[str, str], Chat] = field(default_factory=dict)
    seen: set[tuple[bytes, str]] = field(default_factory=set)
    taken: list[tuple[bytes, str]] = field(default_factory=list)
    answers: dict[tuple[bytes, str], Answer] = field(default_factory=dict)  # for the same key in one batch
    happened: list[_Happened] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    helds: dict[str, Held] = field(default_factory=dict)
    back: list[bytes] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)  # whose flags come along, and to whom
    untied: list[bytes] = field(default_factory=list)  # chats that leave the conversation they were tied to

    async def do(self, batch: Sequence[Incoming]) -> list[Answer]:
        """Step each in order, on what is loaded once for all."""
        keys = self.world.keys
        sources = [_sources(keys, each) for each in batch]
        wanted = [(own[0], each.key) for own, each in zip(sources, batch, strict=True)]
        self.seen = await self._seen(sources, batch)
        chats = list(dict.fromkeys((each.channel, each.address) for each in batch))
        self.chats = await conversations.load(self.db, keys, chats, self.now)
        return [await self._one(incoming, key) for incoming, key in zip(batch, wanted, strict=True)]

    async def _seen(
        self, sources: Sequence[tuple[bytes, ...]], batch: Sequence[Incoming]
    ) -> set[tuple[bytes, str]]:
        """Which of these were taken before, by their source under the current key."""
        current = {
            (source, each.key): (own[0], each.key)
            for own, each in zip(sources, batch, strict=True)
            for source in own
        }
        return {current[found] for found in await queue.already(self.db, list(current))}

    async def _one(self, incoming: Incoming, key: tuple[bytes, str]) -> Answer:
        if key in self.seen:
            return self.answers.get(key) or await self._again(incoming)
        chat = self.chats.get((incoming.channel, incoming.address))
        if chat is None and incoming.existing:
            return Answer((), known=False)
        self.seen.add(key)
        self.taken.append(key)
        if isinstance(incoming.act, Left):
            await self._left(chat, incoming.act)
            return Answer(())
        self.answers[key] = await self._stepped(incoming, chat)
        return self.answers[key]

    async def _again(self, incoming: Incoming) -> Answer:
        """The same key again: the same answer, and nothing is stored twice."""
        keys = self.world.keys
        hashes = conversations.chat_hashes(keys, incoming.channel, incoming.address)
        kept = await queue.of_chat(self.db, keys, hashes)
        shown = tuple(
            Shown.model_validate_json(each.body) for each in kept if each.in_reply_to == incoming.key
        )
        return _told(shown, over=(incoming.channel, incoming.address) not in self.chats)

    async def _left(self, chat: Chat | None, act: Left) -> None:
        if chat:
            await conversations.mark_reachable(self.db, [chat.hash], reachable=not act.gone)
            await queue.drop_chats(self.db, [chat.hash] if act.gone else [])

    async def _stepped(self, incoming: Incoming, chat: Chat | None) -> Answer:
        messages: tuple[Message, ...] = ()
        heard = self._heard(incoming.act, incoming.language)
        if chat is None:
            chat, messages = self._begun(incoming)
            if not _goes_on(incoming.act, heard):
                return self._answered(incoming, chat, Outcome(chat.held.conversation, messages))
            messages = () if _urgent(incoming.act, heard) else messages
        if chat.unreachable:
            self.back.append(chat.hash)
        situation = self._situation(incoming, chat.held.conversation, kept=await self._kept(chat))
        heard = _as_written(incoming.act, heard, chat.held.conversation, situation)
        event, chat = await self._event(incoming, chat, heard)
        outcome = engine.step(chat.held.conversation, event, situation)
        return self._answered(incoming, chat, outcome, messages)

    def _heard(self, act: Act, language: str | None) -> Heard | None:
        return self.world.read(act.text, language) if isinstance(act, Wrote | Changed) else None

    async def _kept(self, chat: Chat) -> bool:
        """Whether a case was reported and must be kept; only who raised a flag is asked about."""
        return chat.held.conversation.flagged and await flags.is_kept(self.db, chat.held.id)

    def _situation(self, incoming: Incoming, conversation: Conversation, *, kept: bool = False) -> Situation:
        counts = self.counts.get((conversation.municipality, self.now // DAY_MS), {})
        return _situation(self.world, incoming, conversation.municipality, counts, self.now, kept=kept)

    def _begun(self, incoming: Incoming) -> tuple[Chat, tuple[Message, ...]]:
        wanted = incoming.municipality or ""
        municipality = wanted if wanted in self.world.places else self.world.place
        language = incoming.language if incoming.language in self.world.words.languages else "nb"
        begun = Conversation(municipality=municipality, language=language or "nb")
        outcome = engine.start(municipality, begun.language, self._situation(incoming, begun))
        held = Held(self.world.new_id(), outcome.conversation, new=True)
        hash = conversations.chat_hash(self.world.keys, incoming.channel, incoming.address)
        chat = Chat(hash, incoming.channel, incoming.address, held, new=True)
        self.chats[incoming.channel, incoming.address] = chat
        return chat, outcome.messages

    async def _event(self, incoming: Incoming, chat: Chat, heard: Heard | None) -> tuple[Event, Chat]:
        """What was done, as the dialog understands it; a receipt may lead to another conversation."""
        act = incoming.act
        command = commands.read(act.text) if isinstance(act, Wrote) else None
        if isinstance(act, Used):
            command = (act.command, act.value)
        if command and command[1] and command[0] == "receipt":
            return await self._opened(incoming, chat, command[1])
        if command and command[1] and command[0] == "code":
            return await self._coded(incoming, chat, command[1]), chat
        return _plain_event(act, heard, chat.held.conversation), chat

    async def _opened(self, incoming: Incoming, chat: Chat, receipt: str) -> tuple[Event, Chat]:
        """Tie this chat to the conversation a receipt opens; unsent needs told here come along."""
        digits = "".join(each for each in receipt if each.isdigit())
        allowed = await self._may_try(incoming, chat)
        found = await conversations.by_receipt(self.db, self.world.keys, digits)
        too_young = found is not None and found[1].age() < CHANNELS[incoming.channel].youngest_age
        if not allowed or found is None or too_young:
            return Opened(found=False), chat
        if found[0] == chat.held.id:
            return Opened(found=True), chat
        return Opened(found=True), self._moved(chat, *found)

    def _moved(self, chat: Chat, id: str, conversation: Conversation) -> Chat:
        before = chat.held
        held = self._in_hand(id) or Held(id, conversation)
        if not before.conversation.sent:
            held.conversation = _with_unsent(held.conversation, before.conversation)
            self.erased.append(before.id)
            self.moved.append((before.id, id))
        if not chat.new:
            self.untied.append(chat.hash)
        limit = self.world.place_of(held.conversation.municipality).municipality.age_limit
        expires_at = self.now + OPENED_MS if held.conversation.youngest(limit) else None
        moved = Chat(chat.hash, chat.channel, chat.address, held, new=True, expires_at=expires_at)
        self.chats[chat.channel, chat.address] = moved
        return moved

    def _in_hand(self, id: str) -> Held | None:
        """A conversation as this batch has left it so far: what is stored is older."""
        tied = (each.held for each in self.chats.values() if each.held.id == id)
        return self.helds.get(id) or next(tied, None)

    async def _may_try(self, incoming: Incoming, chat: Chat) -> bool:
        """Whether this chat, and wherever it comes from, may try one more number."""
        db, keys, most = self.db, self.world.keys, codes.TRIES_OF_A_SOURCE
        allowed = await codes.may_try(db, keys, chat.hash.hex(), self.now)
        if incoming.source is None:
            return allowed
        return await codes.may_try(db, keys, f"source {incoming.source}", self.now, most) and allowed

    async def _coded(self, incoming: Incoming, chat: Chat, code: str) -> Event:
        if not await self._may_try(incoming, chat):
            return Coded(None)
        return Coded(
            await codes.use(self.db, self.world.keys, code, chat.held.conversation.municipality, self.now)
        )

    def _answered(
        self, incoming: Incoming, chat: Chat, outcome: Outcome, before: tuple[Message, ...] = ()
    ) -> Answer:
        """Note what changed and queue what is answered."""
        held = chat.held
        if outcome.conversation != held.conversation or held.new:
            held.conversation, held.changed = outcome.conversation, True
            self.helds[held.id] = held
        origin = _origin(self.world.keys, incoming, self.now) if outcome.effects else b""
        self.happened += [
            _Happened(chat, outcome.conversation, effect, _raw(incoming, effect), origin)
            for effect in outcome.effects
        ]
        shown = self._shown(incoming, outcome, before)
        if any(isinstance(effect, Erased | LinkCut) for effect in outcome.effects):
            self._let_go(held, erased=Erased() in outcome.effects)
        self.rows += _rows(self.world, incoming, chat.hash, shown, self.now)
        return _told(shown, over=(incoming.channel, incoming.address) not in self.chats)

    def _let_go(self, held: Held, *, erased: bool) -> None:
        """From here on no chat is tied to it, and no reply that may quote the person waits to be fetched."""
        tied = {each.hash for each in self.chats.values() if each.held.id == held.id}
        self.chats = {name: each for name, each in self.chats.items() if each.hash not in tied}
        self.rows = [row for row in self.rows if row["chat"] not in tied or (row["address"] and not erased)]

    def _shown(self, incoming: Incoming, outcome: Outcome, before: tuple[Message, ...]) -> tuple[Shown, ...]:
        receipts = [
            effect.receipt
            for effect in outcome.effects
            if isinstance(effect, Sent | FlagAnswered) and effect.receipt
        ]
        messages = (*before, *outcome.messages)
        return render.render(
            messages,
            self.world.words,
            outcome.conversation.language,
            CHANNELS[incoming.channel],
            [self.world.new_id() for _ in messages],
            edits=incoming.act.ref if isinstance(incoming.act, Marked) else None,
            receipt=receipts[0] if receipts else None,
            at=outcome.conversation.turn,
            stale=outcome.stale,
        )

    async def save(self) -> None:
        """Write it all; the order keeps every row's conversation there before the row.

        Erasing comes after what happened before it: a red flag outlives the conversation it came from.
        """
        db, keys = self.db, self.world.keys
        await conversations.save(db, keys, self.helds.values(), self.now)
        for each in self.happened:
            await self._carry_out(each)
        await self._tell_after(list(self.helds.values()))
        for before, after in self.moved:
            await flags.move(db, before, after)
        gone = {each.chat.held.id for each in self.happened if isinstance(each.effect, Erased)}
        if gone:
            self.rows += await outbox.taking_back(db, keys, list(gone), self.now, self.world.new_id)
        self.erased = list(gone.union(self.erased))
        await erase.erase(db, keys, self.erased, self.now)
        await self._save_links()
        await queue.put(db, self.rows)
        await queue.take(db, self.taken, self.now)

    async def _save_links(self) -> None:
        """Tie the chats that are new, or moved to another conversation; who was erased or cut is not here."""
        fresh = [chat for chat in self.chats.values() if chat.new]
        if self.untied:
            await conversations.cut(self.db, self.untied)
        await conversations.link(
            self.db, self.world.keys, fresh, self.now, pushed={c for c, a in CHANNELS.items() if a.pushes}
        )
        if self.back:
            await conversations.mark_reachable(self.db, self.back, reachable=True)

    async def _carry_out(self, each: _Happened) -> None:
        db, keys, effect, id = self.db, self.world.keys, each.effect, each.chat.held.id
        if isinstance(effect, Sent):
            ids = [self.world.new_id() for _ in each.conversation.needs]
            channel = each.chat.channel
            await needs.replace(db, keys, id, each.conversation, channel, ids, self.now, each.origin)
            await conversations.keep_sent(db, id, self.now)
        if isinstance(effect, Sent | FlagAnswered) and effect.receipt:
            await conversations.keep_receipt(db, keys, id, effect.receipt)
        if isinstance(effect, FlagRaised):
            await flags.raise_flag(db, keys, effect, self._raised(each, effect.kind))
        if isinstance(effect, FlagAnswered):
            await self._flag_answered(effect, id)
        if isinstance(effect, ContactGiven):
            await flags.keep_contact(db, keys, id, each.raw)
        if isinstance(effect, LinkCut):
            # No later erasure could find them: only the reply that is on its way may be fetched again.
            await queue.drop_fetched(db, await erase.chats_of(db, [id]))
            await conversations.cut_all(db, [id])

    def _raised(self, each: _Happened, kind: str) -> Raised:
        """What stands beside the words of a flag: when it must be seen, and what the person was shown."""
        conversation, at = each.conversation, moment(self.now)
        place = self.world.place_of(conversation.municipality)
        lines = after_grave(place.at(at).help_lines, conversation.age(), kind)
        return Raised(
            id=self.world.new_id(),
            conversation_id=each.chat.held.id,
            municipality=place.municipality.key,
            age_band=conversation.answer("who"),
            lines_shown=tuple(line.id for line in lines),
            raised_at=self.now,
            seen_by=milliseconds(place.seen_by(at)),
        )

    async def _flag_answered(self, effect: FlagAnswered, id: str) -> None:
        if effect.choice == "delete":
            await flags.delete_words(self.db, [id])
        if effect.choice == "adult":
            await flags.want_adult(self.db, id)

    async def _tell_after(self, helds: Sequence[Held]) -> None:
        """What is told after sending is kept as it is told, without sending again."""
        sent_now = {each.chat.held.id for each in self.happened if isinstance(each.effect, Sent)}
        for held in helds:
            if held.conversation.sent and held.id not in sent_now:
                await needs.told_after(self.db, held.id, held.conversation)


def _raw(incoming: Incoming, effect: Effect) -> str:
    """The words as they were written, for the one column that holds them unmasked."""
    act = incoming.act
    return storable(act.text) if isinstance(effect, ContactGiven) and isinstance(act, Wrote) else ""


def _with_unsent(opened: Conversation, before: Conversation) -> Conversation:
    """What a receipt opens, with all that was told in the chat before it and not sent."""
    brought: dict[str, object] = {
        each: getattr(opened, each) or getattr(before, each)
        for each in ("pending", "danger", "flagged", "contacting", "attested", "assisted", "interpreter")
    }
    if before.needs:
        brought |= {"needs": (*opened.needs, *before.needs)[:MOST_NEEDS], "changed": True}
    return opened.model_copy(update=brought)


def _told(shown: tuple[Shown, ...], *, over: bool) -> Answer:
    """The answer that is in these messages, whether they are new or told before."""
    asked = next((each.question for each in reversed(shown) if each.question), None)
    stale, turn = (shown[-1].stale, shown[-1].at) if shown else (False, 0)
    return Answer(shown, stale, True, turn, asked, over)


def _urgent(act: Act, heard: Heard | None) -> bool:
    """Whether help must stand first and alone: no notice before it."""
    asks = isinstance(act, Used) and act.command == "help"
    asks = asks or (isinstance(act, Wrote) and commands.read(act.text) == ("help", None))
    return asks or (heard is not None and heard.grave is not None)


def _goes_on(act: Act, heard: Heard | None) -> bool:
    """Whether the first thing a person does is more than a greeting: help, a need, something grave."""
    if isinstance(act, Used):
        return act.command != "start"
    if isinstance(act, Wrote):
        command = commands.read(act.text)
        said_more = heard is not None and bool(heard.grave or heard.chosen or not heard.readable)
        return said_more or (command is not None and command[0] != "start")
    return isinstance(act, Gave)


def _as_written(
    act: Act, heard: Heard | None, conversation: Conversation, situation: Situation
) -> Heard | None:
    """A command or the name of a choice is nobody's name, whatever the masking took it for."""
    if heard is None or not heard.spans or not isinstance(act, Wrote):
        return heard
    question = engine.current(conversation, situation)
    options = question.choices(conversation, situation) if question else ()
    if commands.read(act.text) or parse.choice(act.text, options, situation.spoken, typos=False):
        return heard.model_copy(update={"masked": act.text, "spans": ()})
    return heard


def _plain_event(act: Act, heard: Heard | None, conversation: Conversation) -> Event:
    if isinstance(act, Wrote) and heard:
        return Said(heard, act.ref)
    if isinstance(act, Changed) and heard:
        return Edited(heard, act.ref)
    if isinstance(act, Pressed):
        return Chose(act.ids, act.turn) if act.ids else _done(act, conversation)
    if isinstance(act, Marked):
        return Picked(act.id, act.turn)
    if isinstance(act, Used):
        old = act.turn is not None and act.turn != conversation.turn
        # A second tap on "skip" or "back" is a press on an old question, not one more step.
        return Chose((), act.turn) if old and act.command in STEPS else Commanded(act.command, act.value)
    return Showed(act.kind if isinstance(act, Gave) else "")


def _done(act: Pressed, conversation: Conversation) -> Chose:
    """The press on "done": all that is marked, in the turn the button was shown."""
    return Chose(conversation.picked, act.turn)
