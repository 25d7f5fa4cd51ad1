"""Free text to what Lytt heard: needs, grave disclosures, personal data, or a language it cannot read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from bot.understanding.letters import plain
from dialogs.model import Heard

if TYPE_CHECKING:
    from bot.understanding.reader import Reader

__all__ = ["read", "read_many"]


@cache
def _reader() -> Reader:
    """Made at the first reading, so that a model can be trained where there is none."""
    from bot.understanding.reader import Reader  # why: few commands read, and all would wait for its words

    return Reader()


def read(text: str, lang: str | None = None) -> Heard:
    """All that Lytt hears in one text; `lang`, what the person chose, is a hint only."""
    return _reader().read(plain(text), text)


def read_many(texts: Iterable[str], lang: str | None = None) -> list[Heard]:
    return [read(text, lang) for text in texts]
