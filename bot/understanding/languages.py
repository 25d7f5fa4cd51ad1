"""Whether Lytt can read the language of a text at all: by its script, then by its function words."""

import re
from collections.abc import Callable

from bot.understanding import data

_FUNCTION_WORDS = [frozenset(words) for words in data.words("languages").values()]
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LATIN = re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN_LETTERS = re.compile("[ąćęłńśźżğışțșăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựýỳỷỹčžšėįųūřěůő]")
_ENOUGH = 2_000  # a language shows itself at once


def readable(text: str, knows: Callable[[str], bool]) -> bool:
    """False only where the text is clearly in another language; a single strange word is not enough."""
    start = text[:_ENOUGH]
    letters = len(_LETTER.findall(start))
    if letters and len(_LATIN.findall(start)) * 2 < letters:
        return False
    words = _WORD.findall(start)
    unknown = [word for word in words if not knows(word)]
    if len(words) < 2 or len(unknown) * 2 < len(words):
        return True
    foreign = max(sum(word in listed for word in words) for listed in _FUNCTION_WORDS)
    foreign += sum(bool(_FOREIGN_LETTERS.search(word)) for word in unknown)
    if foreign == 1 and len(words) > 2:  # one sign is enough where hardly any word is known
        return len(unknown) * 4 < len(words) * 3
    return foreign < 2 or foreign * 5 < len(words)
