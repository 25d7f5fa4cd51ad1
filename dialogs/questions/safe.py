"""Whether the person is safe, asked gently when a message may mean danger."""

from __future__ import annotations

from dialogs import parse
from dialogs.help import line_text, lines_for
from dialogs.model import Choice, Conversation, FlagRaised, Pending, Said, Situation
from dialogs.questions import danger
from dialogs.questions.plain import NO, YES
from dialogs.script import NotUnderstood, Question, Taken
from dialogs.text import N_, Text

_NOT_SAFE = (
    *(*NO, "utrygg", "ikke trygg", "ikkje trygg", "itj trygg", "not safe", "i am not safe"),
    *("jeg er utrygg", "jeg er ikke trygg", "eg er utrygg", "eg er ikkje trygg", "æ e itj trygg"),
)
CHOICES = (
    Choice(
        "yes", N_("Ja, jeg er trygg"), (*YES, "trygg", "jeg er trygg", "eg er trygg", "æ e trygg", "safe")
    ),
    Choice("no", N_("Nei"), _NOT_SAFE),
    danger.ADULT,
)


def applies(conversation: Conversation, situation: Situation) -> bool:
    """Whether a message may tell of danger, but not surely."""
    return conversation.danger is not None and conversation.danger.strength == "maybe"


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """One gentle line with help, and the question."""
    # No kind: a line about violence would frighten who spoke of none.
    lines = lines_for(situation.municipality.help_lines, conversation.age())[:1]
    gentle = N_("Det du skriver, kan være tungt å bære alene. Her kan du snakke med et menneske:")
    return (gentle, *map(line_text, lines), N_("Er du trygg nå?"))


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Go on if they are safe; otherwise a worker must know."""
    if not ids or ids[0] == "yes" or conversation.danger is None:
        return Taken(conversation.model_copy(update={"danger": None}))
    held = conversation.danger
    waiting = _without(conversation.pending, held.words)
    conversation = conversation.model_copy(update={"flagged": True, "pending": waiting})
    raised = FlagRaised(held.kind, "sure" if ids[0] == "no" else "maybe", held.words)
    if ids[0] == "no":
        now = conversation.model_copy(update={"danger": held.model_copy(update={"strength": "sure"})})
        return Taken(now, (), (raised,))
    contacted = danger.contact(conversation.model_copy(update={"danger": None}), situation)
    return Taken(contacted.conversation, contacted.notes, (raised, *contacted.effects))


def _without(pending: Pending | None, words: str) -> Pending | None:
    """What waits to be confirmed, without the grave messages: they go to a worker and are no need."""
    if pending is None or not pending.words:
        return pending
    left = pending.words
    for line in reversed(words.split("\n")):
        left = left.removesuffix(line).removesuffix("\n")
    return pending.model_copy(update={"words": left}) if left else None


def named(said: Said, situation: Situation) -> Choice | None:
    """The choice that these words are the name of."""
    words = said.heard.masked
    return parse.choice(words, CHOICES, situation.spoken, numbered=situation.numbered, typos=False)


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Read the name of a choice."""
    found = named(said, situation)
    if found is None:
        raise NotUnderstood(N_("Velg det som passer. Du kan også trykke Hjelp nå."))
    return take(conversation, (found.id,), situation)


QUESTION = Question(
    "safe",
    ask,
    applies=applies,
    choices=lambda conversation, situation: CHOICES,
    take=take,
    hear=hear,
    lasting=False,
)
