"""The pages of counts: what they say agrees with the database, and nobody is found in it."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from bot.allocation.explain import Table
from bot.exports.labels import Labels
from bot.exports.overview import overview
from bot.exports.report import blocks
from bot.operations import releasing
from bot.staff.summaries import KINDS
from bot.store.engine import reading
from bot.summaries import ALL, Figure, Grid, Key, Place, Release
from dialogs.categories import CATEGORIES
from dialogs.text import Text
from tests.exports.test_summaries import DISTRICTS, GRID, JULY, NEW_YEAR
from tests.exports.told import in_sql, tell
from tests.house import words
from tests.staff.conftest import Browser, Desk
from tests.summaries.people import YEAR, crowd, municipality

HERE = "/ansatt/tall"
BOTH = ("froya", "trondheim")
ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
PEOPLE = 700


async def county(desk: Desk) -> Browser:
    """Somebody who counts in two municipalities where people have told something."""
    await tell(desk.house.world, crowd(GRID, PEOPLE, seed=1))
    await release_of(desk)
    return await desk.worker("kari", "coordinator", municipalities=BOTH)


async def release_of(desk: Desk) -> Release:
    found = await releasing.released(desk.house.world, 5)
    assert found is not None
    return found


def rows(page: str) -> dict[str, list[str]]:
    """Every row of the page's tables, by its name."""
    return {
        unescape(name): [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in CELL.findall(cells)]
        for name, cells in ROW.findall(page)
    }


def said(value: object) -> str:
    return words().say(value, "nb") if isinstance(value, Text) else str(value)


@pytest.mark.parametrize("place", [*BOTH, ALL])
async def test_every_number_on_the_page_agrees_with_the_database(desk: Desk, place: str) -> None:
    browser = await county(desk)
    page = (await browser.get(f"{HERE}?kommune={place}&bydel=ostbyen")).text
    found, labels = rows(page), Labels(desk.house.world.places)
    checked = 0
    for need in (*GRID.topics, *GRID.categories):
        cells = found.get(said(labels.need(need)), [])
        keys = [Key(YEAR, place, need)]
        if place == "trondheim":
            keys.append(Key(YEAR, place, need, "district", "ostbyen"))
        if place == ALL:
            keys += [Key(YEAR, each, need) for each in BOTH]
        if need in GRID.categories:
            keys += [Key(YEAR, place, need, counted=counted) for counted in ("first", "without_floods")]
        assert len(cells) in (0, len(keys)), need
        async with reading(desk.house.world.engine) as db:
            for key, cell in zip(keys, cells, strict=bool(cells)):
                expected = await in_sql(db, key, JULY, NEW_YEAR, DISTRICTS)
                assert cell == "skjult" or int(cell) == expected >= 5, key
                checked += cell != "skjult"
    assert checked >= 5
    async with reading(desk.house.world.engine) as db:
        everybody = await in_sql(db, Key(YEAR, place), JULY, NEW_YEAR, DISTRICTS)
    assert f"<strong>{everybody}</strong>" in page.replace("\n", "")


async def test_who_counts_sees_their_own_municipality_alone(desk: Desk) -> None:
    await county(desk)
    analyst = await desk.worker("ada", "analyst", municipalities=["froya"])
    page = (await analyst.get(f"{HERE}?kommune=trondheim")).text
    assert "Tall: Frøya kommune" in page
    assert "Trondheim" not in page
    taken = (await analyst.get(f"{HERE}/fil?kommune=&som=.csv")).text
    assert {row["municipality"] for row in csv.DictReader(io.StringIO(taken))} == {"froya"}
    elsewhere = await desk.worker("eli", "analyst", municipalities=["nowhere"])
    page = (await elsewhere.get(HERE)).text
    assert "Her kommer tallene" in page
    assert "Vi teller en gang i timen." in page
    assert (await elsewhere.get(f"{HERE}/fil?som=.csv")).headers["location"] == HERE


async def test_before_anybody_has_told_anything_the_page_says_so(desk: Desk) -> None:
    browser = await desk.worker("kari", "coordinator")
    assert "når minst 5 personer" in (await browser.get(HERE)).text


async def test_what_is_seen_can_be_taken_along_in_every_format(desk: Desk) -> None:
    browser = await county(desk)
    whole = await release_of(desk)
    starts = {".csv": b"half_year,", ".xlsx": b"PK", ".json": b"{", ".html": b"<!doctype", ".pdf": b"%PDF"}
    for ending in KINDS:
        answer = await browser.get(f"{HERE}/fil?kommune=trondheim&som={ending}")
        assert answer.content.startswith(starts[ending]), ending
        assert f"lytt-trondheim-{YEAR}{ending}" in answer.headers["content-disposition"]
    taken = (await browser.get(f"{HERE}/fil?kommune=trondheim&som=.csv")).text
    told = {
        (row["need"], row["split"], row["part"], row["counted"]): row["people"]
        for row in csv.DictReader(io.StringIO(taken))
    }
    ours = [each for each in whole.figures if each.key.place == "trondheim"]
    assert len(told) == len(ours)
    for figure in ours:
        people = "" if figure.people is None else str(figure.people)
        assert told[figure.key.need, figure.key.split, figure.key.part, figure.key.counted] == people
    assert (await browser.get(f"{HERE}/fil?som=.exe")).headers["location"] == HERE


async def test_where_few_live_the_topics_tell_what_the_wishes_may_not(desk: Desk) -> None:
    small = municipality(0, "froya")
    await tell(desk.house.world, crowd(small, 40, seed=2))
    await release_of(desk)
    browser = await desk.worker("kari", "coordinator", municipalities=["froya"])
    page = (await browser.get(HERE)).text
    assert "<strong>40</strong>" in page
    assert re.search(r"Temaet «[^»]+»: \d+ personer", page)
    assert "typer ønsker er skjult, for få har svart" in page
    assert "Bydel" not in page


def test_a_district_is_named_only_for_more_than_chance() -> None:
    grid = municipality(2, "trondheim")
    there = Key(YEAR, "trondheim", split="district")
    shown = {Key(YEAR, "trondheim"): 400, Key(YEAR, "trondheim", "food"): 40}
    for district, people, food in (("d0", 100, 25), ("d1", 100, 13)):
        shown[there._replace(part=district)] = people
        shown[there._replace(part=district, need="food")] = food
    facts = " ".join(map(said, overview(release(grid, shown), Labels({}), "trondheim", YEAR).facts()))
    assert "I d0 ber 25 av 100 om «Mat», mot 10 av 100 i hele kommunen." in facts
    assert "I d1" not in facts


def test_what_was_told_outside_the_list_stands_by_itself_where_it_is_shown() -> None:
    food = CATEGORIES["food"]
    added = [replace(food, key="ice"), replace(food, key="few")]
    grid = replace(municipality(0, "froya"), loose=("other", "ice", "few"))
    shown = {Key(YEAR, "froya"): 60, Key(YEAR, "froya", "other"): 9, Key(YEAR, "froya", "ice"): 12}
    labels = Labels({}, added)
    seen = overview(release(grid, shown), labels, "froya", YEAR)
    assert [(said(line.name), line.people) for line in seen.outside()] == [("Mat", 12), ("Noe annet", 9)]
    told = [each for each in blocks(release(grid, shown), labels) if isinstance(each, Table)]
    assert [table.rows for table in told if "egne ord" in said(table.about)] == [
        tuple((line.name, line.people) for line in seen.outside())
    ]


def test_two_half_years_stand_side_by_side() -> None:
    earlier, grid = "2026-1", municipality(0, "froya")
    both = replace(grid, half_years=(earlier, YEAR))
    shown = {
        Key(year, "froya", need): people
        for year, need, people in (
            (earlier, "", 50),
            (YEAR, "", 60),
            (earlier, "food", 10),
            (YEAR, "food", 22),
        )
    }
    seen = overview(release(both, shown), Labels({}), "froya", YEAR, earlier)
    assert [(line.people, line.before) for line in seen.needs] == [(22, 10)]
    assert "«Mat» har økt mest, fra 10 til 22 personer." in [said(fact) for fact in seen.facts()]
    assert [line.people for line in seen.trend()] == [50, 60]
    past = overview(release(both, shown), Labels({}), "froya", earlier)
    assert [line.people for line in past.needs] == [10]
    assert past.release.grid.half_years == (earlier,)


def release(grid: Grid, shown: dict[Key, int]) -> Release:
    """A release that shows these numbers and no others."""
    figures = tuple(Figure(key, shown.get(key)) for key in grid.every_key())
    return Release(1, date(2026, 11, 23), 5, grid, figures)


def test_a_cut_release_holds_nothing_of_other_places() -> None:
    whole = release(GRID, {Key(YEAR, "froya"): 50, Key(YEAR, "trondheim"): 60, Key(YEAR, ALL): 110})
    seen = whole.seen("froya", YEAR)
    assert {figure.key.place for figure in seen.figures} == {"froya"}
    assert seen.grid.places == (Place("froya"),)
    assert whole.seen(ALL, YEAR) == whole
