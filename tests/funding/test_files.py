"""Applications out of files that anybody may have made: clear reasons, nothing crashed."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allocation.signs import NO_TEXT, visible
from bot.applicants.form import draft_of
from bot.funding import files
from bot.funding.files import WrongFile
from tests.funding.written import CALLS, TAKEN, told

TRONDHEIM = TAKEN["trondheim-2021"]
MEASURE = {
    "needs": "driving_licence",
    "places": "1",
    "least": "1",
    "periods": "2021-h2",
    "targets": "youth",
    "youngest": "16",
    "purposes": "widen",
    "since": "2020-01-15",
    "after": "De får kjøre ferdig.",
}
FIRST = MEASURE | {
    "title": "Lappen",
    "contact": "post@example.no",
    "partners": "Uteseksjonen | unit | ja; NAV | state\nBymisjonen | voluntary",
    "measure": "Kjøretimer",
    "unit_cost": "25 000",
    "most": "18",
    "budget": "bought | 250 000 | Kjøretimer",
    "part:cooperation": "Vi møtes.",
    "part:already": "Vi er ute.",
}
SECOND = MEASURE | {"title": "Lappen", "measure": "Moped", "unit_cost": "8000,50", "most": "5"}


def sheet(*rows: dict[str, str]) -> str:
    """Rows as a spreadsheet writes them, after the names of their columns."""
    held = StringIO()
    writer = csv.DictWriter(held, list(rows[0]), restval="", delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue()


def read(content: bytes | str, ending: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"applications{ending}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return files.read(path)


def refusal(content: bytes | str, ending: str, folder: Path) -> str:
    with pytest.raises(WrongFile) as refused:
        read(content, ending, folder)
    return refused.value.why.msgid


def test_a_row_of_csv_is_a_measure_and_one_title_is_one_application(tmp_path: Path) -> None:
    (application,) = read("\ufeff" + sheet(FIRST, SECOND), ".csv", tmp_path)
    assert [measure["name"] for measure in application["measures"]] == ["Kjøretimer", "Moped"]
    assert told(CALLS["trondheim-2021"], application) == (set(), {"confirmed-partners"})


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_may_be_parted_by_any_usual_sign(delimiter: str, tmp_path: Path) -> None:
    text = (
        delimiter.join(["title", "contact", "colour"])
        + "\r\n"
        + delimiter.join(["A", "a@b.no", "red"])
        + "\r\n"
    )
    (application,) = read(text, ".csv", tmp_path)
    assert (application["title"], application["colour"]) == ("A", "red")
    assert "unreadable" in told(CALLS["trondheim-2021"], application)[0]


def test_json_and_toml_hold_one_application_or_many(tmp_path: Path) -> None:
    one = json.dumps(TRONDHEIM)
    assert read(one, ".json", tmp_path) == [TRONDHEIM]
    other = TRONDHEIM | {"title": "Annen"}
    assert read(f"[{one},{json.dumps(other)}]", ".JSON", tmp_path) == [TRONDHEIM, other]
    assert read(f'{{"applications": [{one}]}}', ".json", tmp_path) == [TRONDHEIM]
    held = read(
        '[[applications]]\ntitle = "A"\n[[applications.measures]]\nsince = 2020-01-01\n', ".toml", tmp_path
    )
    assert held[0]["title"] == "A"


@pytest.mark.parametrize(
    ("content", "ending", "why"),
    [
        (b"", ".csv", "Første linje"),
        (b"title\n", ".csv", "ingen søknad"),
        (b"title;title\nA;B\n", ".csv", "Første linje"),
        (b"title;contact\nA\n", ".csv", "ikke like mange felt"),
        (b'title;contact\n"A;b\n', ".csv", "kan ikke leses"),
        (b'title;contact\nA;"b"c\n', ".csv", "kan ikke leses"),
        ("title;contact\nSøknad;b\n".encode("cp1252"), ".csv", "ikke UTF-8"),
        ("title;contact\nSøknad;b\n".encode("utf-16"), ".csv", "ikke UTF-8"),
        (b"title\nA\0B\n", ".csv", "ikke er tekst"),
        (b"title;contact\n=HYPERLINK(1);b\n", ".csv", "formel"),
        (b"title;contact\n +cmd|' /C calc'!A0;b\n", ".csv", "formel"),
        (b"title;contact\n@SUM(A1);b\n", ".csv", "formel"),
        (b'title;contact\n"\t=1";b\n', ".csv", "formel"),
        (b'{"title": "-1+cmd|x"}', ".csv", "Første linje"),
        (b'{"title": "=1+1"}', ".json", "formel"),
        (b'title = "=1+1"', ".toml", "formel"),
        (b"[" * 100_000, ".json", "gyldig JSON"),
        (b"x = " + b"[" * 100_000, ".toml", "gyldig TOML"),
        (b'{"a": NaN}', ".json", "gyldig JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", ".json", "gyldig JSON"),
        (b'{"a": ' + b"9" * 50 + b"}", ".json", "stort tall"),
        (b"title = 0x" + b"f" * 5_000, ".toml", "stort tall"),
        (b"[[measures]]\nplaces = 0x" + b"f" * 5_000, ".toml", "stort tall"),
        (b"x = " + b"9" * 5_000, ".toml", "gyldig TOML"),
        ("title\nA\x9b2JB\n", ".csv", "ikke er tekst"),
        ("title\nA\u202eB\n", ".csv", "ikke er tekst"),
        ("title\nA\u2066B\n", ".csv", "ikke er tekst"),
        (b'{"title": "A\\rB"}', ".json", "ikke er tekst"),
        (b"title;measures\nA;b\n", ".csv", "kan ikke leses"),
        (b"title;parts\nA;b\n", ".csv", "kan ikke leses"),
        (b'{"title": "A", "title": "B"}', ".json", "gyldig JSON"),
        (b'{"title": "\\ud800"}', ".json", "ikke er tekst"),
        (b"[1, 2]", ".json", "én søknad"),
        (b"[]", ".json", "ingen søknad"),
        (json.dumps([{"title": str(each)} for each in range(501)]), ".json", "for mange"),
        (json.dumps({"title": "a" * 50_001}), ".json", "for lang"),
        (b'[{"title": "A", "x": 1}, {"title": " A"}]', ".json", "Flere søknader"),
        (b"[{}, {}]", ".json", "Flere søknader"),
        (b"title;contact\nA;a@b.no\nA;\nA;other@b.no\n", ".csv", "noe annet"),
        (b"title;part:already\nA;we are\nA;they are\n", ".csv", "noe annet"),
        (b"title", ".xlsx", "må være"),
        (b"title", ".exe", "må være"),
    ],
)
def test_what_is_hostile_or_broken_is_refused_in_words(
    content: bytes | str, ending: str, why: str, tmp_path: Path
) -> None:
    assert why in refusal(content, ending, tmp_path)


def test_what_people_write_is_no_formula(tmp_path: Path) -> None:
    row = {"title": "- turer", "contact": "-5 grader", "after": "+47 12 34 56 78", "what": "1 = 1"}
    assert read(json.dumps(row), ".json", tmp_path) == [row]


def test_a_hundred_megabytes_are_refused_and_never_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(WrongFile) as refused:
        files.read(path)
    assert "for stor" in refused.value.why.msgid


def test_a_list_with_no_end_is_told_and_not_weighed() -> None:
    """The form has a hundred rows: ten thousand measures in a file would make the allocation take hours."""
    measures = [{**TRONDHEIM["measures"][0], "name": f"Nummer {each}"} for each in range(101)]
    refused, _ = told(CALLS["trondheim-2021"], TRONDHEIM | {"measures": measures[:100]})
    assert "unreadable" not in refused
    refused, _ = told(CALLS["trondheim-2021"], TRONDHEIM | {"measures": measures})
    assert "unreadable" in refused


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongFile):
        files.read(tmp_path / "nothing.csv")
    with pytest.raises(WrongFile):
        files.read(tmp_path / "nothing.toml")


@given(st.binary(max_size=400), st.sampled_from(sorted(files.READERS)))
def test_no_bytes_crash_a_reader(content: bytes, ending: str) -> None:
    try:
        found = files.parsed(content, files.READERS[ending])
    except WrongFile:
        return
    for each in found:
        told(CALLS["trondheim-2021"], each)


NAMES = st.sampled_from([*TRONDHEIM, *MEASURE, "name", "kind", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*TRONDHEIM, "name", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_no_shape_crashes_the_checks(held: dict[str, Any]) -> None:
    for call in CALLS.values():
        refused, _ = told(call, held)
        assert refused


def test_the_form_takes_no_sign_that_a_file_may_not_have() -> None:
    sly = "Lappen\x1b]0;eid\x07 \x9b2J \u202eneppal\u2066\ud800"
    title = draft_of([("title", f"{sly}\r\nog\tmer")])["title"]
    assert title == "Lappen\ufffd]0;eid\ufffd \ufffd2J \ufffdneppal\ufffd\ufffd\nog\tmer"
    assert not NO_TEXT.search(title)


def test_a_terminal_is_shown_what_it_would_obey() -> None:
    told = visible(json.dumps({"title": "\x9b2J \u202e\x1b"}, ensure_ascii=False))
    assert told.isascii()
    assert json.loads(told) == {"title": "\x9b2J \u202e\x1b"}
