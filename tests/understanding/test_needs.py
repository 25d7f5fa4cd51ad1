"""Free text becomes kinds of need, no need, or a need outside the list."""

import pytest

from bot.understanding import evaluate, needs, read, train
from dialogs.categories import CATEGORIES

# Measured 2026-11: first 0.79 to 0.85, among three 0.90 to 0.92; 0.72 and 0.85 are asked for.
FIRST, AMONG_THREE = 0.77, 0.88
NONE, OTHER = 0.72, 0.71
WRITERS = ("needs_family", "needs_youth", "needs_wide", "needs_apart")  # a fifth: test_other_writer.py


def test_a_licence_and_a_job_are_both_heard() -> None:
    heard = read("får ikke jobb uten lappen, og ingen kan øve med meg")
    assert set(heard.chosen) == {"driving_licence", "work"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("æ treng lappen", "driving_licence"),
        ("eg er så einsam", "community"),
        ("ungan treng vinterklær", "clothes_gear"),
        ("we need food", "food"),
        ("jeg kan ikke norsk så bra", "language_new_norway"),
        ("sju kontaktpersoner på tre år", "lasting_follow_up"),
        ("noe å gjøre på kvelden", "place_to_be"),
    ],
)
def test_a_need_is_heard_in_any_of_the_languages(text: str, key: str) -> None:
    assert read(text).chosen[0] == key


@pytest.mark.parametrize("text", ["hei", "vet ikke", "haha ok", "nei takk, alt bra", "...", "😂", "", "123"])
def test_a_text_without_a_need_chooses_nothing(text: str) -> None:
    assert read(text).chosen == ()


@pytest.mark.parametrize(
    "text",
    ["atten", "ungdom", "voksen", "ung voksen", "16-18 år", "17år", "jeg er 14", "i'm 9", "over 18"],
)
def test_how_old_someone_is_is_neither_a_need_nor_danger(text: str) -> None:
    heard = read(text)
    assert heard.chosen == ()
    assert heard.grave is None


@pytest.mark.parametrize(
    "text", ["hundepark", "det burde være flere benker i byen", "more trees and less cars"]
)
def test_a_need_outside_the_list_is_kept_as_other(text: str) -> None:
    assert read(text).chosen == ("other",)


def test_the_kinds_are_those_of_the_dialog() -> None:
    assert set(needs.KEYS) == set(CATEGORIES)


def test_every_kind_is_scored_from_likeliest_to_least() -> None:
    scores = [guess.score for guess in read("jeg trenger penger til mat").categories]
    assert len(scores) == 24
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_the_model_has_not_read_is_understood(writer: str) -> None:
    phrases = {name: rows for name, rows in train.corpus().items() if name.startswith("needs")}
    rows = phrases.pop(writer)
    scores = evaluate.need_scores(rows, evaluate.heard_by(train.fit(phrases), rows))
    assert scores.first >= FIRST
    assert scores.three >= AMONG_THREE
    assert scores.none >= NONE
    assert scores.other >= OTHER
    assert scores.missed <= 0.04
