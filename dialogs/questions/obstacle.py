"""What stands in the way of one need: at most one follow-up a need, where asking helps."""

from __future__ import annotations

from dialogs.categories import OBSTACLES, label, obstacles
from dialogs.model import Choice, Conversation, Situation
from dialogs.needs import Need
from dialogs.questions.plain import naming
from dialogs.script import Question, Taken
from dialogs.text import N_, Text

SKIPPED = ""


def _place(conversation: Conversation) -> int | None:
    waiting = (i for i, need in enumerate(conversation.needs) if need.obstacle is None and obstacles(need))
    return next(waiting, None)


def _need(conversation: Conversation) -> Need:
    return conversation.needs[_place(conversation) or 0]


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The question, about the first need that has no follow-up yet."""
    return (N_("{need}: Hva står i veien?", need=label(_need(conversation).category, situation.added)),)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """What most often stands in the way of this kind of need."""
    held = tuple(Choice(key, OBSTACLES[key]) for key in obstacles(_need(conversation)))
    return (*held, Choice("else", N_("Noe annet")))


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Keep the obstacle with its need."""
    place = _place(conversation) or 0
    need = conversation.needs[place].model_copy(update={"obstacle": ids[0] if ids else SKIPPED})
    needs = (*conversation.needs[:place], need, *conversation.needs[place + 1 :])
    return Taken(conversation.model_copy(update={"needs": needs, "changed": True}))


QUESTION = Question(
    "obstacle",
    ask,
    applies=lambda conversation, situation: conversation.more and _place(conversation) is not None,
    choices=choices,
    take=take,
    hear=naming(choices, take),
    lasting=False,
)
