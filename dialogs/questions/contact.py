"""A safe way to the person, asked only of who wants an adult to make contact, and kept for that alone."""

from __future__ import annotations

from dialogs import parse
from dialogs.model import Choice, ContactGiven, Conversation, Message, Said, Situation
from dialogs.questions.need import EMPTY
from dialogs.questions.plain import NO, saying
from dialogs.script import NotUnderstood, Question, Taken
from dialogs.text import N_

HERE = Choice("here", N_("Nei, svar meg her"), (*NO, "her", "svar her", "here"))
WAYS_ON = ("start", "help")


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """Nobody must give a number to be answered."""
    return (HERE,)


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """The answer waits behind the receipt."""
    held = conversation.model_copy(update={"contacting": False})
    told = N_("Det er greit. Svaret kommer her hos Lytt.")
    return Taken(held, (Message((told,), ways=WAYS_ON, kind="grave"),))


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Any words are the way; who keeps them is handed what was written, for here they are masked."""
    if not said.heard.masked.strip():
        raise NotUnderstood(EMPTY)
    if parse.choice(said.heard.masked, (HERE,), situation.spoken, numbered=situation.numbered, typos=False):
        return take(conversation, (HERE.id,), situation)
    held = conversation.model_copy(update={"contacting": False})
    told = N_("Takk. Bare den som skal hjelpe deg, får se det.")
    return Taken(held, (Message((told,), ways=WAYS_ON, kind="grave"),), (ContactGiven(),))


QUESTION = Question(
    "contact",
    saying(
        N_("Er det trygt at vi ringer eller skriver til deg?"),
        N_("Skriv nummeret, og når det passer. Vi bruker det bare til dette."),
    ),
    applies=lambda conversation, situation: conversation.contacting,
    choices=choices,
    take=take,
    hear=hear,
    lasting=False,
    ways=(),
)
