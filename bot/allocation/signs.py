"""Signs that are no text: a terminal obeys some of them, and a name with one can look like another name."""

from __future__ import annotations

import re

# Control characters but tabs and line ends, halves of characters, and what turns words around.
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


def visible(text: str) -> str:
    r"""Text for a terminal: such a sign stands as \u001b, which JSON reads as what it was."""
    return NO_TEXT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
