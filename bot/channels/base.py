"""What every channel hands in and is handed: the one contract between a channel and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from dialogs.model import TELEGRAM_AGE


class Unavailable(Exception):
    """The database can not be reached now; nothing was taken, and it can be sent again."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do, as far as the conversation and its words depend on it."""

    quotes: bool = True  # may show a person their own words; not where others may scroll back
    numbered: bool = False  # choices are shown with numbers, so a number names one
    pushes: bool = False  # messages are delivered by us
    fetched: bool = False  # messages are kept for a while and fetched
    joins: bool = False  # a reply is one message, but for grave ones
    unsends: bool = False  # what we say stays in the person's own app, and we can take back the latest of it
    youngest_age: int = 0  # years; who is younger is kindly sent to another channel


CHANNELS = {
    "web": Abilities(fetched=True),
    "telegram": Abilities(quotes=False, pushes=True, joins=True, unsends=True, youngest_age=TELEGRAM_AGE),
    "terminal": Abilities(numbered=True),
}


@dataclass(frozen=True, slots=True)
class Wrote:
    """Words; `ref` names the message so that an edit finds it again."""

    text: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """An earlier message with new words."""

    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """Choices of the question asked in `turn`; no ids mean "done" with those marked before."""

    ids: tuple[str, ...]
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """One of several choices marked or unmarked; `ref` names the message to show it in."""

    id: str
    turn: int
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A command of dialogs.commands, or `code` and `receipt` with their value.

    `turn` is that of the button that was pressed: a second tap on "skip" must not skip twice.
    """

    command: str
    value: str | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Gave:
    """Something that is not words: location, contact, voice, picture, or any other kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked us or came back; nothing is said, but nothing is sent either."""

    gone: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A screen that nobody pushes to looks for what came by itself; nothing was done."""


Act: TypeAlias = Wrote | Changed | Pressed | Marked | Used | Gave | Left | Looked


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did.

    `address` is the channel's own name of the chat; it lives in memory and is stored only encrypted
    and as a keyed hash. `key` is unique within the channel (Telegram's update id) or, where the
    client makes it, within the address. With `existing` an unknown address is refused, not begun.
    `marks` is what the browser shows for somebody having answered in it: the same in every browser.
    `source` is who asks as far as floods must know, where many chats may come from one; it lives in
    memory and is stored as a hash that is salted by the day and kept for less than one.
    """

    channel: str
    address: str
    key: str
    act: Act
    language: str | None = None
    municipality: str | None = None
    existing: bool = False
    source: str | None = None
    marks: tuple[str, ...] = ()


class Button(BaseModel):
    """One choice or command as it is shown."""

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    picture: str | None = None
    marked: bool = False


class Shown(BaseModel):
    """One message as it is shown: words in one language, ready for the channel to lay out.

    `ways` are commands beside the choices. `edits` names an earlier message that this one replaces.
    `unsays` are earlier messages to take back; such a message shows nothing itself.
    `at` is the turn the conversation was in when this was told, and `stale` says that what it answers
    changed nothing, a press on an old question: both so that the same key again gives the same answer.
    `wordless` says that words written to it are read and not kept; with one that `hands_over` the person
    gets everything that is kept of them, looked up when it is shown: no copy of it waits anywhere. What
    stood on the screen before one that `clears` is deleted, and goes from the screen too.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    choices: tuple[Button, ...] = ()
    several: bool = False
    question: str | None = None
    turn: int = 0
    ways: tuple[Button, ...] = ()
    kind: str = "say"
    edits: str | None = None
    unsays: tuple[str, ...] = ()
    receipt: str | None = None
    language: str = "nb"
    at: int = 0
    stale: bool = False
    wordless: bool = False
    hands_over: bool = False
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel that answers at once gets back after the commit.

    `over` says that nothing ties the chat to a conversation any more: it was erased or cut.
    `marks` are to be held by the browser from now on; none means that those it holds go, None that they stay.
    """

    shown: tuple[Shown, ...]
    stale: bool = False
    known: bool = True
    turn: int = 0
    question: str | None = None
    over: bool = False
    marks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a delivery went: done, to be tried again after `retry_after` seconds, or never.

    `messages` are the channel's own numbers of what the person can now see, where it can be taken back.
    """

    done: bool = True
    retry_after: float | None = None
    unreachable: bool = False
    error: str | None = None
    messages: tuple[str, ...] = ()
