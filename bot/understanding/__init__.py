"""Free text to what Lytt heard in it: needs, grave disclosures, personal data, or a language it cannot read."""

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from bot.understanding.letters import plain, storable
from dialogs.model import Grave, Guess, Heard, Span

_DATA = files(__package__) / "words"


def _words(name: str) -> dict[str, list[str]]:
    return tomllib.loads((_DATA / name).read_text("utf-8"))


_FOLD: dict[str, str] = tomllib.loads((_DATA / "dialect.toml").read_text("utf-8"))["always"]
_NEEDS = _words("needs.toml")
_GRAVE = _words("grave.toml")
_WORD = re.compile(r"\w+")
_PERSONAL = {
    "email": re.compile(r"\S{1,64}@\S{1,64}\.\w{2,10}"),
    "url": re.compile(r"(?:https?://|www\.)\S{1,200}"),
    "fnr": re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)"),
    "account": re.compile(r"(?<!\d)\d{4}[. ]\d{2}[. ]\d{5}(?!\d)"),
    "phone": re.compile(r"(?<!\d)(?:\+47 ?)?[49]\d(?: ?\d){6}(?!\d)"),
}


def read(text: str, lang: str | None = None) -> Heard:
    """All that Lytt hears in one text; `lang`, what the person chose, is a hint only."""
    seen = plain(text)
    folded = " ".join(_FOLD.get(word, word) for word in _WORD.findall(seen.text))
    spans = tuple(
        Span(start=seen.starts[found.start()], end=seen.ends[found.end() - 1], kind=kind)
        for kind, pattern in _PERSONAL.items()
        for found in pattern.finditer(seen.text)
    )
    spans = tuple(sorted(spans, key=lambda span: span.start))
    guesses = _guesses(folded)
    return Heard(
        masked=_masked(text, spans),
        categories=guesses[:5],
        chosen=tuple(guess.key for guess in guesses[:3] if guess.score > 0.3),
        grave=_grave(folded),
        spans=spans,
        readable=True,
    )


def read_many(texts: Iterable[str], lang: str | None = None) -> list[Heard]:
    return [read(text, lang) for text in texts]


def _guesses(folded: str) -> tuple[Guess, ...]:
    padded = f" {folded} "
    hits = {key: sum(f" {word}" in padded for word in words) for key, words in _NEEDS.items()}
    ordered = sorted(hits, key=lambda key: -hits[key])
    return tuple(Guess(key=key, score=1 - 0.5 ** hits[key]) for key in ordered)


def _grave(folded: str) -> Grave | None:
    for kind, phrases in _GRAVE.items():
        if any(phrase in folded for phrase in phrases):
            return Grave(kind=kind, strength="sure")
    return None


def _masked(text: str, spans: tuple[Span, ...]) -> str:
    parts, done = [], 0
    for span in spans:
        if span.start >= done:
            parts += [text[done : span.start], f"[{span.kind}]"]
            done = span.end
    return storable("".join([*parts, text[done:]]))
