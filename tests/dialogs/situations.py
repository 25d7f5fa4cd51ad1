"""What the engine is handed in these tests, and every place of the script a person can be at."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from bot import municipalities
from bot.channels.base import CHANNELS
from dialogs import engine
from dialogs.model import (
    Chose,
    Coded,
    Commanded,
    Conversation,
    Edited,
    Erased,
    Event,
    Grave,
    Guess,
    Heard,
    Municipality,
    Opened,
    Picked,
    Said,
    Showed,
    Situation,
)
from dialogs.paths import FIRST, PATHS, Act, Path
from tests.house import words

RECEIPT = "4821730596142087"
PLACE = municipalities.load()["trondheim"].municipality
OPEN = PLACE.model_copy(update={"own_words_when_staffed": True})
CLOSED = PLACE.model_copy(update={"own_words_when_staffed": False})


def situation(channel: str = "web", *, place: Municipality = CLOSED, staffed: bool = False) -> Situation:
    """As intake would hand it in for a channel."""
    abilities = CHANNELS[channel]
    return Situation(
        place,
        words().spoken,
        receipt=RECEIPT,
        staffed=staffed,
        counts={"driving_licence": 12},
        youngest_age=abilities.youngest_age,
        unsends=abilities.unsends,
        numbered=abilities.numbered,
        web_address="https://lytt.example",
    )


def heard(text: str, *chosen: str, grave: Grave | None = None, readable: bool = True) -> Heard:
    """Words that are understood so."""
    guesses = tuple(Guess(key=key, score=0.9) for key in chosen)
    return Heard(masked=text, categories=guesses, chosen=chosen, grave=grave, readable=readable)


# One of every kind of thing a person can do, by what it is; commands are each of their own kind.
EVENTS: dict[str, Event] = {
    "words that hold a need": Said(heard("jeg trenger lappen", "driving_licence"), "m1"),
    "words that hold none": Said(heard("tja"), "m2"),
    "empty words": Said(heard("  ")),
    "a number": Said(heard("3")),
    "an impossible number": Said(heard("999")),
    "unreadable words": Said(heard("الحافلة", readable=False)),
    "surely grave words": Said(heard("…", grave=Grave(kind="suicide", strength="sure"))),
    "perhaps grave words": Said(heard("…", grave=Grave(kind="violence", strength="maybe"))),
    "a press on another turn": Chose(("none",), turn=-1),
    "a forged press": Chose(("?",), None),
    "a press on nothing": Chose((), None),
    "a mark": Picked("0-1", 1),
    "an edit of what answered nothing": Edited(heard("hei"), "m0"),
    "a grave edit": Edited(heard("…", grave=Grave(kind="suicide", strength="sure")), "m0"),
    "a sticker": Showed("sticker"),
    "a place": Showed("location"),
    "a receipt that opens": Opened(found=True),
    "a receipt that opens nothing": Opened(found=False),
    "a code": Coded("attested"),
    "a code that is not valid": Coded(None),
}
SILENT = {"an edit of what answered nothing": "whoever mends a greeting has answered nothing"}


def walk(path: Path) -> Iterator[tuple[Conversation, Situation]]:
    """Where the person is after each turn of a path."""
    handed = situation(place=OPEN, staffed=path.staffed)
    handed = replace(handed, youngest_age=path.youngest_age, unsends=path.unsends)
    handed = replace(handed, discreet=path.discreet, letters=path.letters, contact=path.contact)
    outcome = engine.start(OPEN.key, "nb", handed)
    yield outcome.conversation, handed
    for act in path.acts:
        outcome = engine.step(outcome.conversation, _event(act, outcome.conversation, handed), handed)
        if Erased() in outcome.effects:
            return
        yield outcome.conversation, handed


def _event(act: Act, conversation: Conversation, handed: Situation) -> Event:
    if act.event:
        return act.event
    question = engine.current(conversation, handed)
    options = question.choices(conversation, handed) if question else ()
    ids = tuple(each.id for each in options[:1]) if act.presses == (FIRST,) else act.presses
    return Chose(ids, conversation.turn)


@cache
def places() -> dict[str, list[tuple[Conversation, Situation]]]:
    """Every question of the script, and the end, with the ways people come to stand there."""
    found: dict[str, list[tuple[Conversation, Situation]]] = {}
    for path in PATHS:
        for conversation, handed in walk(path):
            question = engine.current(conversation, handed)
            found.setdefault(question.id if question else "the end", []).append((conversation, handed))
    return found


def commanded() -> dict[str, Event]:
    """Every command, with and without what it takes."""
    names = ("help", "skip", "back", "edit", "mine", "delete", "language", "privacy", "receipt")
    more = ("interpreter", "stop", "start", "unheard of")
    every: dict[str, Event] = {f"/{name}": Commanded(name) for name in (*names, *more)}
    return every | {
        "/language en": Commanded("language", "en"),
        "/language xx": Commanded("language", "xx"),
        "/edit who": Commanded("edit", "who"),
        "/edit need0": Commanded("edit", "need0"),
        "/edit nonsense": Commanded("edit", "nonsense"),
    }
