"""Comma-separated values that no spreadsheet takes for a formula.

A text that a spreadsheet might calculate gets an apostrophe before it; so does one that begins with
an apostrophe, so that taking one away gives back what was written. Source: OWASP ASVS 1.2.10, CWE-1236.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

from bot.exports.columns import Cell, Cells

BEGINS_FORMULA = frozenset("=+-@|%−")  # compatibility forms are folded first; the true minus sign is not one
BEGINS_CELL = frozenset("\t\r\n\0")  # a spreadsheet may drop these, or begin anew after them
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that show nothing
QUOTE = "'"


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet might not take it for a text."""
    hidden = len(text) - len(_seen(text))
    first = unicodedata.normalize("NFKC", text[hidden : hidden + 1])[:1]
    risky = first in BEGINS_FORMULA or not BEGINS_CELL.isdisjoint(text[:hidden])
    return QUOTE + text if risky or text.startswith(QUOTE) else text


def _seen(text: str) -> str:
    """The text from its first visible character on."""
    for place, character in enumerate(text):
        if unicodedata.category(character)[0] not in "CZM" and character not in BLANK:
            return text[place:]
    return ""


def as_text(cell: Cell) -> str:
    """A cell as it stands in the file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return guarded(cell)
    return "" if cell is None else str(cell)


async def write(path: Path, names: Sequence[str], rows: AsyncIterator[Cells], *, bom: bool = False) -> int:
    """Write UTF-8 with a comma between cells and CRLF between rows (RFC 4180)."""
    count = 0
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(names)
        async for cells in rows:
            lines.writerow([as_text(cell) for cell in cells])
            count += 1
    return count


write_with_bom = partial(write, bom=True)  # for Excel, which takes a file without one for an older alphabet
