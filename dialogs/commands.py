"""Words that work anywhere, in every language, with or without a slash before them."""

from __future__ import annotations

import re

from dialogs.parse import folded
from dialogs.text import N_, Text

LABELS: dict[str, Text] = {
    "help": N_("Hjelp nå"),
    "skip": N_("Hopp over"),
    "back": N_("Tilbake"),
    "edit": N_("Endre"),
    "mine": N_("Mine svar"),
    "delete": N_("Slett"),
    "language": N_("Språk / Language"),
    "privacy": N_("Les mer"),
    "receipt": N_("Jeg har en kvittering"),
    "interpreter": N_("Jeg vil ha tolk"),
    "stop": N_("Stopp"),
    "take": N_("Ta med svarene"),
    "start": N_("Fortsett"),
    "anew": N_("Begynn på nytt"),
}
MEANS = {"anew": "start"}  # the same command by another name, where nothing is left to go on with
WORDS: dict[str, tuple[str, ...]] = {
    "help": (
        "hjelp nå",
        "hjelp",
        "jeg trenger hjelp nå",
        "eg treng hjelp no",
        "hjelp no",
        "sos",
        "help",
        "help now",
        "help me",
        "hjelp meg",
        "hjelp mæ",
    ),
    "skip": ("hopp over", "hopp", "neste", "skip", "vil ikke si", "vil ikkje seie", "vet ikke", "veit ikkje"),
    "back": ("tilbake", "gå tilbake", "back", "angre"),
    "edit": ("endre", "rett", "change", "edit"),
    "mine": ("mine svar", "mine", "svara mine", "my answers", "vis svar"),
    "delete": ("slett", "slette", "slett alt", "slett meg", "glem meg", "delete", "delete everything"),
    "language": ("språk", "sprak", "language", "målform"),
    "privacy": ("personvern", "privacy", "les mer", "les meir", "read more"),
    "receipt": ("kvittering", "receipt", "jeg har en kvittering"),
    "interpreter": ("tolk", "jeg vil ha tolk", "eg vil ha tolk", "interpreter", "i want an interpreter"),
    "take": ("ta med svarene", "ta med svara", "ta med alt", "take my answers along"),
    "stop": ("stopp", "stop", "avslutt", "slutt"),
    "start": ("start", "fortsett", "hald fram", "continue", "hei lytt", "begynn på nytt", "start over"),
}
LANGUAGE_WORDS = {
    "nb": ("bokmål", "bokmal"),
    "nn": ("nynorsk",),
    "en": ("english", "engelsk"),
}
_MEANING = {word: name for name, words in WORDS.items() for word in words}
_LANGUAGE = {word: code for code, words in LANGUAGE_WORDS.items() for word in words}
_CODE = re.compile(r"(?:kode|code)\s+([a-z0-9]{4,12})")
_RECEIPT = re.compile(r"(?:kvittering|receipt)?\s*:?\s*((?:\d[\s\-.]*){15}\d)")


def read(text: str) -> tuple[str, str | None] | None:
    """The command a whole message is, with its value, or None.

    A word inside a longer text is never a command: "I need help with food" is a need.
    """
    short = folded(text)
    if code := _CODE.fullmatch(short):
        return "code", code[1].upper()
    if number := _RECEIPT.fullmatch(short):
        return "receipt", re.sub(r"\D", "", number[1])
    if short in _LANGUAGE:
        return "language", _LANGUAGE[short]
    return (_MEANING[short], None) if short in _MEANING else None
