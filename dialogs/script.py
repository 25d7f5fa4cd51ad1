"""A question as a value, and a script of them that refuses to be built wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from dialogs.model import Choice, Conversation, Effect, Message, Said, Situation
from dialogs.text import Text


class NotUnderstood(Exception):
    """An answer the person cannot have meant; `texts` say kindly what to do."""

    def __init__(self, *texts: Text) -> None:
        super().__init__("not understood")
        self.texts = texts


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer taken: the conversation after it, what to say of it, what to carry out."""

    conversation: Conversation
    notes: tuple[Message, ...] = ()
    effects: tuple[Effect, ...] = ()


Ask: TypeAlias = Callable[[Conversation, Situation], tuple[Text, ...]]
Choices: TypeAlias = Callable[[Conversation, Situation], tuple[Choice, ...]]
When: TypeAlias = Callable[[Conversation, Situation], bool]
Take: TypeAlias = Callable[[Conversation, tuple[str, ...], Situation], Taken]
Hear: TypeAlias = Callable[[Conversation, Said, Situation], Taken]
Lead: TypeAlias = Callable[[Conversation, Situation], tuple[Message, ...]]


def always(conversation: Conversation, situation: Situation) -> bool:
    """For a question that every person is asked."""
    return True


def no_choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """For a question that only words answer."""
    return ()


def no_lead(conversation: Conversation, situation: Situation) -> tuple[Message, ...]:
    """For a question that needs nothing said before it."""
    return ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question: when it applies, how it is asked, and what an answer changes.

    `take` gets the ids of choices (an empty tuple is a skip); `hear` gets words and is left out
    where words can only name a choice. `lasting` questions are answered once and recorded under
    their id; the others say themselves when they no longer apply. `tells` is for what is told
    once and asks nothing.
    """

    id: str
    ask: Ask
    applies: When = always
    choices: Choices = no_choices
    take: Take | None = None
    hear: Hear | None = None
    lead: Lead = no_lead
    several: bool = False
    lasting: bool = True
    tells: bool = False
    ways: tuple[str, ...] = ("skip", "back")

    def waits(self, conversation: Conversation, situation: Situation) -> bool:
        """Whether this question applies and has no answer."""
        answered = self.lasting and self.id in conversation.answers
        return not answered and self.applies(conversation, situation)


@dataclass(frozen=True)
class Script:
    """Questions in order; `asides` are asked only when the person asks for them."""

    questions: tuple[Question, ...]
    asides: tuple[Question, ...] = ()
    by_id: dict[str, Question] = field(init=False)

    def __post_init__(self) -> None:
        every = (*self.questions, *self.asides)
        object.__setattr__(self, "by_id", {question.id: question for question in every})
        if len(self.by_id) != len(every):
            raise ValueError("two questions have the same id")
        for question in every:
            _refuse_wrong(question)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def next(self, conversation: Conversation, situation: Situation) -> Question | None:
        """The first question that applies and has no answer."""
        return next((q for q in self.questions if q.waits(conversation, situation)), None)


def _refuse_wrong(question: Question) -> None:
    """A question must fit a button's 64 bytes and have a way to be answered."""
    if not question.id.isascii() or not 0 < len(question.id) <= 12:
        raise ValueError(f"the id of question {question.id!r} must be 1 to 12 ASCII letters")
    if question.choices is no_choices and question.hear is None and not question.tells:
        raise ValueError(f"question {question.id!r} can not be answered")


COUNTED = ("who", "children", "district")  # what is sent with the needs; the rest is kept as it is told


def record(conversation: Conversation, question: str, ids: tuple[str, ...]) -> Conversation:
    """The conversation with one answer recorded; one that counts must be sent again when it changes."""
    changed = conversation.sent and question in COUNTED and conversation.answers.get(question) != ids
    return conversation.model_copy(
        update={
            "answers": {**conversation.answers, question: ids},
            "changed": conversation.changed or changed,
        }
    )
