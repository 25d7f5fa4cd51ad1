"""Write rows to a file that leaves the house: one list of formats, chosen by the file's ending."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bot.exports import as_csv, as_json, as_jsonl, as_xlsx
from bot.exports.columns import Cells, Column
from bot.mistakes import Mistake

Row = TypeVar("Row")
Write = Callable[[Path, Sequence[str], AsyncIterator[Cells]], Awaitable[int]]

FORMATS: dict[str, Write] = {
    ".csv": as_csv.write,
    ".xlsx": as_xlsx.write,
    ".json": as_json.write,
    ".jsonl": as_jsonl.write,
}


class CannotExport(Mistake):
    """The file can not be written; the text says why and what to do."""


def format_of(path: Path, *, bom: bool = False) -> Write:
    """The format that a file's ending asks for."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise CannotExport(f"{path.name}: the ending must be one of {', '.join(FORMATS)}")
    if bom and ending != ".csv":
        raise CannotExport(f"{path.name}: a byte order mark belongs to .csv alone")
    return as_csv.write_with_bom if bom else FORMATS[ending]


async def export(
    path: Path, columns: Sequence[Column[Row]], rows: AsyncIterator[Row], *, bom: bool = False
) -> int:
    """Write every row and return how many; the file appears whole, or an earlier one stays."""
    write = format_of(path, bom=bom)
    with whole(path) as unfinished:
        return await write(unfinished, [column.name for column in columns], _cells(columns, rows))


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write in the stead of another; it takes its place only when all is written."""
    if not path.parent.is_dir():
        raise CannotExport(f"the folder {path.parent} is not there")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)  # it will hold what people said: nobody else's to read
        yield unfinished
        os.replace(unfinished, path)
    except (OSError, as_xlsx.CannotWriteSheet) as error:
        raise CannotExport(f"{path.name}: {_reason(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)


async def _cells(columns: Sequence[Column[Row]], rows: AsyncIterator[Row]) -> AsyncIterator[Cells]:
    async for row in rows:
        yield [column.value(row) for column in columns]


def _reason(error: Exception) -> str:
    return (error.strerror or "can not be written") if isinstance(error, OSError) else str(error)
