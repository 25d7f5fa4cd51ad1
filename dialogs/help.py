"""Where somebody answers now: the lines for an age and a kind of trouble, and how they are told."""

from __future__ import annotations

from dialogs.model import Conversation, Message, Situation
from dialogs.needs import HelpLine
from dialogs.text import N_, Text

AUTOMATIC = N_("Jeg er et dataprogram, og ingen leser dette akkurat nå.")
LINES_SHOWN = 2  # after a grave message: more numbers are harder to call
NO_ANSWER = N_("Får du ikke svar? Ring 116 117.")
LAST_RESORT = "116 117"  # what NO_ANSWER names, day and night


def lines_for(lines: tuple[HelpLine, ...], age: int, kind: str | None = None) -> tuple[HelpLine, ...]:
    """The lines for an age; those known to be closed now stand last.

    For a kind of trouble its own lines come first, and of these the always open. An unknown age is 0,
    the youngest list. Source: duties.md section 2.2.
    """
    fits = [line for line in lines if line.youngest <= max(age, 12) <= line.oldest]
    if kind is None:
        return tuple(sorted(fits, key=lambda line: line.closed))
    return tuple(sorted(fits, key=lambda line: (line.closed, kind not in line.kinds, not line.always_open)))


def after_grave(lines: tuple[HelpLine, ...], age: int, kind: str | None) -> tuple[HelpLine, ...]:
    """What is told after a grave message: two lines, and last the one to call when none answers."""
    fits = lines_for(lines, age, kind)
    last = [line for line in fits if line.reach == LAST_RESORT]
    return (*[line for line in fits if line not in last][:LINES_SHOWN], *last[:1])


def line_text(line: HelpLine) -> Text:
    """One help line as one line of text."""
    return N_("{name}: {reach}. {about}", name=line.name, reach=line.reach, about=line.about)


def help_now(conversation: Conversation, situation: Situation) -> Message:
    """All that can be called now, for the person's age, whatever state the conversation is in."""
    lines = lines_for(situation.municipality.help_lines, conversation.age())
    return Message(
        (
            N_("Er det fare nå? Ring 113."),
            N_("Er noen voldelige? Ring politiet på 112."),
            AUTOMATIC,
            *map(line_text, lines),
            NO_ANSWER,
        ),
        ways=("start", "delete"),
        kind="grave",
    )
