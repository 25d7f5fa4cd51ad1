"""Whatever people write leaves as text: no spreadsheet calculates it, and nothing of it is lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exports import FORMATS, export
from bot.exports.as_csv import guarded
from bot.exports.as_xlsx import plain
from tests.exports.rows import MAIN, TEXTS, each, read_csv, read_xlsx, sheet, taken_off

NAUGHTY: list[str] = json.loads(
    (Path(__file__).parents[2].parent / "shared" / "data" / "naughty" / "blns.json").read_text("utf-8")
)
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "−1",
    "@SUM(A1)",
    "|calc",
    "%0A=1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "  =1",
    "\u200b=1",
    "\ufeff=1",
    "\u2066=1",
    "\ufe0f=1",
    "\u3164=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "﹢1",
    "⁺1",
    "⁻1",
    '=HYPERLINK("http://x.test")',
]
INJECTED = "<r></t></is></c><c><f>1+1</f></c><c><is><t></r>"
STRANGE = [
    INJECTED,
    "'quoted",
    "''",
    "'=1",
    "_x0041_",
    "http://x.test",
    " to ord ",
    "a\r\nb",
    "a\u2028b\x85c",
]
MANY = [*NAUGHTY, *FORMULAS, *STRANGE]
text = st.text(st.characters(exclude_categories=["Cs"]))


def test_all_naughty_strings_are_here() -> None:
    assert len(NAUGHTY) == 515


async def test_a_csv_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    assert await export(path, TEXTS, each(MANY)) == len(MANY)
    assert [taken_off(cell) for (cell,) in read_csv(path)[1:]] == MANY


@pytest.mark.parametrize("written", FORMULAS, ids=ascii)
def test_a_formula_begins_with_an_apostrophe(written: str) -> None:
    assert guarded(written) == f"'{written}"


@pytest.mark.parametrize("written", ["", "Jeg trenger lappen", "16-17", "a=b", "25+", "«hei»", " to ord"])
def test_what_is_no_formula_is_left_as_it_is(written: str) -> None:
    assert guarded(written) == written


@given(text)
def test_the_apostrophe_can_always_be_taken_off_again(written: str) -> None:
    assert taken_off(guarded(written)) == written


async def test_a_sheet_holds_text_cells_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    assert await export(path, TEXTS, each(MANY)) == len(MANY)
    cells = list(sheet(path).iter(f"{MAIN}c"))
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert list(sheet(path).iter(f"{MAIN}f")) == []
    assert list(sheet(path).iter(f"{MAIN}hyperlink")) == []


async def test_a_sheet_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    await export(path, TEXTS, each(MANY))
    assert [cell for (cell,) in list(read_xlsx(path))[1:]] == [plain(written) for written in MANY]


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
async def test_json_gives_back_what_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"n{ending}"
    await export(path, TEXTS, each(MANY))
    held = path.read_text("utf-8")
    rows = json.loads(held) if ending == ".json" else [json.loads(line) for line in held.splitlines()]
    assert [row["own_words"] for row in rows] == MANY


@pytest.mark.parametrize("ending", FORMATS)
async def test_no_rows_are_a_whole_file_too(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"n{ending}"
    assert await export(path, TEXTS, each([])) == 0
    assert path.exists()
