"""Generous readers: a number, a label or a keyword, in any case and with a typo."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence

from dialogs.model import Choice
from dialogs.text import Text

LONGEST_ANSWER = 80  # a longer text is own words, not the name of a choice
_NUMBER = re.compile(r"\d{1,9}")
_LIST = re.compile(r"\s*(?:,|;|\+|&|\bog\b|\band\b)\s*")
Spoken = Callable[[Text], tuple[str, ...]]


def folded(text: str) -> str:
    """Lower case, one space between words, no punctuation around it."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(lowered.replace("–", "-").split()).strip(" .!?,:;/\"'«»()")


def numbers(text: str) -> tuple[int, ...]:
    """The whole numbers a short text holds."""
    return tuple(int(found) for found in _NUMBER.findall(folded(text)[:LONGEST_ANSWER]))


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
    close = difflib.get_close_matches(short, [name for name in named if len(name) > 4], n=1, cutoff=0.84)
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
