"""Which need comes first, when there are several."""

from __future__ import annotations

from dialogs.categories import label
from dialogs.model import Choice, Conversation, Situation
from dialogs.questions.plain import naming, saying
from dialogs.script import Question, Taken, record
from dialogs.text import N_


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The needs told so far."""
    return tuple(
        Choice(f"need{i}", label(need.category, situation.added)) for i, need in enumerate(conversation.needs)
    )


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Put the chosen need first; the order of the others stays."""
    held = record(conversation, "first", ids)
    if not ids:
        return Taken(held)
    place = int(ids[0].removeprefix("need"))
    needs = (held.needs[place], *held.needs[:place], *held.needs[place + 1 :])
    return Taken(held.model_copy(update={"needs": needs, "changed": True}))


QUESTION = Question(
    "first",
    saying(N_("Hva trenger du først?")),
    applies=lambda conversation, situation: conversation.more and len(conversation.needs) > 1,
    choices=choices,
    take=take,
    hear=naming(choices, take),
)
