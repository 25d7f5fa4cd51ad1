"""Grave disclosures: which kind, and whether it is sure or may be."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from bot.understanding import data
from bot.understanding.model import Model, Strengths
from bot.understanding.needs import KEYS, NONE, OTHER
from bot.understanding.words import folded
from dialogs.model import Grave

KINDS = ("suicide", "self_harm", "violence", "sexual_abuse", "neglect_hunger", "homeless_tonight")
# Needs that lie near danger; the others, where a text speaks plainly of them, speak against it.
NEAR = frozenset(
    [
        "safety_bullying",
        "family_home",
        "food",
        "housing",
        "mental_health",
        "substance_use",
        "after_hours_contact",
    ]
)
# Measured by `make evaluate`; docs/understanding.md has the trade-off. Prefer a false alarm to a miss.
MAYBE = -3.0
SURE = 5.5
SURE_WHEN_NAMED = 2.0
PLAYFUL = 1.5  # how much louder a text must be beside a word of play, school work or film

_CHOICE = re.compile(r"\(([^()]*)\)")
_CLAUSE = re.compile(r"[^.!?\n,;:]+")
_SENTENCE = re.compile(r"[^.!?\n]+")
_READ_FROM_START, _READ_AT_END, _SENTENCES = 4_000, 1_000, 40


def _spelled_out(phrase: str) -> Iterator[str]:
    """Every wording of a phrase with choices."""
    parts = _CHOICE.split(phrase)
    choices = [part.split("|") if number % 2 else [part] for number, part in enumerate(parts)]
    for wording in product(*choices):
        yield " ".join("".join(wording).split())


_LISTS: dict[str, Any] = data.words("grave")
_LISTS["suicide"] = [*_LISTS["suicide"], *_LISTS["wish_to_die"]]
_HARMLESS = tuple(f" {phrase}" for phrase in _LISTS["harmless"])


def _named() -> dict[str, list[tuple[str, str]]]:
    """Each wording and its kind by the word it begins with; the last word may go on (overdose, overdosen)."""
    by_start: dict[str, list[tuple[str, str]]] = {}
    for kind in KINDS:
        for wording in (wording for phrase in _LISTS[kind] for wording in _spelled_out(phrase)):
            by_start.setdefault(wording.split()[0], []).append((wording, kind))
    return by_start


def _frames() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """What each frame looks for and its kind, by the words it may begin with; each word is also folded."""
    by_start: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for kind in KINDS:
        for line in _LISTS["frames"][kind]:
            choices = [sorted({*words.split(), *folded(words)}) for words in line.split("|") if words.strip()]
            looked_for = re.compile(_NEAR_BY.join(f"(?:{'|'.join(words)})" for words in choices) + r"\b")
            for word in choices[0]:
                by_start.setdefault(word, []).append((looked_for, kind))
    return by_start


_NEAR_BY = r"(?: \w+){0,3} "
_LONGEST_FRAME = 16
_FRAMES = _frames()
_NAMED = _named()
_STARTS = {word: tuple(wording for wording, _ in found) for word, found in _NAMED.items()}
_ALONE = tuple((wording, kind) for found in _NAMED.values() for wording, kind in found if " " not in wording)
_ALONE_WORDS = tuple(wording for wording, _ in _ALONE)
_WISHES, _DENIALS = (
    "|".join(wording for phrase in _LISTS[name] for wording in _spelled_out(phrase))
    for name in ("wish_to_die", "wish_to_live")
)
_OF_DEATH = re.compile("dø|liv|lev|drep|heng|die|kill|life|live")  # folding is slow: only where it can matter
# Laughter takes the certainty from all of its sentence, and nothing more: what is named is still maybe.
_LAUGHTER = re.compile(r"\b(?:(?:ha){2,}h?|(?:he){2,}|lol|lmao|hihi)\b|[\U0001f602\U0001f923]")
_WISH_TO_DIE = re.compile(rf"\b(?:{_WISHES})\b(?! (?:av|of)\b)")
_WISH_TO_LIVE = re.compile(rf"\b(?:{_DENIALS})\b")


def find(text: str, model: Model) -> Grave | None:
    """What a plain text discloses, if anything; every sentence is heard alone too."""
    named = named_kind(text)
    if named and _wishes_to_die(text):
        return Grave(kind="suicide", strength="sure")
    # What is named outright is heard in its clause too, so that a number beside it does not make it faint.
    clauses = [clause for clause in _pieces(_CLAUSE, text) if named_kind(clause)] if named else []
    parts = [*_parts(text), *clauses]
    heard = [
        (_loudness(part, strengths := model.strengths(_LAUGHTER.sub(" ", part))), part, strengths)
        for part in parts
    ]
    loudness, _, strengths = max(heard, key=lambda one: one[0])
    loud_parts = (one for one in heard if one[0] >= SURE_WHEN_NAMED)
    serious = [(loud, part) for loud, part, told in loud_parts if not _laughs_at_dying(part, told)]
    certain = any(loud >= SURE and not _wishes_to_live(part) for loud, part in serious)
    if certain or (named and serious):
        return Grave(kind=named or _kind(strengths), strength="sure")
    # One word says too little: "mat" is a need, and what names danger outright is on the lists.
    if named or (loudness >= MAYBE and " " in text.strip()):
        return Grave(kind=named or _kind(strengths), strength="maybe")
    return None


def _wishes_to_die(text: str) -> bool:
    """Whether a clause without play says so in the first person: then no model is asked."""
    sentences = (
        one for one in _SENTENCE.findall(text) if _OF_DEATH.search(one) and not _LAUGHTER.search(one)
    )
    clauses = (clause for one in sentences for clause in _CLAUSE.findall(one) if _OF_DEATH.search(clause))
    return any(_WISH_TO_DIE.search(" ".join(folded(clause))) for clause in clauses if not _is_playful(clause))


def _laughs_at_dying(part: str, strengths: Strengths) -> bool:
    laughs = _OF_DEATH.search(part) and _LAUGHTER.search(part)
    return bool(laughs) and (named_kind(part) or _kind(strengths)) == "suicide"


def _wishes_to_live(part: str) -> bool:
    return bool(_OF_DEATH.search(part)) and bool(_WISH_TO_LIVE.search(" ".join(folded(part))))


def _loudness(part: str, strengths: Strengths) -> float:
    return alarm(strengths) - PLAYFUL * (_is_playful(part) or bool(_LAUGHTER.search(part)))


def _is_playful(text: str, phrases: tuple[str, ...] = _HARMLESS) -> bool:
    begun = f" {text}"
    return any(phrase in begun for phrase in phrases)


def alarm(strengths: Strengths) -> float:
    """How much speaks for danger, less what speaks for an ordinary need or for none.

    The shares were chosen by leaving one writer out at a time, four writers in turn, and rounded.
    """
    danger = max(strengths[kind] for kind in KINDS)
    near = max(strengths[key] for key in NEAR)
    ordinary = max(strengths[key] for key in KEYS if key not in NEAR)
    against = 0.4 * near + ordinary + 0.3 * strengths[OTHER] + 0.8 * strengths[NONE]
    return danger + 0.6 * strengths["grave"] - against


def named_kind(text: str) -> str | None:
    """The kind that is named outright, all of the text read; play in one clause excuses no other."""
    named = next(_kinds_named(folded(text)), None)
    if named is None or not _is_playful(text):
        return named
    # A long text has many clauses: each is asked only for what stands in the text at all.
    here = tuple(phrase for phrase in _HARMLESS if phrase.strip() in text)
    clauses = (clause for clause in _CLAUSE.findall(text) if not _is_playful(clause, here))
    return next((kind for clause in clauses for kind in _kinds_named(folded(clause))), None)


def _kinds_named(words: list[str]) -> Iterator[str]:
    text, place = " ".join(words), 0
    for word in words:
        if word in _STARTS and text.startswith(_STARTS[word], place):
            yield next(kind for wording, kind in _NAMED[word] if text.startswith(wording, place))
        place += len(word) + 1
    for word in sorted(set(words)):
        if word.startswith(_ALONE_WORDS):
            yield next(kind for wording, kind in _ALONE if word.startswith(wording))
    for at in [at for at, word in enumerate(words) if word in _FRAMES]:
        here = " ".join(words[at : at + _LONGEST_FRAME])
        yield from (kind for frame, kind in _FRAMES[words[at]] if frame.match(here))


def _kind(strengths: Strengths) -> str:
    return max(KINDS, key=lambda kind: strengths[kind])


def _parts(text: str) -> list[str]:
    """The whole and its sentences; of a very long text its start and its end."""
    if len(text) > _READ_FROM_START + _READ_AT_END:
        text = f"{text[:_READ_FROM_START]}\n{text[-_READ_AT_END:]}"
    sentences = _pieces(_SENTENCE, text)
    return [text] if len(sentences) < 2 else [text, *sentences]


def _pieces(kind: re.Pattern[str], text: str) -> list[str]:
    return [piece for piece in kind.findall(text) if len(piece) > 12][-_SENTENCES:]
