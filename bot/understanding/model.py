"""The trained numbers, and how strongly a text speaks for each kind of need and of danger."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.understanding import data, features

Strengths = dict[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """One row of weights a feature, one column a kind; small whole numbers times the column's scale."""

    columns: tuple[str, ...]
    ids: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: frozenset[int]
    unseen_rarity: float
    taught_by: str
    _row: NDArray[np.int32]

    def strengths(self, text: str) -> Strengths:
        """Distance from the border of each kind: above 0 speaks for it."""
        total = self.bias.copy()
        for ids, counts in features.of(text):
            total += self._block(ids, counts)
        return dict(zip(self.columns, total.tolist(), strict=True))

    def _block(self, ids: features.Ids, counts: features.Counts) -> NDArray[np.float32]:
        """One block brought to length one; what was never seen counts in the length, so that it dilutes."""
        rows = self._row[ids]
        seen = rows >= 0
        rows = rows[seen]
        values = counts[seen] * self.rarity[rows]
        unseen = counts[~seen] * self.unseen_rarity
        length = float(np.sqrt(values @ values + unseen @ unseen)) or 1.0
        sums: NDArray[np.float32] = (values / length) @ self.weights[rows].astype(np.float32)
        return sums * self.scale

    def rarities(self, ids: features.Ids) -> NDArray[np.float32]:
        """How telling each feature is, seen in training or not."""
        rows = self._row[ids]
        return np.where(rows >= 0, self.rarity[rows], np.float32(self.unseen_rarity))

    def knows(self, word: str) -> bool:
        """Whether the word stood in the phrases: such a word is hardly a name."""
        return crc32(word.encode("utf-8", "replace")) in self.known

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            columns=np.array(self.columns),
            ids=self.ids,
            rarity=self.rarity,
            weights=self.weights,
            scale=self.scale,
            bias=self.bias,
            known=np.array(sorted(self.known), dtype=np.uint32),
            unseen_rarity=np.float32(self.unseen_rarity),
            taught_by=np.array(self.taught_by),
        )


@cache
def packaged() -> Model:
    """The model that lies beside this code, loaded once."""
    return load(data.MODEL)


def build(
    columns: tuple[str, ...],
    ids: NDArray[np.uint32],
    rarity: NDArray[np.float32],
    weights: NDArray[np.int8],
    scale: NDArray[np.float32],
    bias: NDArray[np.float32],
    known: frozenset[int],
    unseen_rarity: float,
    taught_by: str,
) -> Model:
    row = np.full(1 << features.BITS, -1, dtype=np.int32)
    row[ids] = np.arange(len(ids), dtype=np.int32)
    return Model(columns, ids, rarity, weights, scale, bias, known, unseen_rarity, taught_by, row)


def load(path: Path) -> Model:
    with np.load(path, allow_pickle=False) as stored:
        return build(
            columns=tuple(stored["columns"].tolist()),
            ids=stored["ids"],
            rarity=stored["rarity"],
            weights=stored["weights"],
            scale=stored["scale"],
            bias=stored["bias"],
            known=frozenset(stored["known"].tolist()),
            unseen_rarity=float(stored["unseen_rarity"]),
            taught_by=str(stored["taught_by"]),
        )
