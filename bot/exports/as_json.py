"""One JSON array of objects, written row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.exports.as_jsonl import line
from bot.exports.columns import Cells


async def write(path: Path, names: Sequence[str], rows: AsyncIterator[Cells]) -> int:
    """Write an array with one object a line."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        async for cells in rows:
            file.write(("," if count else "") + "\n" + line(names, cells))
            count += 1
        file.write("\n]\n")
    return count
