"""Which part of the municipality the person lives in; never an address."""

from __future__ import annotations

from dialogs.model import Choice, Conversation, Situation
from dialogs.questions.plain import UNSAID, naming, recording, saying
from dialogs.script import Question
from dialogs.text import N_


def applies(conversation: Conversation, situation: Situation) -> bool:
    """Off where the municipality has no districts, because too few people live in them."""
    return bool(conversation.needs and situation.municipality.districts)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The municipality's own list, and not wanting to say."""
    places = (
        Choice(place.key, N_("{place}", place=place.name)) for place in situation.municipality.districts
    )
    return (
        *places,
        Choice("none", N_("Vil ikke si"), UNSAID),
    )


QUESTION = Question(
    "district",
    saying(N_("Hvor bor du? Da ser vi hvor folk trenger hjelp.")),
    applies=applies,
    choices=choices,
    take=recording("district"),
    hear=naming(choices, recording("district")),
)
