"""Makes the model from the phrases, in some seconds, the same bytes each time: `make model`."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.understanding import data, features, model
from bot.understanding.grave import KINDS, NEAR
from bot.understanding.letters import plain
from bot.understanding.needs import KEYS, NONE, OTHER

Row = dict[str, Any]
Numbers = NDArray[np.float64]

_COLUMNS = (*KEYS, OTHER, NONE, *KINDS, "grave")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_CALM = frozenset(["needs_more", "needs_wide"])  # written to hold no danger, near as some needs lie to it
_APART = 1_201  # a sentence is paired with one far from it: neighbours were often written alike
_BAYES_SHARE = 0.7  # measured by writer: see docs/understanding.md


def corpus() -> dict[str, list[Row]]:
    return {name: data.phrases(name) for name in data.PHRASES}


def fit(phrases: dict[str, list[Row]]) -> model.Model:
    """A model of these phrases; any file may be missing or shortened, to measure on what was left out."""
    needs = [{**row, "calm": name in _CALM} for name in data.NEEDS for row in phrases.get(name, [])]
    needs += [
        {"text": word, "labels": [key], "calm": True}
        for key, listed in data.words("needs").items()
        for word in listed
    ]
    grave = [row for name in data.GRAVE for row in phrases.get(name, [])]
    ordinary = _with_pairs([row for name in data.ORDINARY for row in phrases.get(name, [])])
    texts = [row["text"] for row in (*needs, *grave, *ordinary)]
    counted = [features.of(plain(text).text) for text in texts]
    rarity = _rarity(counted)
    matrix = _matrix(counted, rarity)
    ids = np.flatnonzero(rarity > 0).astype(np.uint32)
    matrix = matrix[:, ids]
    need_weights, need_bias = _need_weights(matrix[: len(needs)], [row["labels"] or [NONE] for row in needs])
    grave_rows, kinds = _grave_rows(needs, grave, len(ordinary))
    grave_weights, grave_bias = _grave_weights(matrix[grave_rows], kinds)
    weights = np.concatenate([need_weights, grave_weights]).T
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return model.build(
        columns=_COLUMNS,
        ids=ids,
        rarity=rarity[ids].astype(np.float32),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.concatenate([need_bias, grave_bias]).astype(np.float32),
        known=_known(texts, phrases.get("personal", [])),
        unseen_rarity=float(rarity.max()),
        taught_by=data.taught_by(),
    )


def _with_pairs(rows: list[Row]) -> list[Row]:
    """Ordinary sentences alone and two by two: most are short, and danger is not told by length."""
    others = rows[_APART:] + rows[:_APART]
    return rows + [
        {"text": f"{row['text']} {other['text']}"} for row, other in zip(rows, others, strict=True)
    ]


def _rarity(counted: Sequence[tuple[tuple[features.Ids, features.Counts], ...]]) -> Numbers:
    """How telling a feature is: the rarer, the more."""
    seen = np.zeros(1 << features.BITS)
    for blocks in counted:
        for ids, _ in blocks:
            seen[ids] += 1
    rarity: Numbers = np.where(seen > 0, np.log((1 + len(counted)) / (1 + seen)) + 1, 0.0)
    return rarity


def _matrix(
    counted: Sequence[tuple[tuple[features.Ids, features.Counts], ...]], rarity: Numbers
) -> csr_matrix:
    rows, columns, values = [], [], []
    for number, blocks in enumerate(counted):
        for ids, counts in blocks:
            weighted = counts * rarity[ids]
            rows.append(np.full(len(ids), number))
            columns.append(ids)
            values.append(weighted / (np.sqrt(weighted @ weighted) or 1.0))
    return csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(counted), 1 << features.BITS),
    )


def _need_weights(matrix: csr_matrix, labels: list[list[str]]) -> tuple[Numbers, Numbers]:
    """Borders by support vectors, leaned on by naive Bayes, which reads short texts better."""
    classes = (*KEYS, OTHER, NONE)
    truth = np.array([[name in row for name in classes] for row in labels])
    borders = [LinearSVC(C=0.6, random_state=0).fit(matrix, column) for column in truth.T]
    weights = np.concatenate([border.coef_ for border in borders])
    bias = np.concatenate([border.intercept_ for border in borders])
    rows, columns = np.nonzero(truth)
    bayes = ComplementNB(alpha=0.03, norm=False).fit(matrix[rows], columns)
    leaning = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
    leaning *= _BAYES_SHARE * weights.std() / leaning.std()
    leaning[classes.index(NONE)] = 0
    return weights + leaning, bias


def _grave_rows(needs: list[Row], grave: list[Row], ordinary: int) -> tuple[list[int], list[str]]:
    """Which texts teach about danger, and the kind of each (none for those that are not).

    Needs near danger teach only where they were written to be harmless: some of the others are grave.
    """
    safe = [
        number
        for number, row in enumerate(needs)
        if "safety_bullying" not in row["labels"] and (row["calm"] or NEAR.isdisjoint(row["labels"]))
    ]
    rows = [*safe, *range(len(needs), len(needs) + len(grave) + ordinary)]
    return rows, [NONE] * len(safe) + [row["kind"] for row in grave] + [NONE] * ordinary


def _grave_weights(matrix: csr_matrix, kinds: list[str]) -> tuple[Numbers, Numbers]:
    if set(kinds) == {NONE}:  # needs alone were asked for
        return np.zeros((len(KINDS) + 1, matrix.shape[1])), np.full(len(KINDS) + 1, -9.0)
    truths = [[kind == wanted for kind in kinds] for wanted in KINDS] + [[kind != NONE for kind in kinds]]
    learner = LogisticRegression(C=100, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    fitted = [clone(learner).fit(matrix, truth) for truth in truths]
    return np.concatenate([one.coef_ for one in fitted]), np.concatenate([one.intercept_ for one in fitted])


def _known(texts: Iterable[str], personal: list[Row]) -> frozenset[int]:
    """The ordinary words: all of the phrases, names left out where they are marked."""
    cleared = []
    for row in personal:
        text = row["text"]
        for start, end, _ in reversed(row["spans"]):
            text = text[:start] + text[end:]
        cleared.append(text)
    words = {word for text in (*texts, *cleared) for word in _WORD.findall(plain(text).text)}
    return frozenset(crc32(word.encode()) for word in words)


def main() -> None:
    """Makes the packaged model anew."""
    fit(corpus()).save(data.MODEL)


if __name__ == "__main__":
    main()
