"""Where a person is found on the net: e-mail, web addresses, handles."""

import re
from collections.abc import Callable, Iterator

from bot.understanding import data

Found = tuple[int, int, str]

_WORDS = data.words("personal")
_NETWORKS, _LINKING = frozenset(_WORDS["networks"]), frozenset(_WORDS["linking"])
_MAIL_WORDS, _GAMES = frozenset(_WORDS["mail_words"]), frozenset(_WORDS["games"])
_PUBLIC = frozenset(_WORDS["public_sites"])
_ENDING = rf"(?:{'|'.join(_WORDS['endings'])})\b"
_SERVICE = rf"(?:{'|'.join(_WORDS['mail_services'])})(?:[ .,]{{0,3}}{_ENDING})?(?!\w)"
# Signs as people say them or hide them: (at), krøllalfa, _at_; (dot), punktum, a dot with a space beside it.
# Each sign is looked for only where something of it stands: most texts hold none, and some are long.
_AT = (
    (("@",), re.compile(r" ?@ ?")),
    (("(", "[", "{", "<"), re.compile(r" ?[(\[{<] ?(?:at|a|alfa|krøllalfa|alfakrøll) ?[)\]}>] ?")),
    (("_at_", "alfa", "snabel", " at "), re.compile(r"_at_| (?:krøllalfa|alfakrøll|snabel-?a|at) ")),
)
_DOT = re.compile(
    r" ?[(\[{] ?(?:dot|punktum|punkt|prikk|\.) ?[)\]}] ?| (?:dot|punktum|punkt|prikk) "
    rf"|\.| ?[.,] ?(?={_ENDING})"
)
_LABEL = re.compile(r"[\w-]{1,63}")
_IS_ENDING = re.compile(_ENDING)
_PROVIDER = re.compile(_SERVICE)
_LOCAL = re.compile(r"[\w.+\-]{1,64}(?: (?:punktum|dot|prikk|bindestrek|understrek) [\w.+\-]{1,40}){0,3}$")
_LETTER_BY_LETTER = re.compile(r"(?<!\w)\w(?: [\w.\-]){1,40} @(?: [\w.\-]){4,40}(?!\w)")
_SCHEMES = ("http", "hxxp", "ftp", "www")
_WEB = re.compile(
    r"(?:(?:https?|hxxps?|ftp) ?: ?//|www[. ])(?: ?(?=[^\s<>\"]))[^\s<>\"]+"
    rf"(?: ?\. ?{_ENDING}| {_ENDING}(?= |$))?"
)
_HOST = re.compile(r"(?<![\w.\-/@:])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?$")
_PATH = re.compile(r"/[^\s<>\"]+")
_SITE_END = re.compile(rf"[.,]{_ENDING}(?![\w@])")
_SAID_SITE_END = re.compile(rf"(?: (?:punktum|dot|prikk) | ?[(\[]\.[\])] ?){_ENDING}(?![\w@])")
_SITE = re.compile(r"(?<![\w.@\-/])([\w-]{3,63})(?:\.[\w-]{2,63})?$")
_CLOSING = ".,;:!?)]}'»"
_MENTIONS = (re.compile(r"@(?<![\w.@]@)[\w.]{3,40}"), re.compile(r"u/(?<!\wu/)[\w\-]{3,30}"))
_NAME_TOKEN = re.compile(r"@?[\w.\-]{3,40}(?:#\d{1,6})?")
_WORD = re.compile(r"[@\w][\w.\-#@]*")
_NAMED_NETS = _NETWORKS | _MAIL_WORDS | _GAMES
_ON = frozenset(["på", "on"])
_LONGEST_LOCAL, _LONGEST_HOST, _LONGEST_SITE = 200, 200, 130
_DOTS_SAID = ("punktum", "dot", "prikk", "(.)", "[.]")
_LOOSE = (" @", "@ ", " @ ", " at ")


def find(text: str, known: Callable[[str], bool]) -> Iterator[Found]:
    """Every e-mail, web address and handle in a plain text; `known` tells words from made-up names."""
    for marks, sign in _AT:
        if any(mark in text for mark in marks):
            for found in sign.finditer(text):
                yield from _mail(text, found.start(), found.end())
    if " @ " in text:
        yield from ((found.start(), found.end(), "email") for found in _LETTER_BY_LETTER.finditer(text))
    yield from _web(text, known)
    for found in (found for kind in _MENTIONS for found in kind.finditer(text)):
        yield found.start(), found.start() + len(found.group().rstrip(".")), "handle"
    yield from _handles(text, known)


def _web(text: str, known: Callable[[str], bool]) -> Iterator[Found]:
    """Addresses with a scheme or a path, then bare ones whose name is neither a word nor everybody's site."""
    if any(scheme in text for scheme in _SCHEMES):
        for address in _WEB.finditer(text):
            yield address.start(), address.start() + len(address.group().rstrip(_CLOSING)), "url"
    for path in _PATH.finditer(text):
        first = max(0, path.start() - _LONGEST_HOST)
        if host := _HOST.search(text[first : path.start()]):
            yield first + host.start(), path.start() + len(path.group().rstrip(_CLOSING)), "url"
    said = [_SAID_SITE_END] if any(sign in text for sign in _DOTS_SAID) else []
    for end in (found for kind in (_SITE_END, *said) for found in kind.finditer(text)):
        first = max(0, end.start() - _LONGEST_SITE)
        site = _SITE.search(text[first : end.start()])
        if site and not (known(site[1]) or site[1] in _PUBLIC):
            yield first + site.start(), end.end(), "url"


def _mail(text: str, at: int, after: int) -> Iterator[Found]:
    """An address around the sign at text[at:after]: a local part before it, a mail host after it."""
    end = _host_end(text, after, text[at:after] not in _LOOSE)
    if not end or not text[end - 2 : end].isalpha():
        return
    first = max(0, at - _LONGEST_LOCAL)
    if local := _LOCAL.search(text[first:at]):
        yield first + local.start(), end, "email"


def _host_end(text: str, at: int, clear_sign: bool) -> int | None:
    """Where the host ends: with a dot in it, or a mail service everyone knows.

    Where the sign stands apart, the host must end as hosts do: `følg @kari.nord` is no address.
    """
    label = _LABEL.match(text, at)
    service = _PROVIDER.match(text, at)
    end, dots = service.end() if service else None, 0
    while label and dots < 8:
        if dots and (clear_sign or _IS_ENDING.fullmatch(label.group())):
            end = max(label.end(), end or 0)
        dot = _DOT.match(text, label.end())
        label = _LABEL.match(text, dot.end()) if dot else None
        dots += 1
    return end


def _handles(text: str, known: Callable[[str], bool]) -> Iterator[Found]:
    """What follows the name of a network, over words such as `er` and `min`, or stands before `på snap`."""
    found = _WORD.findall(text)
    nets = {word for word in set(found) if _net(word) in _NAMED_NETS}
    if not nets:
        return
    words = list(_WORD.finditer(text))
    for at in [at for at, word in enumerate(found) if word in nets]:
        kind, first = _kind(_net(found[at])), max(0, at - 2)
        # The two words before the network's name, itself, and the six after it, without marks at their end.
        names = {n: found[n].rstrip(".-") for n in range(first, min(at + 7, len(found)))}
        if at > 1 and names[at - 1] in _ON and _is_odd(names[at - 2]):
            yield words[at - 2].start(), words[at - 2].start() + len(names[at - 2]), kind
        said = next((n for n in names if n > at and names[n] not in _LINKING), at)
        if _is_handle(names[said], known) and (names[at] not in _GAMES or _is_odd(names[said])):
            yield words[said].start(), words[said].start() + len(names[said]), kind


def _net(word: str) -> str:
    """What may be a network's name in a word: `snapchat-navnet`."""
    return word.rstrip(".-").partition("-")[0]


def _kind(network: str) -> str:
    return "email" if network in _MAIL_WORDS else "handle"


def _is_odd(word: str) -> bool:
    """Letters beside digits or signs: no ordinary word."""
    return bool(_NAME_TOKEN.fullmatch(word)) and not word.isalpha() and not word.isdigit()


def _is_handle(word: str, known: Callable[[str], bool]) -> bool:
    """A made-up word: not a number, and where it is all letters not an ordinary word."""
    if not _NAME_TOKEN.fullmatch(word) or word.isdigit() or word in _NAMED_NETS:
        return False
    return not (word.isalpha() and known(word))
