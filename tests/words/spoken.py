"""All that Lytt says, in a language, as a person meets it; what the tests of the words look at."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

from bot import municipalities
from bot.i18n import Words
from dialogs.commands import LABELS
from dialogs.describe import scenes
from dialogs.model import Message
from dialogs.text import Text

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "locales"
WORDS = Words(LOCALES)
PLACE = municipalities.load()["trondheim"].municipality
TOLD = "told"  # the room of what is said without asking


class Spoken(NamedTuple):
    """One message in a language: the question it asks, its texts, and the labels of its buttons."""

    room: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def messages() -> Iterator[Message]:
    """Every message of every scene."""
    return (message for scene in scenes(PLACE) for turn in scene.turns for message in turn.messages)


def labels(message: Message) -> Iterator[Text]:
    """The labels of a message's choices and ways."""
    yield from (choice.label for choice in message.choices)
    yield from (LABELS[way] for way in message.ways)


@cache
def spoken(language: str) -> tuple[Spoken, ...]:
    """Every distinct message, without the person's own words."""
    return tuple(dict.fromkeys(_spoken(message, language) for message in messages()))


def _spoken(message: Message, language: str) -> Spoken:
    return Spoken(
        message.question or TOLD,
        tuple(WORDS.say(text, language) for text in message.texts if not text.quotes),
        tuple(WORDS.say(label, language) for label in labels(message)),
    )


def everything(language: str) -> set[str]:
    """Every pattern of the catalogues in a language, met in a scene or not."""
    with (LOCALES / "dialogs.pot").open("rb") as file:
        return {WORDS.say(Text(str(each.id)), language) for each in read_po(file) if each.id}
