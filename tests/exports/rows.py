"""Rows to export, and readers that stand where a spreadsheet stands."""

import csv
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from bot.exports.columns import Column

T = TypeVar("T")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
TEXTS: tuple[Column[str], ...] = (Column("own_words", "what was written", lambda text: text),)


async def each(rows: Iterable[T]) -> AsyncIterator[T]:
    """The rows one by one, as a database gives them."""
    for row in rows:
        yield row


def read_csv(path: Path) -> list[list[str]]:
    """Every row of a file, its heading first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def taken_off(cell: str) -> str:
    """A cell without the apostrophe that keeps it a text."""
    return cell[1:] if cell.startswith("'") else cell


def sheet(path: Path) -> ElementTree.Element:
    """The one sheet of a workbook, as XML."""
    with zipfile.ZipFile(path) as book:
        return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))


def read_xlsx(path: Path) -> Iterator[list[str]]:
    """The text of every cell, as a spreadsheet shows it; its heading first."""
    for row in sheet(path).iter(f"{MAIN}row"):
        yield [_shown("".join(cell.itertext())) for cell in row.iter(f"{MAIN}c")]


def _shown(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
