"""A file appears whole or not at all, and holds only the columns that may leave."""

import json
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import day
from bot.exports import FORMATS, CannotExport, export
from bot.exports.columns import NEEDS, WORDS, Column, of_needs
from bot.store.needs import SentNeed
from tests.exports.rows import MAIN, TEXTS, each, read_csv, sheet

LAST_OF_MAY = 1_780_264_740_000  # 2026-05-31 23:59 in Norway, when UTC is two hours behind
NEED = SentNeed(
    id="0123456789abcdef0123456789abcdef",
    municipality="trondheim",
    district="midtbyen",
    target_group="family",
    age_band="25+",
    children="0-1 2-5",
    money="no",
    category="clothes_gear",
    suggested="clothes_gear money",
    place=1,
    words="Vinterdress til minsten",
    obstacle="price",
    answer="adult",
    answer_time="evening",
    attested=True,
    assisted=False,
    interpreter=False,
    channel="web",
    language="nb",
    sent_at=LAST_OF_MAY,
)


def values(need: SentNeed) -> dict[str, object]:
    return {column.name: column.value(need) for column in NEEDS}


def test_a_need_tells_what_is_asked_for_and_by_whom_in_bands() -> None:
    told = values(NEED)
    assert told["category"] == "clothes_gear"
    assert (told["order"], told["own_words"]) == (1, "Vinterdress til minsten")
    assert (told["target_group"], told["age_band"], told["children"]) == ("family", "25+", "0-1 2-5")
    assert (told["municipality"], told["district"], told["attested"]) == ("trondheim", "midtbyen", True)


def test_a_label_is_said_in_bokmål() -> None:
    assert values(NEED)["category_label"] not in ("", "clothes_gear")


def test_the_day_is_the_day_in_norway() -> None:
    assert day(LAST_OF_MAY).isoformat() == "2026-05-31"
    assert day(LAST_OF_MAY + 60_000).isoformat() == "2026-06-01"


def test_nothing_that_points_at_a_person_leaves() -> None:
    assert NEED.id not in map(str, values(NEED).values())
    assert NEED.sent_at not in values(NEED).values()


def test_each_column_has_a_name_of_its_own_and_is_explained() -> None:
    assert len({column.name for column in NEEDS}) == len(NEEDS)
    assert all(column.about for column in NEEDS)


def test_own_words_can_be_left_out() -> None:
    assert set(of_needs(words=True)) - set(of_needs(words=False)) == {WORDS}


@pytest.mark.parametrize("ending", FORMATS)
async def test_each_format_takes_every_kind_of_cell(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"n{ending}"
    assert await export(path, NEEDS, each([NEED, NEED])) == 2
    assert path.stat().st_mode & 0o077 == 0, "what people said is nobody else's to read"


async def test_a_csv_for_excel_begins_with_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    await export(path, NEEDS, each([NEED]), bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcategory,")
    assert read_csv(path)[1][0] == "clothes_gear"


async def test_a_sheet_has_typed_numbers_and_days(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    await export(path, NEEDS, each([NEED]))
    kinds = [cell.get("t") for cell in list(sheet(path).iter(f"{MAIN}c"))[len(NEEDS) :]]
    names = [column.name for column in NEEDS]
    assert kinds[names.index("order")] is None, "a number"
    assert kinds[names.index("attested")] == "b"
    assert kinds[names.index("sent_on")] is None, "a day is a number with a format"


async def test_json_has_true_and_null(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    await export(path, NEEDS, each([NEED]))
    (row,) = json.loads(path.read_text("utf-8"))
    assert (row["attested"], row["order"], row["sent_on"]) == (True, 1, "2026-05-31")


async def test_a_text_longer_than_a_cell_is_cut_in_a_sheet_and_whole_elsewhere(tmp_path: Path) -> None:
    long = "a" * 100_000
    await export(tmp_path / "n.xlsx", TEXTS, each([long]))
    await export(tmp_path / "n.csv", TEXTS, each([long]))
    assert "a" * 32_767 in "".join(sheet(tmp_path / "n.xlsx").itertext())
    assert read_csv(tmp_path / "n.csv")[1] == [long]


@pytest.mark.parametrize("name", ["needs.pdf", "needs", "needs.csv.gz", "missing/needs.csv"])
async def test_a_file_that_can_not_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotExport):
        await export(tmp_path / name, TEXTS, each(["a"]))
    assert list(tmp_path.iterdir()) == []


async def test_the_mark_belongs_to_csv_alone(tmp_path: Path) -> None:
    with pytest.raises(CannotExport):
        await export(tmp_path / "n.json", TEXTS, each(["a"]), bom=True)


@pytest.mark.parametrize("ending", FORMATS)
async def test_what_fails_half_way_leaves_the_earlier_file(tmp_path: Path, ending: str) -> None:
    async def broken() -> AsyncIterator[str]:
        yield "a"
        raise OSError(28, "No space left on device")

    path = tmp_path / f"n{ending}"
    path.write_text("the earlier one", "utf-8")
    with pytest.raises(CannotExport, match="No space left"):
        await export(path, TEXTS, broken())
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text("utf-8") == "the earlier one"


@pytest.mark.parametrize("ending", FORMATS)
async def test_memory_does_not_grow_with_the_rows(tmp_path: Path, ending: str) -> None:
    numbers: tuple[Column[int], ...] = (Column("number", "one of many", lambda number: f"{number:0500}"),)
    tracemalloc.start()
    try:
        await export(tmp_path / f"n{ending}", numbers, each(range(10_000)))
        assert tracemalloc.get_traced_memory()[1] < 2_500_000, "half of what the rows hold together"
    finally:
        tracemalloc.stop()
