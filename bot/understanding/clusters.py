"""Texts that may tell of one and the same new need, put together for a human to name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding import features, model
from bot.understanding.letters import plain
from bot.understanding.words import folded

# Measured on the phrases marked `other`: lower joins what only sounds alike.
ALIKE = 0.28
_LONGEST = 500
_MOST_TEXTS = 1_000  # their likeness is a table of all pairs


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places of the texts in what was handed in, and words they share."""

    members: tuple[int, ...]
    words: tuple[str, ...]


def propose(texts: Sequence[str], least: int = 3) -> tuple[Cluster, ...]:
    """Groups of at least `least` texts that are alike, the largest first; the newest texts if too many."""
    first = max(0, len(texts) - _MOST_TEXTS)
    seen = [plain(text[:_LONGEST]).text for text in texts[first:]]
    alike = _likeness(seen) >= ALIKE
    free = np.ones(len(seen), dtype=bool)
    found = []
    while free.any():
        reach = (alike & free).sum(axis=1) * free
        centre = int(reach.argmax())
        if reach[centre] < least:
            break
        members = np.flatnonzero(alike[centre] & free)
        free[members] = False
        words = _shared([folded(seen[member]) for member in members])
        found.append(Cluster(tuple((members + first).tolist()), words))
    return tuple(found)


def _likeness(texts: Sequence[str]) -> NDArray[np.float32]:
    """Cosine of every pair, features that are rare in the phrases counting most."""
    blocks = [np.concatenate([ids for ids, _ in features.of(text)]) for text in texts]
    vocabulary = np.unique(np.concatenate(blocks or [np.empty(0, np.int64)]))
    weights = model.packaged().rarities(vocabulary) ** 3
    matrix = np.zeros((len(texts), len(vocabulary)), dtype=np.float32)
    for number, ids in enumerate(blocks):
        places = np.searchsorted(vocabulary, ids)
        matrix[number, places] = weights[places]
    lengths = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
    matrix /= np.where(lengths > 0, lengths, 1)
    likeness: NDArray[np.float32] = matrix @ matrix.T
    return likeness


def _shared(wordings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Up to three words that most texts hold, at least two of them."""
    counts = Counter(word for words in wordings for word in set(words))
    often = [word for word, count in counts.items() if count > 1 and len(word) > 3]
    return tuple(sorted(often, key=lambda word: (-counts[word], -len(word), word))[:3])
