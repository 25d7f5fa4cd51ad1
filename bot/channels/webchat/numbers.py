"""Phone numbers in what is said, so that a phone can call them with one tap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dialogs.needs import HelpLine

EMERGENCY = ("110", "112", "113", "116 117")
_DIALLED = re.compile(r"\+?[\d ]{3,}")


def callable_numbers(lines: Iterable[HelpLine]) -> tuple[str, ...]:
    """The emergency numbers and those of help lines, the longest first so that none hides in another."""
    own = {line.reach for line in lines if _DIALLED.fullmatch(line.reach)}
    return tuple(sorted({*EMERGENCY, *own}, key=lambda number: (-len(number), number)))


def parts(text: str, numbers: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """A text in pieces, each with the number to call where it is one."""
    known = "|".join(map(re.escape, numbers))
    for i, piece in enumerate(re.split(rf"\b({known})\b", text)):
        if piece:
            yield piece, piece.replace(" ", "") if i % 2 else None
