"""Generous readers: a number, a label or a keyword, in any case and with a typo."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence

from dialogs.model import Choice
from dialogs.text import Text

LONGEST_ANSWER = 80  # a longer text is own words, not the name of a choice
NUMBER_WORDS = {
    word: number
    for number, words in {
        1: "ett ei one",
        2: "to two",
        3: "tre three",
        4: "fire four",
        5: "fem five",
        6: "seks six",
        7: "sju syv seven",
        8: "åtte eight",
        9: "ni nine",
        10: "ti ten",
        11: "elleve eleven",
        12: "tolv twelve",
        13: "tretten thirteen",
        14: "fjorten fourteen",
        15: "femten fifteen",
        16: "seksten sixteen",
        17: "sytten seventeen",
        18: "atten eighteen",
        19: "nitten nineteen",
        20: "tjue tyve twenty",
        21: "tjueen",
        22: "tjueto",
        23: "tjuetre",
        24: "tjuefire",
        25: "tjuefem",
    }.items()
    for word in words.split()
}
_NUMBER_OR_WORD = re.compile(r"\d{1,9}|\b(?:" + "|".join(NUMBER_WORDS) + r")\b")
AGE_WORDS = frozenset(
    word
    for line in (
        "jeg eg æ er e bare snart nesten nettopp fyller fylte blir gutt jente år åring gammel gamal",
        "i am m just almost turned boy girl year years old",
    )
    for word in line.split()
)
BOUNDS = frozenset(
    ("under", "over", "yngre", "eldre", "mindre", "below", "above", "younger", "older"),
)
SURE = 12  # years
_WORD = re.compile(r"[^\W\d_]+")
_LIST = re.compile(r"\s*(?:,|;|\+|&|\bog\b|\band\b)\s*")
Spoken = Callable[[Text], tuple[str, ...]]


def folded(text: str) -> str:
    """Lower case, one space between words, no punctuation around it."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(lowered.replace("–", "-").split()).strip(" .!?,:;/\"'«»()")


def numbers(text: str) -> tuple[int, ...]:
    """The whole numbers a short text holds, in digits or as people write an age."""
    found = _NUMBER_OR_WORD.findall(folded(text)[:LONGEST_ANSWER])
    return tuple(int(each) if each.isdecimal() else NUMBER_WORDS[each] for each in found)


def age(text: str, *, beside_need: bool) -> int | None:
    """The age in years that a short text tells, or None.

    One number among other words may count children, beds or kilometres: it is an age only where it
    can not do harm, so not beside a need, nor as an age that would send the person on.
    """
    short, found = folded(text), numbers(text)
    words = set(_WORD.findall(short)) - NUMBER_WORDS.keys()
    if len(text) > LONGEST_ANSWER or len(found) != 1 or short.startswith(("-", "−")) or words & BOUNDS:
        return None
    only_age = words <= AGE_WORDS
    return found[0] if only_age or (found[0] >= SURE and not beside_need) else None


def only_number(text: str) -> int | None:
    """The number a text is, if it is nothing but a number."""
    short = folded(text).removeprefix("nr").strip(" .")
    return int(short) if short.isdecimal() and len(short) <= 9 else None


def _names(choice: Choice, spoken: Spoken) -> set[str]:
    return {folded(name) for name in (*spoken(choice.label), *choice.words)}


def choice(
    text: str, choices: Sequence[Choice], spoken: Spoken, *, numbered: bool = False, typos: bool = True
) -> Choice | None:
    """The one choice a text names by number, label or keyword, or None.

    Without `typos` only the very words count: "utrygg" is one letter from "trygg".
    """
    short = folded(text)
    if not short or len(short) > LONGEST_ANSWER:
        return None
    place = only_number(short)
    if numbered and place is not None and 0 < place <= len(choices):
        return choices[place - 1]
    named = {name: each for each in reversed(choices) for name in _names(each, spoken)}
    if short in named or not typos:
        return named.get(short)
    # A wrong letter is a slip; another number is another answer: "under 25" is not "under 12".
    alike = [name for name in named if len(name) > 4 and numbers(name) == numbers(short)]
    close = difflib.get_close_matches(short, alike, n=1, cutoff=0.84)
    return named[close[0]] if close else None


def several(
    text: str, choices: Sequence[Choice], spoken: Spoken, *, numbered: bool = False
) -> tuple[str, ...]:
    """The ids of all choices a text names, in the order of the choices; () unless every part is one."""
    whole = choice(text, choices, spoken, numbered=numbered)
    if whole:
        return (whole.id,)
    found = [choice(part, choices, spoken, numbered=numbered) for part in _LIST.split(folded(text)) if part]
    if not found or None in found:
        return ()
    ids = {each.id for each in found if each}
    return tuple(each.id for each in choices if each.id in ids)
