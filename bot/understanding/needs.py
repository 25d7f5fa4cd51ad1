"""Which kinds of need a text speaks of, and which of them Lytt would choose."""

import math

from bot.understanding import data
from bot.understanding.model import Strengths
from dialogs.model import Guess

KEYS = tuple(data.words("needs"))
NONE, OTHER = "none", "other"
# Measured by writer with `make evaluate`: docs/understanding.md.
STEEP = 2.2
NONE_HEAD_START = 0.18
OTHER_HEAD_START = 0.25
ALSO = 0.30
MOST_CHOSEN = 3


def guesses(strengths: Strengths) -> tuple[Guess, ...]:
    """All kinds of need, likeliest first."""
    ordered = sorted(KEYS, key=lambda key: -strengths[key])
    return tuple(Guess(key=key, score=round(_likelihood(strengths[key]), 4)) for key in ordered)


def chosen(strengths: Strengths, ordered: tuple[Guess, ...]) -> tuple[str, ...]:
    """What Lytt asks about: nothing, `other`, or up to three kinds."""
    best = strengths[ordered[0].key]
    if strengths[NONE] + NONE_HEAD_START > max(best, strengths[OTHER] + OTHER_HEAD_START):
        return ()
    if strengths[OTHER] + OTHER_HEAD_START > best:
        return (OTHER,)
    also = (guess.key for guess in ordered[1:MOST_CHOSEN] if guess.score >= ALSO)
    return (ordered[0].key, *also)


def _likelihood(strength: float) -> float:
    return 1 / (1 + math.exp(-STEEP * strength))
