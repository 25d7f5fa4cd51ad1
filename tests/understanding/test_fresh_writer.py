"""826 texts by a writer who saw neither code nor phrases, read once when all was done: no figure may fall.

Nothing is learned from them and nothing chosen by them: a text that mends a rule must move to the phrases.
"""

import pytest

from bot.understanding import data, evaluate, read
from bot.understanding.train import Row
from dialogs.model import Heard
from tests.understanding.asked import ASKED, FALSE, FALSE_SURE, MASKED_IN_VAIN

PATH = evaluate.ROOT / "tests" / "understanding" / "fresh_writer.jsonl"
ROWS = data.json_lines(PATH.read_text("utf-8"))


def part(name: str) -> tuple[list[Row], list[Heard]]:
    rows = [row for row in ROWS if row["part"] == name]
    return rows, [read(row["text"]) for row in rows]


NEEDS = evaluate.need_scores(*part("needs"))
GRAVE = evaluate.grave_scores(*part("grave"))
MASKED, IN_VAIN = evaluate.personal_scores(*part("pii"))
FOUND = {
    "main kind among three": NEEDS.three,
    "first kind": NEEDS.first,
    "no need found": NEEDS.none,
    "other found": NEEDS.other,
    "outright": GRAVE.explicit,
    "indirect": GRAVE.indirect,
} | {kind: found / written for kind, (found, written) in MASKED.items()}

# As measured, cut after two decimals.
FLOORS = {
    "main kind among three": 0.95,
    "first kind": 0.86,
    "no need found": 0.88,
    "other found": 0.88,
    "outright": 0.98,
    "indirect": 0.87,
    "fnr": 1.0,
    "account": 1.0,
    "phone": 1.0,
    "email": 1.0,
    "url": 1.0,
    "handle": 0.89,
    "address": 0.98,
    "name": 0.88,
}
MISSED = {
    "no need found": "24 of 27",
    "indirect": "61 of 70",
}


@pytest.mark.parametrize("what", FLOORS)
def test_no_figure_falls(what: str) -> None:
    assert FOUND[what] >= FLOORS[what]


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            what, marks=pytest.mark.xfail(reason=MISSED[what], strict=True) if what in MISSED else ()
        )
        for what in ASKED
    ],
)
def test_what_is_asked_for_is_found(what: str) -> None:
    assert FOUND[what] >= ASKED[what]


def test_hard_negatives_are_hardly_ever_sure() -> None:
    assert GRAVE.false_sure <= FALSE_SURE


def test_hard_negatives_are_maybe_no_more_often_than_measured() -> None:
    assert GRAVE.false <= 0.22


@pytest.mark.xfail(reason="14 of 65: the line was drawn for recall", strict=True)
def test_hard_negatives_are_seldom_maybe() -> None:
    assert GRAVE.false <= FALSE


def test_nothing_is_masked_in_vain() -> None:
    assert IN_VAIN <= MASKED_IN_VAIN
