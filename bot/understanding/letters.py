"""Text without the tricks of Unicode, each character still knowing where it came from."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# What lies outside the plain Latin letters: only such a stretch, with the letter before it, needs care.
_ODD = re.compile(r"[^\t\n\r\x20-\x7e\u00c0-\u00ff]+")
_SPACES = "\t\n\r "
# A letter with the accents and invisible marks that follow it.
_CLUSTER = re.compile(
    "[\\s\\S][\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Drawn as nothing (or as a box around a digit), yet neither format characters nor selectors by class.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")


@dataclass(frozen=True, slots=True)
class Plain:
    """Lower-case text; character i was made from given[starts[i]:ends[i]]."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def storable(text: str) -> str:
    """NFC, with what no database takes replaced by the replacement character."""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("\ufffd", text))


def plain(given: str) -> Plain:
    """What the reader of a phone sees: composed, narrow, lower case, nothing invisible."""
    if _ODD.search(given) is None:
        return Plain(_lower(given), range(len(given)), range(1, len(given) + 1))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for odd in _ODD.finditer(given):
        first = odd.start() - (odd.start() > 0 and given[odd.start() - 1] not in _SPACES)
        _keep(given[done:first], done, parts, starts, ends)
        for start, end, letters in _clusters(given[first : odd.end()], first):
            parts.append(letters)
            starts.extend([start] * len(letters))
            ends.extend([end] * len(letters))
        done = odd.end()
    _keep(given[done:], done, parts, starts, ends)
    return Plain("".join(parts), starts, ends)


def _keep(text: str, at: int, parts: list[str], starts: list[int], ends: list[int]) -> None:
    parts.append(_lower(text))
    starts.extend(range(at, at + len(text)))
    ends.extend(range(at + 1, at + len(text) + 1))


def _clusters(odd: str, at: int) -> Iterator[tuple[int, int, str]]:
    """Each letter with the marks that follow it, as (start, end, what it is in plain letters)."""
    for cluster in _CLUSTER.finditer(odd):
        yield at + cluster.start(), at + cluster.end(), _letters(cluster.group())


@lru_cache(maxsize=4096)
def _letters(cluster: str) -> str:
    seen = "".join(letter for letter in cluster if not _invisible(letter))
    return _lower(unicodedata.normalize("NFKC", _UNSTORABLE.sub("\ufffd", seen)))


def _invisible(letter: str) -> bool:
    return (
        unicodedata.category(letter) in ("Cf", "Me")
        or "\ufe00" <= letter <= "\ufe0f"
        or letter in _BLANK
        or "\U000e0100" <= letter <= "\U000e01ef"
    )


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower()[0] for letter in text)
