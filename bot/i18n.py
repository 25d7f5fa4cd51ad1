"""Speak a text in a language: bokmål is the message id, the catalogues hold the others."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

from dialogs.text import Text, Told, Value

SOURCE = "nb"


class Words:
    """All catalogues, read once at start. A text without a translation falls back to bokmål."""

    def __init__(self, folder: Path, domains: Sequence[str] = ("dialogs",)) -> None:
        listed = tomllib.loads((folder / "languages.toml").read_text("utf-8"))
        self.names: dict[str, str] = listed["names"]
        self._catalogues = {code: _catalogue(folder, code, domains) for code in self.names if code != SOURCE}
        self.spoken = lru_cache(maxsize=4096)(self._spoken)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages, bokmål first."""
        return tuple(self.names)

    def say(self, text: Text, language: str) -> str:
        """The text in a language, its values put in."""
        pattern = self._catalogues.get(language, {}).get(text.msgid, text.msgid)
        if not text.values:
            return pattern
        return pattern.format(**{name: self._value(value, language) for name, value in text.values})

    def _value(self, value: Value, language: str) -> str:
        if isinstance(value, Text):
            return self.say(value, language)
        return getattr(value, language, value.nb) if isinstance(value, Told) else str(value)

    def _spoken(self, text: Text) -> tuple[str, ...]:
        """The text in every language, for matching what people type."""
        return tuple(self.say(text, language) for language in self.names)


def _catalogue(folder: Path, code: str, domains: Sequence[str]) -> dict[str, str]:
    """One language's words of several domains; where two say the same, the later one is heard."""
    held: dict[str, str] = {}
    for domain in domains:
        held |= _domain(folder / code / "LC_MESSAGES" / f"{domain}.po", code)
    return held


@cache
def _domain(path: Path, code: str) -> dict[str, str]:
    """One domain's words in a language, read once however many speak them."""
    if not path.exists():
        raise FileNotFoundError(f"the catalogue {path.stem} of {code} is missing")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}
