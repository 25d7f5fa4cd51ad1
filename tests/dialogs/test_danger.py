"""What is told after a grave message, for each kind, age and language: duties.md section 2.2 line by line."""

import pytest

from dialogs.model import Conversation, Danger
from dialogs.needs import bands
from dialogs.questions import danger
from tests.dialogs.situations import situation
from tests.house import words

# First numbers of the table in duties.md: danger now, under 18, and 18 and over.
NUMBERS = {
    "suicide": ("113", "800 33 321", "116 123"),
    "self_harm": ("113", "800 33 321", "116 123"),
    "violence": ("112", "116 111", "116 006"),
    "sexual_abuse": ("112", "116 111", "116 006"),
    "neglect_hunger": ("113", "116 111", "55 55 33 33"),
    "homeless_tonight": ("113", "116 111", "55 55 33 33"),
}
NEVER = ("hemmelig", "hemmeleg", "secret", "lover", "promise", "hvorfor", "kvifor", "why", "!", "flink")


def told(kind: str, who: str | None, language: str) -> list[str]:
    """All that is said, in order, in one language."""
    conversation = Conversation(
        municipality="trondheim",
        answers={"who": (who,) if who else ()},
        danger=Danger(kind=kind, strength="sure", words="her er ordene"),
    )
    handed = situation()
    texts = [text for message in danger.lead(conversation, handed) for text in message.texts]
    return [words().say(text, language) for text in (*texts, *danger.ask(conversation, handed))]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", [None, *bands(15), "25+"])
@pytest.mark.parametrize("kind", NUMBERS)
def test_every_grave_reply_has_the_right_numbers_in_the_right_order(
    kind: str, who: str | None, language: str
) -> None:
    now, young, grown = NUMBERS[kind]
    said = told(kind, who, language)
    grown_up = Conversation(municipality="", answers={"who": (who,) if who else ()}).age() >= 18
    assert said[1].endswith(f" {now}.")
    assert said[-1].endswith("116 117.")
    lines = said[5:-1]
    assert len(lines) == 2
    assert (grown if grown_up else young) in " ".join(lines)
    assert not any(word in " ".join(said).casefold() for word in (*NEVER, "her er ordene"))


@pytest.mark.parametrize("language", ["nn", "en"])
@pytest.mark.parametrize("kind", NUMBERS)
def test_every_grave_reply_is_spoken_in_the_chosen_language(kind: str, language: str) -> None:
    said, bokmaal = told(kind, None, language), told(kind, None, "nb")
    assert all(one != other for one, other in zip(said[:4], bokmaal, strict=False))
