"""Whether the person is as young as they said, asked before words they wrote are dropped for it."""

from __future__ import annotations

from dialogs.model import Choice, Conversation, Situation
from dialogs.needs import UNDER_12, band_label
from dialogs.questions import who
from dialogs.questions.plain import NO, YES, naming
from dialogs.script import Question, Taken
from dialogs.text import N_, Text

CHOICES = (
    Choice("yes", N_("Ja, det stemmer"), YES),
    Choice("no", N_("Nei, det var feil"), NO),
)


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """What happens to the words, and whether the age is right."""
    age = band_label(conversation.younger or UNDER_12)
    return (
        N_("Da husker jeg hva det handler om, men ikke ordene dine."),
        N_("Stemmer det at du er {age}?", age=age),
    )


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """Yes, or a slip of the finger."""
    return CHOICES


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Drop the words, or leave everything as it was."""
    held = conversation.model_copy(update={"aside": None, "revisit": None})
    taken = who.younger(held) if ids == ("yes",) else Taken(held)
    return Taken(taken.conversation.model_copy(update={"younger": None}), taken.notes)


QUESTION = Question(
    "younger", ask, choices=choices, take=take, hear=naming(choices, take, typos=False), ways=()
)
