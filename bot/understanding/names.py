"""Names of people, found by the words around them: many names are common words, and few use capitals."""

import re
from collections.abc import Callable, Iterator

from bot.understanding import data

Found = tuple[int, int, str]

_LISTS = data.words("names")
_PLAIN = frozenset(_LISTS["plain"].split())
_AMBIGUOUS = frozenset(_LISTS["ambiguous"].split())
_NEVER: tuple[str, ...] = tuple(_LISTS["never"])
_KIN = frozenset(_LISTS["kin"].split())
_GIVEN = _PLAIN | _AMBIGUOUS
# Words so common that they end a name rather than go on with it.
_SECOND = _AMBIGUOUS - {"per", "my", "mo", "vår", "sol", "glad", "even", "du", "dag"}
_OWN, _BEFORE, _BETWEEN = frozenset(_LISTS["own"]), frozenset(_LISTS["before"]), frozenset(_LISTS["between"])
_HE = frozenset(["han", "ho", "hun", "hu", "n"])
_I_AM = frozenset(["i'm", "im"])
_ANNOUNCING = _KIN | _BEFORE | _HE | _I_AM
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
# An unknown word with such an ending is more likely a verb or a noun than a name.
_INFLECTED = re.compile(r".*(?:er|ar|te|de|et|ene|ane|en|ing|lig|isk|ert|t|r|e|es|s)$")
_FAMILY_NAME = re.compile(r"[^\W\d_]{3,}(?:sen|sson|stad|rud)")
_LONGEST_NAME = 4


class Names:
    """Finds names with the help of `known`, which tells whether a word is an ordinary one."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known

    def find(self, text: str) -> Iterator[Found]:
        words = list(_WORD.finditer(text))
        taken = 0
        for at in _places([word.group() for word in words]):
            length = self._length(text, words, at) if at >= taken else 0
            if length:
                taken = at + length
                yield words[at].start(), words[taken - 1].end(), "name"

    def _length(self, text: str, words: list[re.Match[str]], at: int) -> int:
        """How many words from `at` on are one name; 0 if none."""
        if not self._begins(text, words, at):
            return 0
        length = 1
        while length < _LONGEST_NAME and at + length < len(words):
            before, word = words[at + length - 1], words[at + length]
            if text[before.end() : word.start()] != " " or not self._goes_on(word.group()):
                break
            length += 1
        return length

    def _begins(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        word = words[at].group()
        if len(word) < 2 or text.startswith(_NEVER, words[at].start()):
            return False
        first, _, second = word.partition("-")
        if first in _PLAIN or (first in _AMBIGUOUS and second in _PLAIN):
            return True
        if self._told(text, words, at):
            return first in _AMBIGUOUS or not self._known(word)
        if self._of_kin(text, words, at):
            inflected = _INFLECTED.match(word) and not _FAMILY_NAME.fullmatch(word)
            return first in _AMBIGUOUS or not (self._known(word) or inflected)
        return self._here(text, words, at)

    def _told(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`jeg heter X`, `navnet mitt er X`, `hilsen X`: the words say that a name follows."""
        back = at - 1
        while back >= 0 and at - back <= 3 and words[back].group() in _BETWEEN:
            back -= 1
        if back < 0 or words[back].group() not in _BEFORE:
            return False
        between = text[words[back].end() : words[at].start()]
        return not re.search(r"[.?!@\d]\s|[@?]", between)

    def _of_kin(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`søsteren min X`, `læreren X`, `mamma til X og Y`: who the person is to the writer."""
        if at and words[at].group() in _AMBIGUOUS and words[at - 1].group() in _HE:
            return text[words[at - 1].end() : words[at].start()] == " "
        if at and words[at].group() in _OWN and words[at - 1].group() in _KIN:
            return False  # `dattera vår` is ours, not a girl called Vår
        back = at - 1
        while back >= 0 and at - back <= 2 and words[back].group() in _OWN:
            back -= 1
        if back < 0 or words[back].group() not in _KIN:
            return False
        possessed = back < at - 1 or (back > 0 and words[back - 1].group() in _OWN)
        between = text[words[back].end() : words[at].start()]
        named = words[at].group() in _AMBIGUOUS or bool(_FAMILY_NAME.fullmatch(words[at].group()))
        return (possessed or named) and not re.search(r"[.?!:;\d]", between)

    def _here(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`hei, Sigrid Aasland her`, `I'm Zainab, 16`: names the lists do not know, by their place."""
        if at and words[at - 1].group() in _I_AM and not self._known(words[at].group()):
            return not _INFLECTED.match(words[at].group())
        return False

    def _goes_on(self, word: str) -> bool:
        first = word.split("-")[0]
        if first in _PLAIN or first in _SECOND:
            return True
        return not (self._known(word) or word in _BETWEEN)


def _places(words: list[str]) -> list[int]:
    """Where a name can begin: at a known one, or within three words after one that announces it."""
    distinct = set(words)
    given = distinct & _PLAIN | {word for word in distinct if "-" in word and word.split("-")[0] in _GIVEN}
    places = {at for at, word in enumerate(words) if word in given}
    for announced in (at for at, word in enumerate(words) if word in _ANNOUNCING):
        places.update(range(announced + 1, min(announced + 4, len(words))))
    return sorted(places)
