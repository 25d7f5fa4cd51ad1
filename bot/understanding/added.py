"""Categories a coordinator added, known by their words until the model has phrases for them."""

from collections.abc import Mapping, Sequence

from bot.understanding.letters import plain
from bot.understanding.needs import MOST_CHOSEN, OTHER
from bot.understanding.words import folded, stems
from dialogs.model import Guess, Heard

NAMED = 0.9  # a word that a human chose for it says more than the model's guess at another
_LONGEST = 3_000


def with_added(heard: Heard, words: Mapping[str, Sequence[str]]) -> Heard:
    """What was heard, with the added categories that are named in it first; `words` are theirs by key."""
    if not words or not heard.readable:
        return heard
    said = _spaced(heard.masked[:_LONGEST])
    named = tuple(key for key, listed in words.items() if any(_spaced(word) in said for word in listed))
    if not named:
        return heard
    chosen = (*named, *(key for key in heard.chosen if key != OTHER))
    guesses = (*(Guess(key=key, score=NAMED) for key in named), *heard.categories)
    return heard.model_copy(update={"chosen": chosen[:MOST_CHOSEN], "categories": guesses})


def _spaced(text: str) -> str:
    """The stems of a text, so that whole words are found whatever their ending."""
    return f" {' '.join(stems(folded(plain(text).text)))} "
