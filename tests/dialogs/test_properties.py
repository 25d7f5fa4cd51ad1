"""What holds whatever people do, in whatever order: random conversations over the pure engine."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dialogs import engine
from dialogs.categories import CATEGORIES
from dialogs.model import (
    TELEGRAM_AGE,
    Chose,
    Coded,
    Commanded,
    Conversation,
    Edited,
    Erased,
    Event,
    Grave,
    Heard,
    Letter,
    LinkCut,
    Municipality,
    Opened,
    Picked,
    Said,
    Sent,
    Showed,
    Situation,
    Written,
)
from dialogs.needs import MOST_NEEDS
from tests.dialogs.situations import CLOSED, OPEN, commanded, heard, situation

STEPS_TO_THE_END = 60
ONWARD = {"send": "send", "thread": "end", "edit": "nothing", "erase": "no", "who": "18-24"}  # no skip there
TEXTS = st.sampled_from(
    [
        "",
        "17",
        "999",
        "ja",
        "nei",
        "lappen",
        "Heimdal",
        "hopp over",
        "2 og 7",
        "noe annet",
        "gravid",
        "x" * 3000,
    ]
) | st.text(max_size=40)
CHOSEN = st.lists(st.sampled_from([*CATEGORIES, "other"]), max_size=3, unique=True)
GRAVE = st.sampled_from(
    [None] * 6 + [Grave(kind="suicide", strength="maybe"), Grave(kind="violence", strength="sure")]
)
REFS = st.sampled_from(["m1", "m2", "m3"])


@st.composite
def understood(draw: st.DrawFn) -> Heard:
    """Any words, understood in any way."""
    return heard(draw(TEXTS), *draw(CHOSEN), grave=draw(GRAVE), readable=draw(st.integers(0, 9)) > 0)


class Talking(RuleBasedStateMachine):
    """A person who does anything at any time."""

    @initialize(
        channel=st.sampled_from(["web", "terminal", "telegram"]),
        place=st.sampled_from([OPEN, CLOSED]),
        staffed=st.booleans(),
    )
    def begin(self, channel: str, place: Municipality, staffed: bool) -> None:
        self.situation: Situation = situation(channel, place=place, staffed=staffed)
        self.words_open = place.own_words_when_staffed and staffed
        self.telegram = channel == "telegram"
        self._anew()

    def _anew(self) -> None:
        self.sent: Conversation | None = None
        self.conversation = engine.start("trondheim", "nb", self.situation).conversation

    def do(self, event: Event) -> None:
        before = self.conversation
        outcome = engine.step(before, event, self.situation)
        assert engine.step(before, event, self.situation) == outcome
        assert outcome.messages or isinstance(event, Edited)
        self.conversation = Conversation.model_validate_json(outcome.conversation.model_dump_json())
        assert self.conversation == outcome.conversation
        if any(isinstance(effect, Sent) for effect in outcome.effects):
            self.sent = self.conversation
        if any(isinstance(effect, Erased | LinkCut) for effect in outcome.effects):
            self._anew()
        else:
            assert self.conversation.turn >= before.turn

    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        question = engine.current(self.conversation, self.situation)
        options = question.choices(self.conversation, self.situation) if question else ()
        if options:
            ids = data.draw(st.lists(st.sampled_from([each.id for each in options]), min_size=1, max_size=3))
            self.do(Chose(tuple(ids), self.conversation.turn))

    @rule(data=st.data())
    def mark(self, data: st.DataObject) -> None:
        question = engine.current(self.conversation, self.situation)
        options = question.choices(self.conversation, self.situation) if question else ()
        ids = [each.id for each in options] or ["nothing"]
        self.do(Picked(data.draw(st.sampled_from(ids)), self.conversation.turn))

    @rule(ids=st.lists(st.text(max_size=8), max_size=2), turn=st.integers(-1, 9) | st.none())
    def forge(self, ids: list[str], turn: int | None) -> None:
        self.do(Chose(tuple(ids), turn))

    @rule(key=st.sampled_from(list(CATEGORIES)), text=TEXTS, ref=REFS | st.none())
    def need_something(self, key: str, text: str, ref: str | None) -> None:
        """Most people say what they need, and that it was heard right."""
        self.do(Said(heard(text, key), ref))
        question = engine.current(self.conversation, self.situation)
        if question and question.id == "heard":
            self.do(Chose(("yes",), self.conversation.turn))

    @rule(data=st.data())
    def be_somebody_else(self, data: st.DataObject) -> None:
        self.do(Commanded("edit", "who"))
        question = engine.current(self.conversation, self.situation)
        if question and question.id == "who":
            self.press(data)

    @rule(words=TEXTS)
    def be_written_to(self, words: str) -> None:
        """A worker writes; what the person says next is for the worker, whatever else was asked."""
        self.do(Written(Letter("l1", "worker", "Kari", words)))
        assert self.conversation.thread

    @precondition(lambda self: self.conversation.needs and not self.conversation.danger)
    @rule(choice=st.sampled_from(["send", "send_answer", "more", "change"]))
    def skip_to_the_sending(self, choice: str) -> None:
        for _ in range(STEPS_TO_THE_END):
            question = engine.current(self.conversation, self.situation)
            if question is None or question.id == "send":
                break
            self.do(Commanded("skip"))
        self.do(Chose((choice,), self.conversation.turn))

    @rule(words=understood(), ref=REFS | st.none())
    def say(self, words: Heard, ref: str | None) -> None:
        self.do(Said(words, ref))

    @rule(words=understood(), ref=REFS)
    def edit(self, words: Heard, ref: str) -> None:
        self.do(Edited(words, ref))

    @rule(event=st.sampled_from(list(commanded().values())))
    def command(self, event: Event) -> None:
        self.do(event)

    @rule(
        event=st.sampled_from([Showed("voice"), Opened(True), Opened(False), Coded("assisted"), Coded(None)])
    )
    def something_else(self, event: Event) -> None:
        self.do(event)

    @invariant()
    def there_are_at_most_five_needs(self) -> None:
        assert len(self.conversation.needs) <= MOST_NEEDS

    @invariant()
    def what_was_sent_is_sent_again_when_it_changes(self) -> None:
        """Until then a worker reads what was sent; the person is told that the rest is not."""
        now = self.conversation
        assert now.sent == (self.sent is not None)
        if self.sent and not now.changed:
            counted = ("who", "children", "district")
            assert [need.category for need in now.needs] == [need.category for need in self.sent.needs]
            assert [now.answers.get(id) for id in counted] == [self.sent.answers.get(id) for id in counted]

    @invariant()
    def own_words_of_the_youngest_are_not_kept(self) -> None:
        now, limit = self.conversation, self.situation.municipality.age_limit
        if now.youngest(limit) and not self.words_open:
            assert [need.words for need in now.needs if need.words] == []
            assert not (now.pending and now.pending.words)

    @precondition(lambda self: self.telegram)
    @invariant()
    def telegram_keeps_nothing_of_who_is_too_young_for_it(self) -> None:
        if "who" in self.conversation.answers:
            assert self.conversation.age() >= TELEGRAM_AGE

    @invariant()
    def help_is_always_help(self) -> None:
        outcome = engine.step(self.conversation, Commanded("help"), self.situation)
        assert outcome.conversation == self.conversation
        assert [message.kind for message in outcome.messages] == ["grave"]

    def teardown(self) -> None:
        """From wherever it stands, the end can be reached."""
        now = self.conversation
        for _ in range(STEPS_TO_THE_END):
            question = engine.current(now, self.situation)
            if question is None:
                return
            onward = ONWARD.get(question.id)
            event = Chose((onward,), now.turn) if onward else Commanded("skip")
            now = engine.step(now, event, self.situation).conversation
        pytest.fail(f"still at {question}")


TestTalking = Talking.TestCase
TestTalking.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
