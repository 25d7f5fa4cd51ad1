"""A category that a coordinator added is heard by its words, until the model has phrases for it."""

import pytest

from bot.understanding import read
from bot.understanding.added import with_added

WORDS = {"dogs": ("hundepark", "lufte hund")}


@pytest.mark.parametrize("text", ["hundepark", "Hundeparken er stengt", "vi vil LUFTE HUNDEN et sted"])
def test_it_is_heard_first_by_its_words(text: str) -> None:
    heard = with_added(read(text), WORDS)
    assert heard.chosen[0] == "dogs"
    assert heard.categories[0].key == "dogs"
    assert len(heard.categories) == 25


def test_what_else_is_said_is_heard_too() -> None:
    heard = with_added(read("hundepark, og noen å øvelseskjøre med"), WORDS)
    assert set(heard.chosen) == {"dogs", "driving_licence"}


def test_a_part_of_a_longer_word_is_another_word() -> None:
    assert with_added(read("vi har en hundeparkering"), WORDS).chosen != ("dogs",)


def test_danger_and_personal_data_are_left_as_they_were_heard() -> None:
    heard = read("hundepark. pappa slår meg. ring 412 34 567")
    with_dogs = with_added(heard, WORDS)
    assert (with_dogs.grave, with_dogs.masked, with_dogs.spans) == (heard.grave, heard.masked, heard.spans)
