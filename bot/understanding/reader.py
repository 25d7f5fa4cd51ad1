"""One reading of a text, with the model it is read by."""

import re

from bot.understanding import grave, languages, model, needs, personal
from bot.understanding.letters import Plain
from bot.understanding.model import Model, Strengths
from dialogs.model import Guess, Heard

_READ_FOR_NEEDS = 3_000  # what someone needs stands early; reading on only blurs it
# No words, or only how old someone is: an answer to another question than this one.
_NOTHING = re.compile(
    r"(?:[\W\d_]|(?<=\d)år\b"
    r"|\b(?:jeg|eg|æ|er|e|i|am|m|year|years|old|år|gammel|gamal|til|over|under|ung|ungdom|voksen|vaksen)\b)*"
)


class Reader:
    """Reads with one model; the packaged one unless another is given, as the evaluation does."""

    def __init__(self, trained: Model | None = None) -> None:
        self._model = trained or model.packaged()
        self._personal = personal.Personal(self._model.knows)

    def read(self, seen: Plain, given: str) -> Heard:
        spans = self._personal.spans(seen)
        strengths = self._model.strengths(seen.text[:_READ_FOR_NEEDS])
        guesses = needs.guesses(strengths)
        readable = languages.readable(seen.text, self._model.knows)
        return Heard(
            masked=personal.masked(given, spans),
            categories=guesses,
            chosen=_chosen(seen.text, strengths, guesses, readable),
            grave=None if _NOTHING.fullmatch(seen.text) else grave.find(seen.text, self._model),
            spans=spans,
            readable=readable,
        )


def _chosen(text: str, strengths: Strengths, guesses: tuple[Guess, ...], readable: bool) -> tuple[str, ...]:
    if not readable:
        return (needs.OTHER,)  # never "no need": a person reads it
    if _NOTHING.fullmatch(text):
        return ()
    return needs.chosen(strengths, guesses)
