"""A text as numbers: which letter groups, words and word pairs it holds, each by its hash."""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.understanding.words import folded, stems

Ids = NDArray[np.int64]
Counts = NDArray[np.float32]

BITS = 20
LETTERS, WORDS = 0, 1  # two blocks, each brought to length one: many letters must not drown few words
_LONGEST_GROUP = 5
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SPACE = 32


def of(text: str) -> tuple[tuple[Ids, Counts], tuple[Ids, Counts]]:
    """Hashes and damped counts of letter groups, then of words and word pairs, of a plain text."""
    found = folded(text)
    return _counted(_letter_groups(found)), _counted(_word_groups(stems(found)))


def _letter_groups(found: list[str]) -> Ids:
    """Groups of two to five letters inside words, their edges included."""
    padded = " " + "  ".join(found) + " "
    codes = np.frombuffer(padded.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    between = np.concatenate([[0], np.cumsum((codes[:-1] == _SPACE) & (codes[1:] == _SPACE))])
    rolling, groups = codes, []
    for length in range(2, _LONGEST_GROUP + 1):
        if len(codes) < length:
            break
        rolling = rolling[:-1] * _FACTOR + codes[length - 1 :]
        inside = between[length - 1 :] == between[: len(between) - length + 1]
        groups.append(_hashed(rolling[inside], length))
    return np.concatenate(groups) if groups else np.empty(0, dtype=np.int64)


def _word_groups(found: list[str]) -> Ids:
    """Words and pairs of neighbours; the start and the end of the text are neighbours too."""
    bounded = np.array([crc32(word.encode("utf-8", "replace")) for word in ["", *found, ""]], dtype=np.uint64)
    pairs = bounded[:-1] * _FACTOR + bounded[1:]
    return np.concatenate([_hashed(bounded[1:-1], 11), _hashed(pairs, 12)])


def _hashed(numbers: NDArray[np.uint64], kind: int) -> Ids:
    mixed = (numbers + np.uint64(kind)) * _FACTOR
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _FACTOR) >> np.uint64(64 - BITS)).astype(np.int64)


def _counted(ids: Ids) -> tuple[Ids, Counts]:
    distinct, counts = np.unique(ids, return_counts=True)
    return distinct, (1 + np.log(counts)).astype(np.float32)
