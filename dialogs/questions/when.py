"""When a worker may write; a time nobody works is never offered."""

from __future__ import annotations

from dialogs.model import Choice, Conversation, Situation
from dialogs.questions.plain import naming, recording, saying
from dialogs.script import Question
from dialogs.text import N_

TIMES = {
    "day": Choice("day", N_("På dagen"), ("dag", "dagtid", "formiddag", "day")),
    "evening": Choice("evening", N_("På kvelden"), ("kveld", "ettermiddag", "evening")),
    "weekend": Choice("weekend", N_("I helga"), ("helg", "helga", "helgen", "weekend")),
}
ANY = Choice("any", N_("Når som helst"), ("alltid", "samme", "same", "any time"))


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The times somebody works in this municipality, and any of them."""
    return (*(TIMES[time] for time in situation.municipality.answer_times), ANY)


def applies(conversation: Conversation, situation: Situation) -> bool:
    """Asked who wants a grown-up's answer, where there is more than one time to choose."""
    wanted = conversation.answer("answer") in ("adult", "adult_hidden")
    wanted = wanted and not conversation.youngest(situation.municipality.age_limit)
    return conversation.sent and wanted and len(situation.municipality.answer_times) > 1


QUESTION = Question(
    "when",
    saying(N_("Når passer det å få svar?")),
    applies=applies,
    choices=choices,
    take=recording("when"),
    hear=naming(choices, recording("when")),
)
