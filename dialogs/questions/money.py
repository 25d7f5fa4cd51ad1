"""Whether a family has money enough; asked after sending, never required."""

from __future__ import annotations

from dialogs.model import Choice
from dialogs.questions.plain import NO, UNSAID, YES, choosing
from dialogs.text import N_

QUESTION = choosing(
    "money",
    N_("Jeg spør alle foreldre: Har dere penger nok til det barna trenger?"),
    (
        Choice("yes", N_("Ja"), YES),
        Choice("sometimes", N_("Av og til"), ("noen ganger", "nokre gonger", "litt", "sometimes")),
        Choice("no", N_("Nei"), NO),
        Choice("unsaid", N_("Vil ikke si"), UNSAID),
    ),
    applies=lambda conversation, situation: conversation.sent and conversation.group == "family",
)
