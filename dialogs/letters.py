"""What a worker wrote to the person, and news, as Lytt tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogs.model import Letter, LettersShown, Message
from dialogs.text import N_, Text, quoting

MOST_TOLD = 10  # letters in one list; all of them are in what the person can take along


def told(letter: Letter) -> Message:
    """A letter as it is shown, with who it is from: the bot lends nobody its voice."""
    return Message((_from(letter), N_("{words}", words=letter.words)))


def news(letter: Letter) -> Message:
    """News that comes by itself, with the way back to where the person is."""
    return replace(told(letter), ways=("start", "mine"), kind="news")


def waiting(letters: Sequence[Letter]) -> tuple[tuple[Message, ...], tuple[LettersShown, ...]]:
    """Those that nobody has shown yet, each by itself, and what must then be noted."""
    found = [letter for letter in letters if letter.waiting]
    shown = (LettersShown(tuple(letter.id for letter in found)),) if found else ()
    return tuple(told(letter) for letter in found), shown


def _from(letter: Letter) -> Text:
    if letter.author == "worker":
        return N_("{name} skriver:", name=letter.name)
    return N_("Nytt fra {place}:", place=letter.name)


def again() -> Message:
    """What the person asked for half a year ago: to be asked once more. It names nothing they told."""
    texts = (N_("Hei! Du ba meg spørre igjen."), N_("Hva trenger du nå? Skriv det, eller trykk Endre."))
    return Message(texts, ways=("edit", "mine", "delete"), kind="news")


def listed(letters: Sequence[Letter]) -> tuple[Text, ...]:
    """The latest letters, for a person who looks at all that is theirs."""
    return tuple(_listed(letter) for letter in letters[-MOST_TOLD:])


def _listed(letter: Letter) -> Text:
    if letter.author == "person":
        return quoting(N_("Du skrev: «{words}»", words=letter.words))
    return N_("{name} skrev: «{words}»", name=letter.name, words=letter.words)
