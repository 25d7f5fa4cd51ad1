"""A writer who saw neither code nor phrases, read by a model without them: what is reached may not fall.

The packaged model learns from their needs and danger too, so these are measured by one that has not.
"""

import pytest

from bot.understanding import data, evaluate, read

PATH = evaluate.ROOT / "tests" / "understanding" / "other_writer.jsonl"
ROWS = data.json_lines(PATH.read_text("utf-8"))


UNREAD = evaluate.across_writers(("needs_stranger", "grave_stranger"))
NEEDS = evaluate.need_scores(*UNREAD["needs_stranger"])
GRAVE = evaluate.grave_scores(*UNREAD["grave_stranger"])
MASKED, IN_VAIN = evaluate.personal_scores(ROWS, [read(row["text"]) for row in ROWS])

# What is measured, what it may not fall below (or rise above), what is asked for.
REACHED = {
    "first kind": (NEEDS.first, 0.76, 0.72),
    "main kind among three": (NEEDS.three, 0.92, 0.85),
    "no need found": (NEEDS.none, 0.95, 0.92),
    "other found": (NEEDS.other, 0.95, 0.70),
    "indirect": (GRAVE.indirect, 0.88, 0.88),
}
MISSED = {
    "outright": (GRAVE.explicit, 0.96, 0.97),
}
ASKED_OF_MASKS = {
    "fnr": 1.0,
    "phone": 0.97,
    "email": 0.97,
    "account": 0.95,
    "url": 0.95,
    "address": 0.9,
    "name": 0.85,
}


def test_hard_negatives_are_hardly_ever_sure() -> None:
    assert GRAVE.false_sure <= 0.03


def test_hard_negatives_are_maybe_no_more_often_than_measured() -> None:
    assert GRAVE.false <= 0.27


@pytest.mark.xfail(reason="0.27 of 60, not 0.12: the line was drawn for recall")
def test_hard_negatives_are_seldom_maybe() -> None:
    assert GRAVE.false <= 0.12


def test_nothing_is_masked_in_vain() -> None:
    assert IN_VAIN <= 0.03


@pytest.mark.parametrize("what", [*REACHED, *MISSED])
def test_no_figure_falls(what: str) -> None:
    measured, floor, _ = {**REACHED, **MISSED}[what]
    assert measured >= floor


@pytest.mark.parametrize("what", REACHED)
def test_what_is_asked_for_is_reached(what: str) -> None:
    measured, _, asked = REACHED[what]
    assert measured >= asked


@pytest.mark.xfail(reason="measured: outright 0.967, two of 60 unheard")
@pytest.mark.parametrize("what", MISSED)
def test_what_is_asked_for_is_missed(what: str) -> None:
    measured, _, asked = MISSED[what]
    assert measured >= asked


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


@pytest.mark.parametrize("kind", ASKED_OF_MASKS)
def test_personal_data_is_found_as_asked(kind: str) -> None:
    assert masked(kind) >= ASKED_OF_MASKS[kind]
