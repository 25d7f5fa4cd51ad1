"""Somebody who fetches all that a municipality publishes, every week, finds no small group in it.

`make attack` does the same with a city of 5,000 people in 30 districts; here it is a small one.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from pypdf import PdfReader

from bot.allocation import pabulib
from bot.summaries import ALL, Grid, Key, Voices
from bot.summaries.figures import GROUP, WITHOUT_FLOODS
from tests.allocation.test_attack import Offer, offers, told
from tests.exports.test_summaries import from_csv, from_json, from_sheets
from tests.published.town import CALL, DECIDED, FEWEST, HERE, OPEN, PAGES, SMALL, Town, grid, key_of, publish
from tests.summaries.attacker import Attacker, small_groups
from tests.summaries.people import crowd

ROW = re.compile(r'<h2>(.*?)</h2>|<th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
NUMBER = re.compile(r"(?<![\w.,-])\d+(?![\w.,-])")
API, FILE = "/api/v1/summaries?", "/api/v1/summaries.csv"


class Size(NamedTuple):
    """How many answer at first, in how many districts, how many erase it a week later, and for how long."""

    districts: int
    people: int
    leaving: int
    weeks: int


SIZES = {"a small place": Size(4, 60, 2, 2)}
if os.environ.get("LYTT_ATTACK") == "full":
    SIZES |= {
        "a city, some leave": Size(30, 5_000, 7, 3),
        "a city, nobody leaves": Size(30, 5_000, 0, 3),
    }


def answering(of: Grid, size: Size) -> list[list[Voices]]:
    """Who comes in each week, in both municipalities."""

    def some(place: str, people: int, seed: int) -> list[Voices]:
        here = tuple(each for each in of.places if each.key == place)
        return crowd(replace(of, places=here), people, seed)

    weeks = [(size.people, 60), *[(size.people // 10, 15)] * (size.weeks - 1)]
    return [some(HERE, many, week) + some(SMALL, few, 9 + week) for week, (many, few) in enumerate(weeks, 1)]


@pytest.fixture(scope="module", params=list(SIZES.values()), ids=list(SIZES))
def size(request: pytest.FixtureRequest) -> Size:
    size: Size = request.param
    return size


@pytest.fixture(scope="module")
def town(size: Size, tmp_path_factory: pytest.TempPathFactory) -> Town:
    of = grid(size.districts)
    return publish(tmp_path_factory.mktemp("town"), of, answering(of, size), leaving=size.leaving)


def public(town: Town) -> dict[str, Any]:
    """The account in the public folder."""
    held = (town.files["proposal"] / "public" / "allocation.json").read_text("utf-8")
    return dict(json.loads(held))


def offered(town: Town) -> dict[str, Offer]:
    """What each measure of the public account is for: everybody knows what was applied for."""
    return {id: offers()[name] for id, name in public(town)["names"]["measures"].items()}


def test_what_is_published_has_one_number_for_each_figure(town: Town) -> None:
    """So who holds the open file holds all that files, API and pages say of how many asked."""
    expected = from_json(town.files["summary.json"])
    assert set(expected) == set(town.grid.every_key())
    assert from_csv(town.files["summary.csv"]) == from_sheets(town.files["summary.xlsx"]) == expected
    pages = [json.loads(text) for path, text in town.answers.items() if path.startswith(API)]
    assert {key_of(each): each["people"] for page in pages for each in page["figures"]} == expected
    lines = csv.DictReader(io.StringIO(town.answers[FILE]))
    assert {key_of(row): people_in(row) for row in lines} == expected
    free = {key: each for key, each in expected.items() if key.place == HERE}
    assert {key_of(row): people_in(row) for row in csv.DictReader(io.StringIO(town.answers[OPEN]))} == free
    known: dict[Key, int] = {}
    for week in range(len(town.weeks)):
        known |= town.known(week)
    assert known == {key: people for key, people in expected.items() if people is not None}


def people_in(row: Mapping[str, str]) -> int | None:
    """The number of a line, if it is told."""
    return int(row["people"]) if row["people"] else None


def test_what_is_read_has_no_other_numbers(town: Town) -> None:
    numbers = by_name(town)
    report = town.files["summary.html"].read_text("utf-8")
    shown = [*rows(report), *((place_of(numbers, HERE), *row[1:]) for row in rows(town.answers[PAGES[0]]))]
    assert sum(len(found) for _, _, found in shown) > 50
    for place, label, found in shown:
        assert found <= numbers[place, label], (place, label)
    written = set(NUMBER.findall(re.sub(r"<[^>]+>", " ", report)))
    for number, sheet in enumerate(PdfReader(town.files["summary.pdf"]).pages, 1):
        assert set(NUMBER.findall(sheet.extract_text())) <= written | {str(number)}, (
            "of the report, or its page"
        )


def by_name(town: Town) -> dict[tuple[str, str], set[str]]:
    """The published numbers of what has a name in a place, in a half-year too."""
    found = defaultdict(set)
    for row in csv.DictReader(io.StringIO(town.files["summary.csv"].read_text("utf-8"))):
        year, half = row["half_year"].split("-")
        names = (row["part_label"], row["need_label"]) if row["split"] else (row["need_label"],)
        for name in (*names, *([] if row["need"] or row["split"] else [f"{half}. halvår {year}"])):
            found[row["municipality_name"], name].add(row["people"])
    return found


def place_of(numbers: Iterable[tuple[str, str]], key: str) -> str:
    """What a municipality is called in the files."""
    return next(place for place, _ in numbers if place.lower().startswith(key))


def rows(page: str) -> Iterator[tuple[str, str, set[str]]]:
    """Each row of the tables below the name of a place: what it is of, and its numbers."""
    place = ""
    for heading, label, cells in ROW.findall(page):
        if heading:
            place = heading.split(",")[0]
        else:
            yield place, label, set(NUMBER.findall(re.sub(r"<[^>]+>", " ", cells)))


def test_the_account_of_the_money_says_the_same_everywhere(town: Town) -> None:
    account = public(town)
    measures = {each["measure"]: each for each in account["accounts"][account["rule"]]["measures"]}
    (decided,) = json.loads(town.answers["/api/v1/allocations"])["allocations"]
    for each in decided["measures"]:
        held = measures[each["measure"]]
        assert [each[name] for name in ("funded", "units", "cost")] == [
            held[name] for name in ("funded", "units", "cost")
        ]
    shown = {each["cost"] // 100 for each in measures.values() if each["cost"]}
    given = Counter[str]()
    for each in measures.values():
        given[each["applicant"]] += each["cost"] or 0
    for grant in json.loads(town.files["grants.json"].read_text("utf-8"))["grants"]:
        assert grant["amountAwarded"] * 100 in given.values()
    page = re.sub(r"<[^>]+>", " ", town.answers[PAGES[1]])
    for kroner, places in re.findall(r"(\d[\d\s]*)\skr\.\sAntall\splasser:\s(\d+)", page):
        assert int(re.sub(r"\D", "", kroner)) in shown
        assert int(places) in {each["units"] * each["places"] for each in measures.values() if each["units"]}
    numbers = from_json(town.files["summary.json"])
    for need, people in account["released"].items():
        assert numbers[Key(town.grid.half_years[-1], HERE, need)] == people


def test_ballots_follow_from_what_the_open_file_says(town: Town) -> None:
    given = pabulib.read(town.files["round.pb"].read_text("utf-8"))
    ballots = Counter({tuple(sorted(each.asks)): each.people for each in given.voices})
    assert ballots == Counter(wishes(town, [measure.id for measure in given.measures]))
    assert ballots.total() > 0


def wishes(town: Town, measures: Iterable[str]) -> dict[tuple[str, ...], int]:
    """The ballots that anybody can make of the open file and of what was applied for."""
    about, found = offered(town), Counter[tuple[str, ...]]()
    for key, people in from_json(town.files["summary.json"]).items():
        if people and (key.place, key.split, key.counted) == (HERE, GROUP, WITHOUT_FLOODS):
            able = [id for id in measures if key.need in about[id].needs and key.part in about[id].groups]
            if able:
                found[tuple(sorted(able))] += people
    return found


def beside(town: Town) -> list[tuple[Mapping[Key, int], int]]:
    """What the account of each rule, and that of the decision, says of how many asked."""
    about = offered(town)
    accounts = [*public(town)["accounts"].values(), *json.loads(town.answers[DECIDED])["accounts"].values()]
    return [row for account in accounts for row in told(account, about)]


def test_no_cell_of_one_to_four_is_recovered(town: Town) -> None:
    last = len(town.weeks) - 1
    for week, true in enumerate(town.true):
        secrets = small_groups(town.grid, true, FEWEST)
        assert len(secrets) > 500
        attacker = Attacker(town.grid, town.known(week), beside=beside(town) if week == last else ())
        assert attacker.found(secrets) == [], f"in week {week}"


def test_nobody_is_found_between_two_weekly_releases(town: Town, size: Size) -> None:
    for old, new in combinations(range(len(town.weeks)), 2):
        moved = {key: town.true[new][key] - town.true[old][key] for key in town.true[new]}
        attacker = Attacker(town.grid, town.known(old), town.known(new), only_more=not size.leaving)
        assert attacker.found(small_groups(town.grid, moved, FEWEST), since=0) == [], f"{old} to {new}"


def test_it_is_told_of_every_place_and_of_all_together(town: Town) -> None:
    """Otherwise there would be nothing to find."""
    assert {key.place for key in town.known(0)} == {ALL, HERE, SMALL}
    assert all(town.known(week) for week in range(len(town.weeks)))
    assert CALL in town.answers[PAGES[0]]
