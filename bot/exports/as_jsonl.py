"""One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

from bot.exports.columns import Cells

# Some readers end a line at these too; a JSON text may hold them escaped.
ALSO_END_LINES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


def line(names: Sequence[str], cells: Cells) -> str:
    """One row as an object."""
    held = {
        name: cell.isoformat() if isinstance(cell, date) else cell
        for name, cell in zip(names, cells, strict=True)
    }
    return json.dumps(held, ensure_ascii=False).translate(ALSO_END_LINES)


async def write(path: Path, names: Sequence[str], rows: AsyncIterator[Cells]) -> int:
    """Write one object a line."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        async for cells in rows:
            file.write(line(names, cells) + "\n")
            count += 1
    return count
