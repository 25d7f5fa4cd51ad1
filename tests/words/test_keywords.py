"""What people type instead of pressing: a word must never mean its opposite."""

import pytest

from dialogs import parse
from dialogs.categories import OTHER_LABEL, TOPICS
from dialogs.model import Choice
from dialogs.questions import danger, safe
from tests.words.spoken import WORDS


def meant(text: str, choices: tuple[Choice, ...]) -> str | None:
    found = parse.choice(text, choices, WORDS.spoken, typos=False)
    return found.id if found else None


@pytest.mark.parametrize(
    "text", ["nei", "jeg er utrygg", "Jeg er ikke trygg.", "æ e itj trygg", "eg er utrygg", "not safe"]
)
def test_who_is_not_safe_is_never_heard_as_safe(text: str) -> None:
    assert meant(text, safe.CHOICES) == "no"


@pytest.mark.parametrize("text", ["ikke slett det jeg skrev", "ikke be en voksen kontakte meg", "ja"])
def test_words_after_a_grave_message_choose_only_what_they_say(text: str) -> None:
    """They are kept with the red flag instead, and the three ways stay on the screen."""
    assert meant(text, danger.CHOICES) is None


def test_a_typo_is_forgiven_where_little_hangs_on_it() -> None:
    choices = (Choice("a", TOPICS["friends_and_leisure"].label), Choice("b", OTHER_LABEL))
    found = parse.choice("venner og fritit", choices, WORDS.spoken)
    assert found is not None
    assert found.id == "a"
