"""Numbers that belong to one person: fødselsnummer of every series, bank accounts, phones."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from bot.understanding import data

Found = tuple[int, int, str]
Groups = list[tuple[int, int]]  # where each group of digits begins and ends

_WORDS = data.words("personal")
_UNITS, _MONEY = frozenset(_WORDS["units"]), frozenset(_WORDS["money"])
_ACCOUNT, _IDENTITY = frozenset(_WORDS["account"]), frozenset(_WORDS["identity"])
_PHONE, _ARTICLE = frozenset(_WORDS["phone"]), frozenset(_WORDS["article"])
_HELPLINES = frozenset(_WORDS["helplines"])

# A run is all digit groups with at most two marks between them; a run is judged as a whole.
_RUN = re.compile(r"\(?\+?\(?\d+\)?(?:(?:[ .\-/\u2013\u2011]{1,3}|[,_*])\(?\d+\)?)*")
_GROUP = re.compile(r"\d+")
_WORD = re.compile(r"[^\s,;:!?()]+")
_IBAN = re.compile(r"no(?<!\wno) ?\d\d(?:[ .]?\d){11}\b")
_UNIT = (
    "null|en|ein|ett|eitt|to|tre|fire|fem|seks|sju|syv|åtte|ni"
    "|zero|one|two|three|four|five|six|seven|eight|nine"
)
_TENS = "tjue|tretti|tredve|førti|femti|seksti|sytti|åtti|nitti"
_TEENS = "ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten"
_SAID = re.compile(
    rf"(?P<two>(?:{_TENS})(?:[ \-]?(?:{_UNIT})\b)?|(?:{_UNIT}) ?og ?(?:{_TENS})|{_TEENS})(?![^\W\d_])"
    rf"|(?P<one>{_UNIT})(?![^\W\d_])|(?P<digits>\d{{1,4}})"
)
_BETWEEN_SAID = re.compile(r"[ ,.\-]{0,2}")
# One number alone is no phone: another follows, or `og`. Begun by what stands before it: quick to skip to.
_SAID_START = re.compile(
    rf"\W(?:(?:{_UNIT}|{_TENS}|{_TEENS})(?=\w*[ ,.\-]{{0,2}}(?:og|\d|{_UNIT}|{_TENS}|{_TEENS}))"
    rf"|[2-9]\d{{0,4}}(?= ?(?:{_UNIT})))"
)

_IDENTITY_SHAPES = {(11,), (6, 5), (2, 2, 2, 5), (2, 2, 2, 3, 2), (6, 3, 2), (1,) * 11}
_ACCOUNT_SHAPES = {(4, 2, 5), (4, 7)}
_PHONE_SHAPES = {(8,), (3, 2, 3), (2, 2, 2, 2), (4, 4), (1,) * 8, (3, 5), (5, 3)}
# Month as written: ordinary, then the synthetic series of test registers (Skatteetaten, NAV, Tenor).
_MONTH_SERIES = (0, 40, 65, 80)
_ACCOUNT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_MOST_DIGITS = 15  # the longest phone number there is
_MOST_SAID, _FEW_PARTS = 12, 5
_MOBILE = re.compile(r"[49]|fire|ni|førti|nitti|four|nine|\w+ ?og ?(?:førti|nitti)")


def find(text: str) -> Iterator[Found]:
    """Every personal number in a plain text, as (start, end, kind)."""
    for found in _IBAN.finditer(text):
        yield found.start(), found.end(), "account"
    yield from _said(text)
    for run in _RUN.finditer(text):
        yield from _in_run(text, run)


def _said(text: str) -> Iterator[Found]:
    """Phones said in words, or half in words: eight digits in all, or up to twelve with the country's."""
    done = 0
    for first in (found.start() for found in _SAID_START.finditer(f" {text}")):
        if first < done:
            continue
        at, end, digits, parts, said = first, first, 0, 0, 0
        while digits < _MOST_SAID and (part := _SAID.match(text, at)):
            digits += 2 if part["two"] else 1 if part["one"] else len(part["digits"])
            parts, said, end = parts + 1, said + (part["digits"] is None), part.end()
            at = _BETWEEN_SAID.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing too
        if (
            said
            and digits in (8, 10, 12)
            and (parts > _FEW_PARTS or _words_before(text, first) & _PHONE or _MOBILE.match(text, first))
        ):
            done = end
            yield first, end, "phone"


def _in_run(text: str, run: re.Match[str]) -> Iterator[Found]:
    groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
    if sum(end - start for start, end in groups) < 8:
        return
    before = _words_before(text, run.start())
    at = 0
    while at < len(groups):
        length, kind = _longest(text, groups, at, before)
        if kind:
            yield _edge(text, run, groups[at][0]), groups[at + length - 1][1], kind
        at += length


def _longest(text: str, groups: Groups, at: int, before: frozenset[str]) -> tuple[int, str | None]:
    """How many groups from `at` on make one personal number, and its kind; one group and None if none do."""
    digits, ends = "", []
    for start, end in groups[at : at + _MOST_DIGITS]:
        digits += text[start:end]
        if len(digits) > _MOST_DIGITS:
            break
        ends.append(len(digits))
    for length in range(len(ends), 0, -1):
        if ends[length - 1] < 8:
            break
        part = groups[at : at + length]
        kind = _kind(text, part, digits[: ends[length - 1]], before, whole=length == len(groups))
        if kind:
            return length, kind
    return 1, None


def _kind(text: str, part: Groups, digits: str, before: frozenset[str], *, whole: bool) -> str | None:
    shape = tuple(end - start for start, end in part)
    abroad = text[max(0, part[0][0] - 2) : part[0][0]].lstrip("(").endswith("+")
    if abroad and 8 <= len(digits) <= 15:
        return "phone"
    if len(digits) == 11:
        return _eleven(shape, digits, before)
    if (digits.startswith("0047") and len(digits) == 12) or (digits.startswith("47") and len(digits) == 10):
        return "phone"
    if (
        len(digits) == 8
        and (shape in _PHONE_SHAPES or _is_mobile(digits, whole, before))
        and _is_phone(text, part, shape, digits, before, whole)
    ):
        return "phone"
    return None


def _eleven(shape: tuple[int, ...], digits: str, before: frozenset[str]) -> str | None:
    told = before & _ACCOUNT and not before & _IDENTITY
    if shape in _ACCOUNT_SHAPES or told:
        return "account"
    if before & _IDENTITY and shape in _IDENTITY_SHAPES:
        return "fnr"
    if before & _ARTICLE or shape not in _IDENTITY_SHAPES:
        return None
    if is_birth_number(digits):
        return "fnr"
    return "account" if shape == (11,) and _is_account(digits) else None


def _is_account(digits: str) -> bool:
    """Whether the last of eleven digits is the account's check digit (weights from Finans Norge)."""
    return sum(weight * int(digit) for weight, digit in zip(_ACCOUNT_WEIGHTS, digits, strict=True)) % 11 == 0


def is_birth_number(digits: str) -> bool:
    """Whether eleven digits begin with a day of any series.

    The check digits are not asked: from 2032 new ones are given, and a mistyped number is personal too.
    """
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= 40 if day > 40 else 0
    return any(_is_day(day, month - offset, year) for offset in _MONTH_SERIES)


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def _is_phone(
    text: str, part: Groups, shape: tuple[int, ...], digits: str, before: frozenset[str], whole: bool
) -> bool:
    if digits in _HELPLINES or digits.startswith("800") or digits[0] in "01":
        return False
    if before & _PHONE:
        return True
    after = _WORD.match(text, part[-1][1] + 1)
    if before & (_MONEY | _ARTICLE) or (after and after.group() in _UNITS) or digits.endswith("00000"):
        return False
    if digits[0] in "49":
        return True
    return whole and not _is_written_date(digits) and shape != (4, 4)


def _is_mobile(digits: str, whole: bool, before: frozenset[str]) -> bool:
    """Whether digits in odd groups are a phone all the same: a mobile number alone, or a word says so."""
    return whole and (digits[0] in "49" or bool(before & _PHONE))


def _is_written_date(digits: str) -> bool:
    return _is_day(int(digits[6:]), int(digits[4:6]), int(digits[2:4])) or (
        _is_day(int(digits[:2]), int(digits[2:4]), int(digits[6:])) and digits[4:6] in ("19", "20")
    )


def _edge(text: str, run: re.Match[str], start: int) -> int:
    """A number's start with its + and bracket, which stand before the first digit."""
    while start > run.start() and text[start - 1] in "+(":
        start -= 1
    return start


def _words_before(text: str, at: int) -> frozenset[str]:
    """The last five words before a number, and the two words some of them make."""
    near = [word.rstrip(".") for word in _WORD.findall(text[max(0, at - 60) : at])[-5:]]
    return frozenset(near) | {first + second for first, second in pairwise(near)}
