"""Which kind of need within a topic."""

from __future__ import annotations

from dialogs import parse
from dialogs.categories import OTHER_LABEL, of_topic
from dialogs.model import Choice, Conversation, Said, Situation
from dialogs.needs import OTHER
from dialogs.questions import need
from dialogs.script import Question, Taken
from dialogs.text import N_, Text


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The question itself."""
    return (N_("Hva passer best?"),)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The topic's categories and something else."""
    held = of_topic(conversation.topic or "", conversation.group, situation.added)
    return (*(Choice(category.key, category.label) for category in held), Choice(OTHER, OTHER_LABEL))


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Keep the category; a skip goes back to the topics."""
    if not ids:
        return Taken(conversation.model_copy(update={"topic": None}))
    return need.something_else(conversation, situation) if ids[0] == OTHER else need.add(conversation, ids)


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Take the name of a choice, or own words instead of one."""
    from_list = parse.choice(
        said.heard.masked, choices(conversation, situation), situation.spoken, numbered=situation.numbered
    )
    if from_list:
        return take(conversation, (from_list.id,), situation)
    return need.hear(conversation, said, situation)


QUESTION = Question(
    "category",
    ask,
    applies=lambda conversation, situation: conversation.topic is not None,
    choices=choices,
    take=take,
    hear=hear,
    lasting=False,
)
