"""What a conversation is, what a person did, what is answered and what the caller must carry out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import Field

from dialogs.categories import Category
from dialogs.needs import ADULT, UNDER_12, YOUNG_PARENT, District, Frozen, HelpLine, Need, Service, lowest_age
from dialogs.text import Text, Told, Value

TELEGRAM_AGE = 16  # Telegram's own terms ask for 16; see docs/adr/0002-youngest-path.md


class Guess(Frozen):
    """A category a text may mean, with a score from 0 to 1."""

    key: str
    score: float


class Span(Frozen):
    """Where personal data stood in a text: code points, end exclusive."""

    start: int
    end: int
    kind: str


class Grave(Frozen):
    """A disclosure that may mean danger; `sure` stops the questions, `maybe` asks gently."""

    kind: str
    strength: Literal["sure", "maybe"]


class Heard(Frozen):
    """What free text was understood as; the text itself only in its masked form."""

    masked: str
    categories: tuple[Guess, ...] = ()
    chosen: tuple[str, ...] = ()
    grave: Grave | None = None
    spans: tuple[Span, ...] = ()
    readable: bool = True


class Pending(Frozen):
    """Own words that wait for the person to say whether they were heard right."""

    words: str
    suggested: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    ref: str | None = None
    readable: bool = True
    choosing: bool = False


class Danger(Frozen):
    """A grave message that waits for the person's choice; its words leave with that choice."""

    kind: str
    strength: Literal["sure", "maybe"]
    words: str


class Thread(Frozen):
    """A worker talks with the person, and the bot steps aside.

    `aside` is what was asked before it, `ref` the person's latest message in it.
    """

    name: str
    aside: str | None = None
    ref: str | None = None


class Conversation(Frozen):
    """All that is known of one conversation; the next question follows from it.

    `answers` maps a question's id to the ids chosen; an empty tuple is a question skipped. `asked` only
    tells whether a question is shown again in the same turn.
    """

    municipality: str
    language: str = "nb"
    turn: int = 0
    asked: str | None = None
    answers: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    refs: dict[str, str] = Field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    pending: Pending | None = None
    topic: str | None = None
    other: bool = False
    adding: bool = False
    more: bool = False
    replacing: int | None = None
    picked: tuple[str, ...] = ()
    revisit: str | None = None
    aside: str | None = None
    younger: str | None = None
    danger: Danger | None = None
    flagged: bool = False
    contacting: bool = False
    awaiting: bool = False  # has asked that an adult makes contact
    thread: Thread | None = None
    notice: str = ""
    sent: bool = False
    changed: bool = False
    receipt: bool = False
    attested: bool = False
    assisted: bool = False
    attester: str = ""  # whose code it was, as a keyed hash
    interpreter: bool = False

    def answer(self, question: str) -> str | None:
        """The one choice made at a question; None where it is unasked or skipped."""
        chosen = self.answers.get(question, ())
        return chosen[0] if chosen else None

    @property
    def watched(self) -> bool:
        """Whether the person said that others may see their phone."""
        return self.answer("answer") == "adult_hidden"

    @property
    def group(self) -> Literal["youth", "family"] | None:
        """The target group the person chose."""
        who = self.answer("who")
        if who in (ADULT, YOUNG_PARENT):
            return "family"
        return "youth" if who and who not in (UNDER_12, "none") else None

    def age(self) -> int:
        """The youngest the person can be, in years; 0 where it is unknown."""
        who = self.answer("who")
        return lowest_age(ADULT if who == "none" else who) if who else 0

    def youngest(self, limit: int) -> bool:
        """Whether the youngest path applies: a youth under the limit, or of unknown age."""
        return self.age() < limit


@dataclass(frozen=True, slots=True)
class Letter:
    """What a worker or the person wrote in their talk, or news; it waits until a chat has shown it."""

    id: str
    author: Literal["worker", "person", "news", "decision"]
    name: str
    words: Value
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A person wrote words; `ref` names the message so that an edit finds it again."""

    heard: Heard
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed an earlier message."""

    heard: Heard
    ref: str


@dataclass(frozen=True, slots=True)
class Chose:
    """A person pressed choices of the question asked in `turn`."""

    ids: tuple[str, ...]
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A person marked or unmarked one of several choices, without being done."""

    id: str
    turn: int


@dataclass(frozen=True, slots=True)
class Commanded:
    """A person used a command; `value` is what it takes, if anything."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Showed:
    """A person sent something that is not words: a sticker, a voice, a place."""

    kind: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A receipt was tried: it opened this conversation, or none.

    `full` says that not all that was told before it found room there, `instead` that it takes the place of
    another receipt, given in this chat.
    """

    found: bool
    full: bool = False
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Coded:
    """A worker's code was tried; `kind` is what it gives, None where it is not valid.

    `attester` is a keyed hash of whose codes it belongs to.
    """

    kind: Literal["attested", "assisted"] | None
    attester: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A worker wrote to the person."""

    letter: Letter


Done: TypeAlias = Said | Edited | Chose | Picked | Commanded | Showed | Opened | Coded
Event: TypeAlias = Done | Written


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: an id that is stored, a label that is shown, words that also mean it."""

    id: str
    label: Text
    words: tuple[str, ...] = ()
    picture: str | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the person: its texts, its choices, and the commands that stand beside them.

    `wordless` says that words written to it are read and not kept, so that nothing invites to write them.
    With one that `hands_over`, the person gets everything that is kept of them. With one that `clears`,
    what was said before it is deleted, so it must not stand on the screen either.
    """

    texts: tuple[Text, ...]
    choices: tuple[Choice, ...] = ()
    several: bool = False
    question: str | None = None
    turn: int = 0
    ways: tuple[str, ...] = ()
    kind: Literal["say", "grave", "edit", "news"] = "say"
    wordless: bool = False
    hands_over: bool = False
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The person sends what they have said; a first sending carries the receipt to give."""

    receipt: str | None


@dataclass(frozen=True, slots=True)
class FlagRaised:
    """A grave message must reach a named worker."""

    kind: str
    strength: Literal["sure", "maybe"]
    words: str


@dataclass(frozen=True, slots=True)
class FlagAnswered:
    """What the person chose after a grave message: delete, later or adult (with a receipt to give)."""

    choice: Literal["delete", "later", "adult"]
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """The person wants all of it gone."""


@dataclass(frozen=True, slots=True)
class LinkCut:
    """The tie between this chat and the answers ends here."""


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """The message just written is a safe way to the person, for who takes the flag alone.

    It is kept as it was written, not masked, so the words do not pass through here.
    """


@dataclass(frozen=True, slots=True)
class WroteToWorker:
    """The person wrote to the worker who talks with them; the words are masked."""

    words: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The person ended the talk with a worker."""


@dataclass(frozen=True, slots=True)
class LettersShown:
    """These letters are in what is answered, and wait no more."""

    ids: tuple[str, ...]


Effect: TypeAlias = (
    Sent
    | FlagRaised
    | FlagAnswered
    | ContactGiven
    | Erased
    | LinkCut
    | WroteToWorker
    | TalkEnded
    | LettersShown
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The conversation after a step, what is answered, and what the caller must carry out."""

    conversation: Conversation
    messages: tuple[Message, ...]
    effects: tuple[Effect, ...] = ()
    stale: bool = False


class Municipality(Frozen):
    """What a municipality has decided that the conversation must know."""

    key: str
    name: str
    age_limit: int = 15
    own_words_when_staffed: bool = False
    districts: tuple[District, ...] = ()
    staffed: Told = Told("på hverdager", "på kvardagar", "on weekdays")
    answer_times: tuple[str, ...] = ("day",)
    help_lines: tuple[HelpLine, ...] = ()
    services: tuple[Service, ...] = ()
    notice: str = ""  # a mark of what its notice says, beside the texts


@dataclass(frozen=True, slots=True)
class Situation:
    """What the engine may know beyond the conversation; all of it handed in by the caller.

    `spoken` gives a text in every language, for matching what people type. `receipt` is a fresh
    number, used only if this step needs one. `soon` says that a grave message is read within half an
    hour, `kept` that a case was reported and must be kept. `counts` are published counts of people a
    category; what is left out is not in it. With `unsends` what was said stays in the person's own app, and
    only the latest of ours can be taken back. `letters` is what a worker and the person wrote to each other;
    with `discreet` others may see the screen, and one that waits is shown only when the person asks.
    `contact` is the worker named for them. `added` are the categories a coordinator added, those no longer
    offered among them.
    """

    municipality: Municipality
    spoken: Callable[[Text], tuple[str, ...]]
    receipt: str = ""
    staffed: bool = False
    soon: bool = False
    kept: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    youngest_age: int = 0
    unsends: bool = False
    numbered: bool = False
    discreet: bool = False
    letters: tuple[Letter, ...] = ()
    contact: str = ""
    added: tuple[Category, ...] = ()
    web_address: str = ""
