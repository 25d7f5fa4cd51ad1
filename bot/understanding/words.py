"""Words as the model reads them: dialect folded to bokmål, stretched letters drawn in."""

import re

import Stemmer

from bot.understanding import data

_LISTS = data.words("dialect")
_ALWAYS: dict[str, str] = _LISTS["always"]
_BESIDE: dict[str, str] = {**_ALWAYS, **_LISTS["beside"]}
_SIGNS = frozenset(_LISTS["signs"]["words"])
_WORD = re.compile(r"[^\W\d_]+|\d+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STEMMER = Stemmer.Stemmer("norwegian")


def folded(text: str) -> list[str]:
    """The words of a plain text, each dialect form as its bokmål word."""
    found = _WORD.findall(text)
    if not found:
        return []
    distinct: list[str] = list(dict.fromkeys(found))  # a long text repeats its words: each is looked at once
    drawn_in: dict[str, str] = dict(
        zip(distinct, _STRETCHED.sub(r"\1\1", " ".join(distinct)).split(" "), strict=True)
    )
    fold = _ALWAYS if _SIGNS.isdisjoint(drawn_in.values()) else _BESIDE
    folds = {word: fold.get(short, short) for word, short in drawn_in.items()}
    return [folds[word] for word in found]


def stems(found: list[str]) -> list[str]:
    return list(_STEMMER.stemWords(found))
