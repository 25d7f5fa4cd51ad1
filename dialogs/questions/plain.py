"""Questions that only record which of a few choices was made."""

from __future__ import annotations

from dialogs import parse
from dialogs.model import Choice, Conversation, Said, Situation
from dialogs.script import Ask, Choices, Hear, NotUnderstood, Question, Take, Taken, When, record
from dialogs.text import N_, Text

YES = ("ja", "ja takk", "jo", "jau", "jepp", "ok", "greit", "yes", "yep")
NO = ("nei", "nei takk", "nope", "no")
UNSAID = ("vet ikke", "veit ikkje", "vil ikke svare", "vil ikkje svare")
NOT_A_CHOICE = N_("Det skjønte jeg ikke. Velg et av svarene, eller hopp over.")


def choosing(
    id: str,
    ask: Text,
    choices: tuple[Choice, ...],
    applies: When,
) -> Question:
    """A question with fixed words and fixed choices, one of which is recorded."""
    options: Choices = lambda conversation, situation: choices  # noqa: E731 - the list is the same for all
    return Question(
        id,
        saying(ask),
        applies=applies,
        choices=options,
        take=recording(id),
        hear=naming(options, recording(id)),
    )


def saying(*texts: Text) -> Ask:
    """Always the same words."""
    return lambda conversation, situation: texts


def recording(id: str) -> Take:
    """Record the ids under the question's own id."""
    return lambda conversation, ids, situation: Taken(record(conversation, id, ids))


def naming(choices: Choices, take: Take, *, typos: bool = True) -> Hear:
    """Read the name of a choice, with typos unless too much hangs on it; anything else is not understood."""

    def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
        found = parse.choice(
            said.heard.masked,
            choices(conversation, situation),
            situation.spoken,
            numbered=situation.numbered,
            typos=typos,
        )
        if found is None:
            raise NotUnderstood(NOT_A_CHOICE)
        return take(conversation, (found.id,), situation)

    return hear
