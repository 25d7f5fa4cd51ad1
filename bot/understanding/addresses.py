"""Street addresses: a street or a home with its number, and the postcode that follows."""

import re
from collections.abc import Iterator

from bot.understanding import data

Found = tuple[int, int, str]

_WORDS = data.words("personal")
_STREETS: tuple[str, ...] = tuple(_WORDS["streets"])
_ALONE = frozenset(_STREETS)
_PARTS, _LIVES, _UNITS = frozenset(_WORDS["parts"]), frozenset(_WORDS["lives"]), frozenset(_WORDS["units"])
_NUMBER = re.compile(
    r"(?<=[^\W\d_])[.]? {1,2}(?:nr\.? ?)?(\d{1,4})([a-z]| [a-h])?(?:[-/]\d{1,3}[a-z]?)?(?![\w])"
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['.\-])*")
_NEXT = re.compile(r"[^\s,;:!?()]+|%")
_POSTCODE = re.compile(
    r",? {1,2}\d{4} [^\W\d_]{2,30}(?: (?:i|på) [^\W\d_]{2,30})?|,? ?(?:\d{4}|[hluk]\d{4})(?!\w)"
)
_UNIT = re.compile(
    r",? (?:leilighet|leilegheit|leil\.?|oppgang|inngang|hybel|apt\.?|apartment|flat)"
    r" ?(?:nr\.? )?(?:[hluk]?\d{1,4}|[a-z])(?!\w)"
)
_POSTCODE_BEFORE = re.compile(r"(?<!\w)\d{4} [^\W\d_]{2,30},? $")
_POSTBOX = re.compile(
    r"\b(?:postb(?:oks|oksen|ox|\.)|pb\.?|p\.?b\.?|p\.?o\.? box) \d{1,5}(?:,? \d{4} [^\W\d_]{2,30})?"
)
_NUMBER_FIRST = re.compile(
    r"\b(?:nr\.? ?|nummer )\d{1,3}[a-z]? i ((?:[^\W\d_]+\.? ){0,2})([^\W\d_]{2,30})(?!\w)"
)
_JOINING, _NOT_STREETS = frozenset(_WORDS["joining"]), frozenset(_WORDS["not_streets"])
_FARTHEST = 60


def find(text: str) -> Iterator[Found]:
    """Every address in a plain text, as (start, end, kind)."""
    yield from ((box.start(), box.end(), "address") for box in _POSTBOX.finditer(text))
    for turned in _NUMBER_FIRST.finditer(text):
        if (
            turned[2].endswith(_STREETS)
            and turned[2] not in _NOT_STREETS
            and (turned[1] or len(turned[2]) > 5)
        ):
            yield turned.start(), turned.end(), "address"
    for number in _NUMBER.finditer(text):
        start = _street_start(text, number.start())
        if start is None or _counts_something(text, number.end()):
            continue
        yield _with_postcode(text, start), _with_place(text, number.end()), "address"


def _with_postcode(text: str, start: int) -> int:
    """`7014 Trondheim, Munkegata 8`: the postcode may stand first."""
    first = max(0, start - _FARTHEST)
    before = _POSTCODE_BEFORE.search(text[first:start])
    return first + before.start() if before else start


def _with_place(text: str, end: int) -> int:
    """The end of the flat, the postcode and the place that follow a street number."""
    for following in (_UNIT, _POSTCODE, _UNIT):
        if found := following.match(text, end):
            end = found.end()
    return end


def _street_start(text: str, end: int) -> int | None:
    """Where the street name ending at `end` begins; None if the words before are no street."""
    begin = max(0, end - _FARTHEST)
    words = list(_WORD.finditer(text, begin, end))
    if not words or words[-1].end() < end - 1:
        return None
    last = words[-1].group().rstrip(".")
    if len(last) > 4 and text.startswith("v.", words[-1].end() - 2):
        return _with_parts(text, words, len(words) - 1)  # `Granåsv. 31`
    if last in _NOT_STREETS and last not in _ALONE:
        return None
    if last in _ALONE:
        return _named_before(text, words)
    if last.endswith(_STREETS) and len(last) > 5:
        return _with_parts(text, words, len(words) - 1)
    return _where_one_lives(text, words)


def _named_before(text: str, words: list[re.Match[str]]) -> int | None:
    """`Nedre Møllenberg gate`, `Kongens gt.`: up to three words before a street word that stands alone."""
    at = len(words) - 1
    while at > max(0, len(words) - 4) and _touching(text, words[at - 1], words[at]):
        before = words[at - 1].group()
        if before in _JOINING or before.rstrip(".:") in _LIVES:
            break
        at -= 1
    if at == len(words) - 1:
        return words[at].start() if _told(words[:at]) else None
    return words[at].start()


def _with_parts(text: str, words: list[re.Match[str]], at: int) -> int:
    while at and words[at - 1].group() in _PARTS and _touching(text, words[at - 1], words[at]):
        at -= 1
    return words[at].start()


def _where_one_lives(text: str, words: list[re.Match[str]]) -> int | None:
    """`bor i Vestre Fjellro 266`: at most three words after a word for living and a preposition."""
    if words[-1].group() in _JOINING | _NOT_STREETS | _UNITS:
        return None
    for at in range(len(words) - 1, max(-1, len(words) - 4), -1):
        if at and words[at - 1].group() in _JOINING | _LIVES and _told(words[:at]):
            return words[at].start()
    return None


def _told(words: list[re.Match[str]]) -> bool:
    return any(word.group().rstrip(".:") in _LIVES for word in words[-4:])


def _touching(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return text[first.end() : second.start()].strip() == ""


def _counts_something(text: str, at: int) -> bool:
    """Whether the number is followed by what it counts: `gata 40 kroner`, `bor i blokka 3 personer`."""
    following = _NEXT.search(text, at, at + 20)
    return following is not None and following.group() in _UNITS
