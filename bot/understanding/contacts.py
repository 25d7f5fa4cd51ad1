"""Where a person is found on the net: e-mail, web addresses, handles."""

import re
from collections.abc import Callable, Iterator

from bot.understanding import data

Found = tuple[int, int, str]

_WORDS = data.words("personal")
_NETWORKS, _LINKING = frozenset(_WORDS["networks"]), frozenset(_WORDS["linking"])
_AT = re.compile(r"@| ?[(\[] ?(?:at|krøllalfa|alfakrøll) ?[)\]] ?| (?:krøllalfa|alfakrøll|at) ")
_DOT = re.compile(r" ?[(\[](?:dot|punktum)[)\]] ?| (?:dot|punktum) |\.")
_LABEL = re.compile(r"[\w-]{1,63}")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+"
    r"|(?<![\w.\-/@:])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?/[^\s<>\"]+"
)
_CLOSING = ".,;:!?)]}'»"
_MENTION = re.compile(r"(?<![\w.@])@[\w.]{3,40}")
_NAME_TOKEN = re.compile(r"@?[\w.\-]{3,40}(?:#\d{1,6})?")
_WORD = re.compile(r"[@\w][\w.\-#@]*")
_LONGEST_LOCAL = 64


def find(text: str, known: Callable[[str], bool]) -> Iterator[Found]:
    """Every e-mail, web address and handle in a plain text; `known` tells words from made-up names."""
    for found in _AT.finditer(text):
        yield from _mail(text, found.start(), found.end())
    for address in _WEB.finditer(text):
        yield address.start(), address.start() + len(address.group().rstrip(_CLOSING)), "url"
    for found in _MENTION.finditer(text):
        yield found.start(), found.start() + len(found.group().rstrip(".")), "handle"
    yield from _handles(text, known)


def _mail(text: str, at: int, after: int) -> Iterator[Found]:
    """An address around the sign at text[at:after]: a local part before it, a host with a dot after it."""
    start = at
    while start > max(0, at - _LONGEST_LOCAL) and (text[start - 1].isalnum() or text[start - 1] in "._+-"):
        start -= 1
    end = _host_end(text, after)
    if start < at and end and text[end - 2 : end].isalpha():
        yield start, end, "email"


def _host_end(text: str, at: int) -> int | None:
    label = _LABEL.match(text, at)
    end, dots = None, 0
    while label and dots < 8:
        if dots:
            end = label.end()
        dot = _DOT.match(text, label.end())
        label = _LABEL.match(text, dot.end()) if dot else None
        dots += 1
    return end


def _handles(text: str, known: Callable[[str], bool]) -> Iterator[Found]:
    """What follows the name of a network, over words such as `er` and `min`."""
    if _NETWORKS.isdisjoint(word.rstrip(".-") for word in _WORD.findall(text)):
        return
    waiting = 0
    for word in _WORD.finditer(text):
        bare = word.group().rstrip(".-")
        if bare in _NETWORKS:
            waiting = 5
        elif waiting and bare in _LINKING:
            waiting -= 1
        else:
            if waiting and _is_handle(bare, known):
                yield word.start(), word.start() + len(bare), "handle"
            waiting = 0


def _is_handle(word: str, known: Callable[[str], bool]) -> bool:
    """A made-up word: not a number, and where it is all letters not an ordinary word."""
    if not _NAME_TOKEN.fullmatch(word) or word.isdigit():
        return False
    return not (word.isalpha() and known(word))
