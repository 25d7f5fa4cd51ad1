"""Whether to ask the person again in half a year."""

from __future__ import annotations

from dialogs.model import Choice
from dialogs.questions.plain import NO, YES, choosing
from dialogs.text import N_

QUESTION = choosing(
    "again",
    N_("Skal jeg spørre deg igjen om et halvt år?"),
    (Choice("yes", N_("Ja"), YES), Choice("no", N_("Nei"), NO)),
    applies=lambda conversation, situation: (
        conversation.sent
        and conversation.answer("answer") in ("news", "no")
        and not conversation.youngest(situation.municipality.age_limit)
    ),
)
