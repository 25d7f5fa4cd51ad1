"""The pure conversation, which between all turns is nothing but JSON."""

from collections.abc import Sequence
from dataclasses import replace

from bot import municipalities, render
from bot.channels.base import CHANNELS, Act, Changed, Gave, Pressed, Shown, Used, Wrote
from dialogs import commands, engine
from dialogs.model import (
    Chose,
    Coded,
    Commanded,
    Conversation,
    Done,
    Edited,
    Erased,
    FlagAnswered,
    FlagRaised,
    Letter,
    LettersShown,
    LinkCut,
    Opened,
    Outcome,
    Said,
    Sent,
    Showed,
    Situation,
    Written,
    WroteToWorker,
)
from tests.house import WORKER, Series, words
from tests.players.base import Presses, laid_out, reader
from tests.talk import Row, Transcript

CODE = "AB12CD34"


class Engine(Presses):
    """Plays every step there is; beside the conversation it keeps what a caller must."""

    name = "engine"

    def __init__(self, transcript: Transcript) -> None:
        super().__init__()
        settings = transcript.settings
        self.place = municipalities.load()[settings.get("municipality", "trondheim")].municipality
        self.language = settings.get("language", "nb")
        self.abilities = CHANNELS[transcript.channels[-1] if len(transcript.channels) == 2 else "web"]
        self.read = reader(transcript)
        self.series = Series()
        self.states: list[str] = []
        self.chat: int | None = None
        self.receipts: dict[str, int] = {}
        self.codes: dict[str, str] = {}
        self.sendings: dict[int, Conversation] = {}
        self.flags: list[tuple[int, str]] = []
        self.letters: dict[int, list[Letter]] = {}
        self.said: list[tuple[int, str]] = []
        self.answered: dict[str, Sequence[Shown]] = {}
        self.over = False

    async def act(self, act: Act, key: str) -> Sequence[Shown]:
        if key not in self.answered:
            self.answered[key] = self._begun(act) + self._stepped(act)
        return self.answered[key]

    def _begun(self, act: Act) -> tuple[Shown, ...]:
        if self.chat is not None:
            return ()
        self.chat = len(self.states)
        self.states.append("")
        return self._kept(engine.start(self.place.key, self.language, self._situation()))

    def _stepped(self, act: Act) -> tuple[Shown, ...]:
        if act == Used("start") and self.done == 1:
            return ()
        event = self._event(act)
        assert self.chat is not None
        conversation = Conversation.model_validate_json(self.states[self.chat])
        return self._kept(engine.step(conversation, event, self._situation()))

    def _event(self, act: Act) -> Done:
        command = commands.read(act.text) if isinstance(act, Wrote) else None
        if isinstance(act, Used):
            command = act.command, act.value
        if command and command[0] == "receipt" and command[1]:
            return self._opened(command[1])
        if command and command[0] == "code" and command[1]:
            return Coded(self.codes.pop(command[1], None))  # type: ignore[arg-type]
        return self._done(act)

    def _done(self, act: Act) -> Done:
        if isinstance(act, Wrote):
            return Said(self.read(act.text, self.language), act.ref)
        if isinstance(act, Changed):
            return Edited(self.read(act.text, self.language), act.ref)
        if isinstance(act, Pressed):
            return Chose(act.ids, act.turn)
        if isinstance(act, Used):
            return Commanded(act.command, act.value)
        assert isinstance(act, Gave)
        return Showed(act.kind)

    def _opened(self, receipt: str) -> Opened:
        found = self.receipts.get(receipt.replace(" ", ""))
        self.chat = self.chat if found is None else found
        return Opened(found is not None)

    def _situation(self) -> Situation:
        return Situation(
            self.place,
            words().spoken,
            receipt=self.series.new_receipt(),
            youngest_age=self.abilities.youngest_age,
            unsends=self.abilities.unsends,
            letters=tuple(self.letters.get(-1 if self.chat is None else self.chat, ())),
            web_address="https://lytt.example",
        )

    def _kept(self, outcome: Outcome) -> tuple[Shown, ...]:
        assert self.chat is not None
        chat, conversation = self.chat, outcome.conversation
        self.states[chat] = conversation.model_dump_json()
        self.over = engine.current(conversation, self._situation()) is None
        for effect in outcome.effects:
            self._carry_out(effect, chat, conversation)
        if chat in self.sendings:
            self.sendings[chat] = _told_after(self.sendings[chat], conversation)
        ids = [self.series.new_id() for _ in outcome.messages]
        return render.render(outcome.messages, words(), conversation.language, self.abilities, ids)

    def _carry_out(self, effect: object, chat: int, conversation: Conversation) -> None:
        if isinstance(effect, Sent | FlagAnswered) and effect.receipt:
            self.receipts[effect.receipt] = chat
        if isinstance(effect, Sent):
            self.sendings[chat] = conversation
        if isinstance(effect, FlagRaised):
            raised = (chat, f"{effect.kind} {effect.strength}")
            self.flags += (
                [raised] if raised not in self.flags else []
            )  # the same again joins the one there is
        if isinstance(effect, FlagAnswered) and effect.choice == "adult":
            self.flags = [(whose, f"{flag} adult" if whose == chat else flag) for whose, flag in self.flags]
        if isinstance(effect, Erased):
            self.sendings.pop(chat, None)
            self.receipts = {number: whose for number, whose in self.receipts.items() if whose != chat}
            self.flags = [(whose, flag) for whose, flag in self.flags if whose != chat]
            self.said = [(whose, words) for whose, words in self.said if whose != chat]
        if isinstance(effect, WroteToWorker):
            self.said.append((chat, effect.words))
            own = Letter(self.series.new_id(), "person", "", effect.words)
            self.letters.setdefault(chat, []).append(own)
        if isinstance(effect, LettersShown):
            self.letters[chat] = [replace(letter, waiting=False) for letter in self.letters[chat]]
        if isinstance(effect, Erased | LinkCut):
            self.chat = None

    async def worker(self, words: str) -> str:
        """Where no chat is left, the letter waits for who opens the receipt."""
        chat = list(self.sendings)[-1] if self.sendings else len(self.states) - 1
        letter = Letter(self.series.new_id(), "worker", WORKER, words, waiting=self.chat != chat)
        conversation = Conversation.model_validate_json(self.states[chat])
        outcome = engine.step(conversation, Written(letter), self._situation())
        self.letters.setdefault(chat, []).append(letter)
        if self.chat == chat:
            shown = self._kept(outcome)
            self.shown += shown
            return laid_out(shown)
        self.states[chat] = outcome.conversation.model_dump_json()
        return ""

    async def restart(self, _: str) -> str:
        """Nothing lives between two turns, so there is nothing to stop."""
        return ""

    later = restart

    async def elsewhere(self, _: str) -> str:
        self.chat = None
        return await self.start()

    async def code(self, kind: str) -> str:
        self.codes[CODE] = kind
        return CODE

    async def stored(self) -> tuple[list[Row], list[str], list[str]]:
        rows = [row for sent in self.sendings.values() for row in _rows(sent)]
        return rows, [flag for _, flag in self.flags], [words for _, words in self.said]


def _told_after(sent: Conversation, now: Conversation) -> Conversation:
    """What was sent stays as it was, with what is told after sending."""
    after = {id: now.answers[id] for id in ("money", "answer", "when", "again") if id in now.answers}
    kept = {"attested": now.attested, "assisted": now.assisted, "interpreter": now.interpreter}
    return sent.model_copy(update={"answers": {**sent.answers, **after}, **kept})


def _rows(sent: Conversation) -> list[Row]:
    said = sent.answer
    shared: Row = {
        "municipality": sent.municipality,
        "language": sent.language,
        "target_group": sent.group,
        "age_band": said("who") if sent.group else None,
        "children": " ".join(sent.answers.get("children", ())),
        "district": None if said("district") == "none" else said("district"),
        "money": said("money"),
        "answer": said("answer"),
        "answer_time": said("when"),
        "attested": sent.attested,
        "assisted": sent.assisted,
        "interpreter": sent.interpreter,
    }
    return [
        {
            **shared,
            "category": need.category,
            "words": need.words,
            "length": len(need.words or ""),
            "obstacle": need.obstacle or None,
            "place": place,
        }
        for place, need in enumerate(sent.needs, 1)
    ]
