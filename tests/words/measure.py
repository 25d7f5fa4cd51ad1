"""How hard a text is to read: LIX, and the lengths of its sentences."""

import re
from collections.abc import Iterable

LONG_WORD = 7  # letters; LIX counts words of more than six
_WORD = re.compile(r"[^\W_]+(?:[-–'][^\W_]+)*")
_END = re.compile(r"[.!?:]+(?=\s|$)|\n")


def words(text: str) -> list[str]:
    """The words of a text; a number is a word, a sign is not."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line and a colon end one too, as in a list."""
    return [part.strip() for part in _END.split(text) if words(part)]


def lix(texts: Iterable[str], subject_words: Iterable[str] = ()) -> float:
    """Words a sentence, plus the share of long words in a hundred; a subject word is not long."""
    spoken = [sentence for text in texts for sentence in sentences(text)]
    every = [word.casefold() for sentence in spoken for word in words(sentence)]
    long = [word for word in every if len(word) >= LONG_WORD and word not in set(subject_words)]
    return len(every) / len(spoken) + 100 * len(long) / len(every)


def full_stops(text: str) -> list[str]:
    """The sentences of a text by their full stops alone: what comes after a colon still belongs."""
    return [part for part in re.split(r"[.!?]+(?=\s|$)", text) if words(part)]
