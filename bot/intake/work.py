"""One transaction: what is in hand, and what must be written before the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import outbox, render
from bot.channels.base import (
    CHANNELS,
    Answer,
    Incoming,
    Left,
    Looked,
    Marked,
    Shown,
)
from bot.clock import DAY_MS, HOUR_MS, milliseconds, moment
from bot.intake.events import (
    as_written,
    asks_for_letters,
    command_in,
    finds_no_room,
    goes_on,
    is_repeated,
    is_urgent,
    plain_event,
    raw_words,
    told,
    with_unsent,
)
from bot.intake.world import World, origin_of, rows_of, situation_of, sources_of
from bot.store import calls, casework, codes, conversations, erase, flags, needs, queue, threads
from bot.store.categories import Added
from bot.store.conversations import Chat, Held
from bot.store.flags import Raised
from bot.understanding.added import with_added
from dialogs import engine
from dialogs.help import after_grave
from dialogs.model import (
    Coded,
    Commanded,
    ContactGiven,
    Conversation,
    Effect,
    Erased,
    Event,
    FlagAnswered,
    FlagRaised,
    Heard,
    LettersShown,
    LinkCut,
    Message,
    Opened,
    Outcome,
    Sent,
    Situation,
    TalkEnded,
    WroteToWorker,
)

OPENED_MS = HOUR_MS  # how long a receipt keeps the youngest path's answers open in a chat


@dataclass(slots=True)
class _Happened:
    """An effect, with the conversation as it was right after it."""

    chat: Chat
    conversation: Conversation
    effect: Effect
    raw: str = ""  # what was written, only where it is a safe way to the person
    origin: bytes = b""
    repeated: bool = False  # somebody has answered in this browser before


@dataclass
class Work:
    """One transaction: what is in hand, and what must be written before the commit."""

    db: AsyncConnection
    world: World
    now: int
    counts: dict[tuple[str, int], dict[str, int]]
    added: Sequence[Added] = ()
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

    async def do(self, batch: Sequence[Incoming], heard: Sequence[Heard | Exception | None]) -> list[Answer]:
        """Step each in order with what was heard in it, on what is loaded once for all."""
        keys = self.world.keys
        sources = [sources_of(keys, each) for each in batch]
        wanted = [(own[0], each.key) for own, each in zip(sources, batch, strict=True)]
        self.seen = await self._seen(sources, batch)
        chats = list(dict.fromkeys((each.channel, each.address) for each in batch))
        self.chats = await conversations.load(self.db, keys, chats, self.now)
        return [await self._one(*each) for each in zip(batch, wanted, heard, strict=True)]

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

    async def _one(
        self, incoming: Incoming, key: tuple[bytes, str], heard: Heard | Exception | None
    ) -> Answer:
        if key in self.seen:
            return self.answers.get(key) or await self._again(incoming)
        chat = self.chats.get((incoming.channel, incoming.address))
        if chat is None and incoming.existing:
            return Answer((), known=False)
        if isinstance(incoming.act, Looked):
            return await self._looked(incoming, chat) if chat else Answer(())
        self.seen.add(key)
        self.taken.append(key)
        if isinstance(incoming.act, Left):
            await self._left(chat, incoming.act)
            return Answer(())
        if isinstance(heard, Exception):
            raise heard
        self.answers[key] = await self._stepped(incoming, chat, heard)
        return self.answers[key]

    async def _again(self, incoming: Incoming) -> Answer:
        """The same key again: the same answer, and nothing is stored twice."""
        keys = self.world.keys
        hashes = conversations.chat_hashes(keys, incoming.channel, incoming.address)
        kept = await queue.of_chat(self.db, keys, hashes)
        shown = tuple(
            Shown.model_validate_json(each.body) for each in kept if each.in_reply_to == incoming.key
        )
        return told(shown, over=(incoming.channel, incoming.address) not in self.chats)

    async def _left(self, chat: Chat | None, act: Left) -> None:
        if chat:
            await conversations.mark_reachable(self.db, [chat.hash], reachable=not act.gone)
            await queue.drop_chats(self.db, [chat.hash] if act.gone else [])

    async def _stepped(self, incoming: Incoming, chat: Chat | None, heard: Heard | None) -> Answer:
        messages: tuple[Message, ...] = ()
        if chat is None:
            chat, messages = self._begun(incoming)
            if not goes_on(incoming.act, heard):
                return self._answered(incoming, chat, Outcome(chat.held.conversation, messages))
            messages = () if is_urgent(incoming.act, heard) else messages
        if chat.unreachable:
            self.back.append(chat.hash)
        situation = self._situation(incoming, chat.held.conversation, kept=await self._kept(chat))
        heard = as_written(incoming.act, heard, chat.held.conversation, situation)
        if heard:
            here = [situation.municipality.key]
            offered = {each.key: each.words for each in self.added if each.is_offered(here)}
            heard = with_added(heard, offered)
        event, chat = await self._event(incoming, chat, heard)
        discreet = CHANNELS[incoming.channel].pushes and chat.held.conversation.watched
        situation = replace(situation, discreet=discreet, **await self._written(incoming, chat))
        outcome = engine.step(chat.held.conversation, event, situation)
        return self._answered(incoming, chat, outcome, messages, await self._marks(outcome))

    async def _marks(self, outcome: Outcome) -> tuple[str, ...] | None:
        """What a browser holds in place of the tie that a sending cuts; nothing where all is erased."""
        if Erased() in outcome.effects:
            return ()
        if LinkCut() not in outcome.effects or not any(isinstance(each, Sent) for each in outcome.effects):
            return None
        return tuple(await calls.marks(self.db, self.world.keys, outcome.conversation.municipality))

    async def _looked(self, incoming: Incoming, chat: Chat) -> Answer:
        """What came by itself, and where the person is; nothing where nothing came."""
        letters = await threads.told(self.db, self.world.keys, chat.held.id)
        if not any(letter.waiting for letter in letters):
            return Answer(())
        situation = replace(self._situation(incoming, chat.held.conversation), letters=letters)
        return self._answered(
            incoming, chat, engine.step(chat.held.conversation, Commanded("start"), situation)
        )

    async def _written(self, incoming: Incoming, chat: Chat) -> dict[str, Any]:
        """What was written to the person, where the answer may hold it; who just began has nothing."""
        asks = chat.held.conversation.thread is not None or chat.unreachable
        if chat.held.new or not (asks or asks_for_letters(incoming)):
            return {}
        letters = await threads.told(self.db, self.world.keys, chat.held.id)
        return {"letters": letters, "contact": await casework.contact_of(self.db, chat.held.id)}

    async def _kept(self, chat: Chat) -> bool:
        """Whether a case was reported and must be kept; only who raised a flag is asked about."""
        return chat.held.conversation.flagged and await flags.is_kept(self.db, chat.held.id)

    def _situation(self, incoming: Incoming, conversation: Conversation, *, kept: bool = False) -> Situation:
        counts = self.counts.get((conversation.municipality, self.now // DAY_MS), {})
        return situation_of(
            self.world, incoming, conversation.municipality, counts, self.now, kept=kept, added=self.added
        )

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
        command = command_in(incoming.act)
        if command and command[1] and command[0] == "receipt":
            return await self._opened(incoming, chat, command[1])
        if command and command[1] and command[0] == "code":
            return await self._coded(incoming, chat, command[1]), chat
        return plain_event(incoming.act, heard, chat.held.conversation), chat

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
        opened = self._in_hand(found[0]) or Held(*found)
        before = chat.held.conversation
        full, instead = finds_no_room(opened.conversation, before), before.receipt and not before.sent
        return Opened(found=True, full=full, instead=instead), self._moved(chat, opened)

    def _moved(self, chat: Chat, held: Held) -> Chat:
        before = chat.held
        if not before.conversation.sent:
            held.conversation = with_unsent(held.conversation, before.conversation)
            self.erased.append(before.id)
            self.moved.append((before.id, held.id))
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
        here = chat.held.conversation.municipality
        return await codes.use(self.db, self.world.keys, code, here, self.now)

    def _answered(
        self,
        incoming: Incoming,
        chat: Chat,
        outcome: Outcome,
        before: tuple[Message, ...] = (),
        marks: tuple[str, ...] | None = None,
    ) -> Answer:
        """Note what changed and queue what is answered."""
        held = chat.held
        if outcome.conversation != held.conversation or held.new:
            held.conversation, held.changed = outcome.conversation, True
            self.helds[held.id] = held
        origin = origin_of(self.world.keys, incoming, self.now) if outcome.effects else b""
        repeated = is_repeated(incoming, outcome.conversation, marks or ())
        self.happened += [
            _Happened(chat, outcome.conversation, effect, raw_words(incoming, effect), origin, repeated)
            for effect in outcome.effects
        ]
        shown = self._shown(incoming, outcome, before)
        if any(isinstance(effect, Erased | LinkCut) for effect in outcome.effects):
            self._let_go(held, erased=Erased() in outcome.effects)
        self.rows += rows_of(self.world, incoming, chat.hash, shown, self.now)
        answer = told(shown, over=(incoming.channel, incoming.address) not in self.chats)
        return replace(answer, marks=marks)

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
        await self._keep_sent()
        for each in self.happened:
            await self._carry_out(each)
        for before, after in self.moved:
            await flags.move(db, before, after)
            await threads.move(db, before, after)
            await casework.move(db, before, after)
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

    async def _keep_sent(self) -> None:
        """The latest that each sent, and what is told after sending, which is kept without sending again."""
        sent, receipts = dict[str, needs.Sending](), list[tuple[str, str]]()
        for each in self.happened:
            effect, id = each.effect, each.chat.held.id
            if isinstance(effect, Sent):
                sent[id] = self._sending(each, sent.get(id))
            if isinstance(effect, Sent | FlagAnswered) and effect.receipt:
                receipts.append((id, effect.receipt))
        if sent:
            await needs.replace(self.db, self.world.keys, list(sent.values()), self.now)
            await conversations.keep_sent(self.db, list(sent), self.now)
        await conversations.keep_receipts(self.db, self.world.keys, receipts)
        told = [(held.id, held.conversation) for held in self.helds.values() if held.conversation.sent]
        await needs.told_after(self.db, told, self.now)

    def _sending(self, each: _Happened, earlier: needs.Sending | None) -> needs.Sending:
        return needs.Sending(
            each.chat.held.id,
            each.conversation,
            each.chat.channel,
            [self.world.new_id() for _ in each.conversation.needs],
            each.origin,
            earlier.repeated if earlier else each.repeated,
        )

    async def _carry_out(self, each: _Happened) -> None:
        db, keys, effect, id = self.db, self.world.keys, each.effect, each.chat.held.id
        if isinstance(effect, FlagRaised):
            await flags.raise_flag(db, keys, effect, self._raised(each, effect.kind))
        if isinstance(effect, FlagAnswered):
            await self._flag_answered(effect, id)
        if isinstance(effect, ContactGiven):
            await flags.keep_contact(db, keys, id, each.raw)
        if isinstance(effect, WroteToWorker):
            await threads.said(db, keys, self.world.new_id(), id, effect.words, self.now)
        if isinstance(effect, TalkEnded):
            await threads.end(db, id, self.now)
        if isinstance(effect, LettersShown):
            await threads.mark_shown(db, effect.ids, self.now)
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
