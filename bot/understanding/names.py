"""Names of people, found by the words around them: many names are common words, and few use capitals."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.understanding import data

Found = tuple[int, int, str]

_LISTS = data.words("names")
_PLAIN = frozenset(_LISTS["plain"].split())
_AMBIGUOUS = frozenset(_LISTS["ambiguous"].split())
_NEVER: tuple[str, ...] = tuple(_LISTS["never"])
_KIN = frozenset(_LISTS["kin"].split())
_LAST = frozenset(_LISTS["family"].split())
_BEING = frozenset(tuple(said.split()) for said in _LISTS["being"])
_ABOUT = frozenset(tuple(said.split()) for said in _LISTS["about"])
_SAID = _BEING | _ABOUT
_GIVEN = _PLAIN | _AMBIGUOUS
# Words so common that they end a name rather than go on with it.
_SECOND = _AMBIGUOUS - {"per", "my", "mo", "vår", "sol", "glad", "even", "du", "dag"}
_OWN, _BEFORE, _BETWEEN = frozenset(_LISTS["own"]), frozenset(_LISTS["before"]), frozenset(_LISTS["between"])
_HE = frozenset(["han", "ho", "hun", "hu", "n"])
_I_AM = frozenset(["i'm", "im"])
_WHO = frozenset((word,) for word in _I_AM)
_ANNOUNCING = _KIN | _BEFORE | _HE | _I_AM
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
# An unknown word with such an ending is more likely a verb or a noun than a name.
_INFLECTED = re.compile(
    r".*(?:er|ar|te|de|et|ene|ane|en|ing|ig|eg|isk|log|løs|laus|sam|full|nøyd|ert|t|r|e|es|s)$"
)
_FAMILY_NAME = re.compile(
    r"[^\W\d_]{3,}(?:sen|sson|stad|rud|dottir|dóttir|ovich|enko|ska|ski|wicz|czyk|idze|yan"
    r"|land|lund|seth|vik|viken|haug|haugen|bakken|bråten|moen|heim|berget|dahl)"
)
# What follows a person: a place of work, an age, or `her`: `X på NAV`, `X på 12 vil`, `hei, X her`.
_WORKS = re.compile(rf" (?:på|i|frå|fra|hos|at|from) (?:{'|'.join(_LISTS['offices'])})\b")
_AGED = re.compile(r"(?: på| \() ?1?\d(?: år)?(?:\)|[,.!]| og\b| som\b| vil\b| har\b| er\b|$)")
_GREETS = re.compile(r" (?:her|hær)\s*(?:[,.!\n]|$)")
_FOLLOWING = (_WORKS, _AGED, _GREETS)
_TITLES = frozenset(["fru", "herr", "frk", "dr", "doktor", "mr", "mrs", "ms"])
_GREETING = frozenset(["hei", "hallo", "heisann", "hey", "hi", "hello"])
_AND = re.compile(r" (?:og|å|and|&) |, ")
_LONGEST_NAME = 4


class Names:
    """Finds names with the help of `known`, which tells whether a word is an ordinary one."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known

    def find(self, text: str) -> Iterator[Found]:
        words = list(_WORD.finditer(text))
        taken = 0
        for at in self._places(text, words):
            length = self._length(text, words, at) if at >= taken else 0
            if length:
                taken = at + length
                yield words[at].start(), words[taken - 1].end(), "name"
                if self._another(text, words, taken):
                    yield words[taken].start(), words[taken].end(), "name"

    def _length(self, text: str, words: list[re.Match[str]], at: int) -> int:
        """How many words from `at` on are one name; 0 if none."""
        if not self._begins(text, words, at):
            return 0
        length = 1
        while length < _LONGEST_NAME and at + length < len(words):
            before, word = words[at + length - 1], words[at + length]
            gap = ". " if _initial(text, before) else " "
            if text[before.end() : word.start()] != gap:
                break
            if not (self._goes_on(word.group()) or _initial(text, word)):
                break
            length += 1
        return length

    def _another(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`Ismail og Zakariya`: an unknown word beside a name."""
        if at >= len(words) or not _AND.fullmatch(text, words[at - 1].end(), words[at].start()):
            return False
        return self._strange(words[at].group())

    def _strange(self, word: str) -> bool:
        """No ordinary word and no form of one: where a person is spoken of it is a name."""
        if _FAMILY_NAME.fullmatch(word):
            return not self._known(word)
        if len(word) < 3 or _INFLECTED.match(word):
            return False
        near = (word, word[:-1], word[:-2], word + "e", word + "n", word + "t")
        return not any(self._known(form) for form in near[: 6 if len(word) > 4 else 1])

    def _begins(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        word = words[at].group()
        if len(word) < 2 or text.startswith(_NEVER, words[at].start()):
            return False
        if at and text.startswith(_NEVER, words[at - 1].start()):
            return False
        first, _, second = word.partition("-")
        if first in _PLAIN or (first in _AMBIGUOUS and second in _PLAIN):
            return True
        if self._two(text, words, at):
            return True
        if self._told(text, words, at):
            return first in _AMBIGUOUS or not self._known(word)
        if self._of_kin(text, words, at):
            inflected = _INFLECTED.match(word) and not _FAMILY_NAME.fullmatch(word)
            titled = word in _LAST and words[at - 1].group() in _KIN
            return titled or first in _AMBIGUOUS or not (self._known(word) or inflected)
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
        between = text[words[back].end() : words[at].start()]
        title = back == at - 1 and between in (" ", ". ")
        word = words[at].group()
        if title and word in _LAST:
            return words[back].group() in _TITLES or _FAMILY_NAME.fullmatch(word) is not None
        possessed = back < at - 1 or (back > 0 and words[back - 1].group() in _OWN)
        named = word in _AMBIGUOUS or self._strange(word)
        return (possessed or (named and title)) and not re.search(r"[.?!:;\d]", between.removeprefix("."))

    def _two(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`siv anita`, `gunnvor aspelund`: an ambiguous or unknown first name, a sure second."""
        if at + 1 >= len(words) or text[words[at].end() : words[at + 1].start()] != " ":
            return False
        word, second = words[at].group(), words[at + 1].group()
        last = _FAMILY_NAME.fullmatch(second) is not None and not self._known(second)
        if word in _KIN:
            return False
        if word in _AMBIGUOUS and word not in _OWN:
            return last or second in _PLAIN
        return (last or second in _LAST) and self._strange(word)

    def _here(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        """`jeg er Nawal`, `snakket med Hodan`, `Ayub på NAV`: names the lists do not know, by their place."""
        if not self._strange(words[at].group()):
            return False
        before = tuple(word.group() for word in words[max(0, at - 2) : at])
        if before[-1:] in _WHO or before in _BEING:  # far more are `bekymra` than have a name no list knows
            return self._surnamed(text, words, at) or self._followed(text, words, at)
        return before in _ABOUT or self._followed(text, words, at)

    def _surnamed(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        if at + 1 >= len(words) or text[words[at].end() : words[at + 1].start()] != " ":
            return False
        return self._strange(words[at + 1].group())

    def _followed(self, text: str, words: list[re.Match[str]], at: int) -> bool:
        end = words[at].end()
        if _WORKS.match(text, end) or _AGED.match(text, end):
            return True
        greeted = at == 0 or words[at - 1].group() in _GREETING
        return greeted and _GREETS.match(text, end) is not None

    def _goes_on(self, word: str) -> bool:
        first = word.split("-")[0]
        if first in _PLAIN or first in _SECOND:
            return True
        return word in _LAST or not (self._known(word) or word in _BETWEEN)

    def _places(self, text: str, words: list[re.Match[str]]) -> list[int]:
        """Where a name can begin: the places `_begins` could say yes to, so that no other is tried."""
        plain = [word.group() for word in words]
        distinct = set(plain)
        given = {word for word in distinct if word.split("-")[0] in _GIVEN}
        last = {word for word in distinct if _FAMILY_NAME.fullmatch(word) and not self._known(word)} | _LAST
        kin = {word for word in distinct if word in _ANNOUNCING}
        places = set()
        for at, word in enumerate(plain):
            if word in given:
                places.add(at)
            if word in last and at:
                places.add(at - 1)
            if word in kin:
                places.update(range(at + 1, min(at + 4, len(plain))))
        pairs = enumerate(pairwise(plain))
        places.update(at + 2 for at, pair in pairs if pair in _SAID and at + 2 < len(plain))
        ends = {word.end(): at for at, word in enumerate(words)}
        followed = (found for kind in _FOLLOWING for found in kind.finditer(text))
        places.update(ends[found.start()] for found in followed if found.start() in ends)
        return sorted(places)


def _initial(text: str, word: re.Match[str]) -> bool:
    return len(word.group()) == 1 and text.startswith(". ", word.end())
