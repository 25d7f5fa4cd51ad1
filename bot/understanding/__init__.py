"""Free text to what Lytt heard: needs, grave disclosures, personal data, or a language it cannot read."""

from collections.abc import Iterable
from functools import cache

from bot.understanding.letters import plain
from bot.understanding.reader import Reader
from dialogs.model import Heard

__all__ = ["read", "read_many"]


@cache
def _reader() -> Reader:
    """Made at the first reading, so that a model can be trained where there is none."""
    return Reader()


def read(text: str, lang: str | None = None) -> Heard:
    """All that Lytt hears in one text; `lang`, what the person chose, is a hint only."""
    return _reader().read(plain(text), text)


def read_many(texts: Iterable[str], lang: str | None = None) -> list[Heard]:
    return [read(text, lang) for text in texts]
