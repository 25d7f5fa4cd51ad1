"""A spreadsheet in which every text is a text cell, never a formula or a link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import structlog

from bot.exports.columns import Cell, Cells

MOST_ROWS = 1_048_575  # a sheet's own limit, below its heading
CUT = -2  # XlsxWriter's word for a text longer than the 32,767 characters a cell holds
WIDTH = 18
log = structlog.get_logger()


class CannotWriteSheet(Exception):
    """This sheet can not be written; the text says what does work."""


async def write(path: Path, names: Sequence[str], rows: AsyncIterator[Cells]) -> int:
    """Write one sheet, each row to the disk before the next."""
    count = cut = 0
    with book(path) as made:
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
        head(sheet, names, made.add_format({"bold": True}))
        async for cells in rows:
            count += 1
            if count > MOST_ROWS:
                raise CannotWriteSheet("a sheet holds 1,048,575 rows; .csv and .jsonl hold any number")
            cut += sum(put(sheet, count, place, cell, day) == CUT for place, cell in enumerate(cells))
    if cut:
        log.warning("texts longer than a cell were cut; .csv and .json hold them whole", count=cut)
    return count


def book(path: Path, *, constant_memory: bool = True) -> Any:
    """A new workbook; with constant memory its rows are written in their order, each at once."""
    try:
        from xlsxwriter import Workbook  # why: the bot alone is installed without what only exports need
    except ImportError:
        raise CannotWriteSheet("spreadsheets need the lock requirements/exports.txt installed") from None
    return Workbook(str(path), {"constant_memory": constant_memory})


def head(sheet: Any, names: Sequence[str], bold: object) -> None:
    """The heading of a sheet, which stays in sight."""
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(names) - 1, WIDTH)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, bold)


def put(sheet: Any, row: int, place: int, cell: Cell, day: object = None) -> object:
    """Write one cell as what it is; a text never as a formula."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return sheet.write_boolean(row, place, cell)
    if isinstance(cell, int):
        return sheet.write_number(row, place, cell)
    if isinstance(cell, date):
        return sheet.write_datetime(row, place, cell, day)
    return sheet.write_string(row, place, plain(cell))


def plain(text: str) -> str:
    """XlsxWriter takes a text in the tags of rich text for XML of its own; a space after it prevents that."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
