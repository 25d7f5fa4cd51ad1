"""Whether the person wants an answer, from whom, and whether others see the phone."""

from __future__ import annotations

from dialogs.model import Choice
from dialogs.questions.plain import NO, YES, choosing
from dialogs.text import N_

QUESTION = choosing(
    "answer",
    N_("Vil du ha svar?"),
    (
        Choice("adult", N_("Ja, fra en i kommunen"), (*YES, "fra en voksen", "en voksen", "ein vaksen")),
        Choice("adult_hidden", N_("Ja, men andre kan se telefonen min")),
        Choice("news", N_("Bare fortell hva som skjer videre"), ("bare nytt", "nytt", "news")),
        Choice("no", N_("Nei takk"), NO),
    ),
    applies=lambda conversation, situation: (
        conversation.sent and not conversation.youngest(situation.municipality.age_limit)
    ),
)
