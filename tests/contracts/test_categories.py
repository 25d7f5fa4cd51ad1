"""Every kind of need can be reached, chosen, told apart, stored and sent."""

from typing import Literal

import pytest

from bot.channels.telegram_buttons import LONGEST_DATA
from bot.store.tables.people import needs
from dialogs import engine
from dialogs.categories import CATEGORIES, OBSTACLES, TOPICS, Category, of_topic
from dialogs.model import Chose, Commanded
from tests.dialogs.situations import situation
from tests.house import words

EVERY = pytest.mark.parametrize("category", CATEGORIES.values(), ids=lambda category: category.key)
LONGEST_TURN = 10**9


def test_there_are_24_in_six_topics() -> None:
    assert (len(CATEGORIES), len(TOPICS)) == (24, 6)
    assert {category.topic for category in CATEGORIES.values()} == set(TOPICS)


@EVERY
def test_its_key_fits_a_button_and_a_column(category: Category) -> None:
    assert category.key.isascii()
    assert len(f"c:{LONGEST_TURN}:{category.key}".encode()) <= LONGEST_DATA
    assert len(category.key) <= getattr(needs.c.category.type, "length", 0)
    assert set(category.obstacles) <= set(OBSTACLES)


@EVERY
@pytest.mark.parametrize("group", ["youth", "family", None])
def test_no_group_is_kept_from_it(category: Category, group: Literal["youth", "family"] | None) -> None:
    assert category in of_topic(category.topic, group)


@EVERY
@pytest.mark.parametrize("channel", ["web", "terminal", "telegram"])
def test_it_is_chosen_in_three_presses(category: Category, channel: str) -> None:
    handed = situation(channel)
    now = engine.start("trondheim", "nb", handed).conversation
    for id in ("18-24", category.topic, category.key):
        now = engine.step(now, Chose((id,), now.turn), handed).conversation
    assert [need.category for need in now.needs] == [category.key]
    asked = engine.step(now, Commanded("edit", "need0"), handed).conversation
    assert asked.replacing == 0


@pytest.mark.parametrize("language", words().languages)
def test_labels_tell_them_apart(language: str) -> None:
    labels = [words().say(category.label, language) for category in CATEGORIES.values()]
    about = [words().say(category.about, language) for category in CATEGORIES.values()]
    assert len({*labels, *about}) == 2 * len(CATEGORIES)
