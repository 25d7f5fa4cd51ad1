"""Personal data in a text, and the text with [kind] in its place."""

from collections.abc import Callable, Sequence

from bot.understanding import addresses, contacts, numbers
from bot.understanding.letters import Plain, storable
from bot.understanding.names import Names
from dialogs.model import Span

Found = tuple[int, int, str]

# Where two overlap the surer one stays.
_ORDER = ("email", "url", "fnr", "account", "phone", "handle", "address", "name")


class Personal:
    """Finds personal data; `known` tells whether a word is an ordinary one."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._names = Names(known)

    def spans(self, seen: Plain) -> tuple[Span, ...]:
        found = [
            *contacts.find(seen.text, self._known),
            *numbers.find(seen.text),
            *addresses.find(seen.text),
            *self._names.find(seen.text),
        ]
        return tuple(
            Span(start=seen.starts[start], end=seen.ends[end - 1], kind=kind)
            for start, end, kind in _apart(found)
        )


def _apart(found: list[Found]) -> list[Found]:
    """Without overlaps, in the order of the text."""
    surest = sorted(found, key=lambda one: (_ORDER.index(one[2]), one[0] - one[1]))
    kept: list[Found] = []
    taken: set[int] = set()
    for start, end, kind in surest:
        places = range(start, end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append((start, end, kind))
    return sorted(kept)


def masked(given: str, spans: Sequence[Span]) -> str:
    """The text as it may be stored."""
    parts, done = [], 0
    for span in spans:
        parts += [given[done : span.start], f"[{span.kind}]"]
        done = span.end
    return storable("".join([*parts, given[done:]]))
