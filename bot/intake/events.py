"""What was done, as the dialog understands it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.base import (
    CHANNELS,
    Act,
    Answer,
    Changed,
    Gave,
    Incoming,
    Marked,
    Pressed,
    Shown,
    Used,
    Wrote,
)
from bot.understanding.letters import storable
from dialogs import commands, engine, parse
from dialogs.model import (
    Chose,
    Commanded,
    ContactGiven,
    Conversation,
    Edited,
    Effect,
    Event,
    Heard,
    Picked,
    Said,
    Showed,
    Situation,
)
from dialogs.needs import MOST_NEEDS

STEPS = ("skip", "back")  # commands that mean the question their button stood under


def raw_words(incoming: Incoming, effect: Effect) -> str:
    """The words as they were written, for the one column that holds them unmasked."""
    act = incoming.act
    return storable(act.text) if isinstance(effect, ContactGiven) and isinstance(act, Wrote) else ""


def with_unsent(opened: Conversation, before: Conversation) -> Conversation:
    """What a receipt opens, with all that was told in the chat before it and not sent."""
    brought: dict[str, object] = {
        each: getattr(opened, each) or getattr(before, each)
        for each in (
            "pending",
            "danger",
            "flagged",
            "contacting",
            "awaiting",
            "thread",
            "attested",
            "assisted",
            "attester",
            "interpreter",
        )
    }
    if before.needs:
        brought |= {"needs": (*opened.needs, *before.needs)[:MOST_NEEDS], "changed": True}
    return opened.model_copy(update=brought)


def finds_no_room(opened: Conversation, before: Conversation) -> bool:
    """Whether not all needs told before a receipt have room among those it opens."""
    return not before.sent and len(opened.needs) + len(before.needs) > MOST_NEEDS


def told(shown: tuple[Shown, ...], *, over: bool) -> Answer:
    """The answer that is in these messages, whether they are new or told before."""
    asked = next((each.question for each in reversed(shown) if each.question), None)
    stale, turn = (shown[-1].stale, shown[-1].at) if shown else (False, 0)
    return Answer(shown, stale, True, turn, asked, over)


def command_in(act: Act) -> tuple[str, str | None] | None:
    """The command that was pressed or written, with its value."""
    if isinstance(act, Used):
        return act.command, act.value
    return commands.read(act.text) if isinstance(act, Wrote) else None


def asks_for_letters(incoming: Incoming) -> bool:
    """Whether what a worker wrote may belong in the answer; most of what people do asks for none."""
    abilities, command = CHANNELS[incoming.channel], command_in(incoming.act)
    looks = not abilities.pushes and not abilities.fetched
    return looks or (command is not None and command[0] in ("receipt", "mine", "start"))


def is_urgent(act: Act, heard: Heard | None) -> bool:
    """Whether help must stand first and alone: no notice before it."""
    asks = isinstance(act, Used) and act.command == "help"
    asks = asks or (isinstance(act, Wrote) and commands.read(act.text) == ("help", None))
    return asks or (heard is not None and heard.grave is not None)


def is_repeated(incoming: Incoming, conversation: Conversation, marks: Sequence[str]) -> bool:
    """Whether somebody has answered in this browser; a worker's code says that this is another person."""
    met = conversation.attested or conversation.assisted
    return not met and not set(marks).isdisjoint(incoming.marks)


def goes_on(act: Act, heard: Heard | None) -> bool:
    """Whether the first thing a person does is more than a greeting: help, a need, something grave."""
    if isinstance(act, Used):
        return act.command != "start"
    if isinstance(act, Wrote):
        command = commands.read(act.text)
        said_more = heard is not None and bool(heard.grave or heard.chosen or not heard.readable)
        return said_more or (command is not None and command[0] != "start")
    return isinstance(act, Gave)


def as_written(
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


def plain_event(act: Act, heard: Heard | None, conversation: Conversation) -> Event:
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
