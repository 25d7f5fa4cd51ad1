"""A summary says the same in every format, agrees with the database, and holds no small group."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete

from bot.clock import WEEK_MS
from bot.exports import CannotExport, export, report, summaries
from bot.exports.labels import Labels
from bot.exports.summaries import Paper
from bot.i18n import Words
from bot.intake import World
from bot.municipalities.outside import Outside
from bot.operations import releasing
from bot.operations.handing_out import TELL_EVERY, Wish, needs_file
from bot.store import categories, publishing
from bot.store.categories import Added
from bot.store.engine import open_engine, reading
from bot.store.tables.people import conversations
from bot.summaries import Grid, Key, Place, Release
from bot.summaries.figures import AGE_BANDS
from dialogs.needs import District
from dialogs.text import Told
from tests.exports.rows import TEXTS, each
from tests.exports.test_naughty import MANY, NAUGHTY
from tests.exports.told import in_sql, tell
from tests.house import ROOT, Series, world_on
from tests.summaries.people import TOPIC_OF, YEAR, crowd

FEWEST = 5
JULY = 1_782_856_800_000  # 2026-07-01 00:00 in Norway
NEW_YEAR = 1_798_758_000_000  # 2027-01-01 00:00 in Norway
ODF = {
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
}
SCHEMA = ROOT / "bot" / "exports" / "summary.schema.json"
DISTRICTS = ("midtbyen", "ostbyen", "lerkendal", "heimdal")
GRID = Grid((YEAR,), (Place("froya"), Place("trondheim", DISTRICTS)), TOPIC_OF, ("other",))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A town and a small place, with what people there have told."""
    series = Series()
    engine = open_engine(database_url)
    yield world_on(engine, series)
    await engine.dispose()


def later(world: World, milliseconds: int) -> World:
    """The same world at a later time."""
    at = world.now() + milliseconds
    return world_on(world.engine, Series(at))


async def release_of(world: World) -> Release:
    found = await releasing.released(world, FEWEST)
    assert found is not None
    return found


async def labels_of(world: World) -> Labels:
    async with reading(world.engine) as db:
        return await releasing.labels(db, world.places)


def paper(release: Release, world: World, language: str = "nb") -> Paper:
    return Paper(release, Labels(world.places), Words(ROOT / "locales", ("dialogs", "reports")), language)


async def test_every_number_agrees_with_the_database(world: World) -> None:
    await tell(world, crowd(GRID, 700, seed=1))
    release = await release_of(world)
    shown = [figure for figure in release.figures if figure.people is not None]
    assert len(shown) > 500
    async with reading(world.engine) as db:
        for figure in shown:
            assert figure.people == await in_sql(db, figure.key, JULY, NEW_YEAR, DISTRICTS), figure


async def test_every_format_shows_the_same_numbers(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 300, seed=2))
    release = await release_of(world)
    for ending in summaries.FORMATS:
        summaries.write(tmp_path / f"summary{ending}", paper(release, world))
    expected = {figure.key: figure.people for figure in release.figures}
    assert from_csv(tmp_path / "summary.csv") == expected
    assert from_json(tmp_path / "summary.json") == expected
    assert from_sheets(tmp_path / "summary.xlsx") == expected
    told = set(map(str, expected.values()))
    page = re.sub(r"<[^>]+>", " ", (tmp_path / "summary.html").read_text("utf-8"))
    for number in re.findall(r"(?<![\w.,-])\d+(?![\w.,-])", body(page)):
        assert number in told, f"{number} is in the page alone"
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "summary.pdf").pages)
    assert all(label in text for label in ("Hva folk har bedt om", "Det flest ber om", "Trondheim kommune"))


def body(page: str) -> str:
    """What a page says of people: not its style, its dates and ages, and how to read it."""
    page = page[page.index("}}") :].split("Slik leser du tallene")[0]
    return re.sub(r"Et tall på under \d+|\d+\. halvår \d+|\d+–\d+ år|Under 25 år|25 år eller mer", "", page)


def from_csv(path: Path) -> dict[Key, int | None]:
    with path.open(encoding="utf-8", newline="") as file:
        return {key_of(row): int(row["people"]) if row["people"] else None for row in csv.DictReader(file)}


def from_json(path: Path) -> dict[Key, int | None]:
    held = json.loads(path.read_text("utf-8"))
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(held)
    return {key_of(row): row["people"] for row in held["figures"]}


def from_sheets(path: Path) -> dict[Key, int | None]:
    rows = load_workbook(path)["Tall"].iter_rows(values_only=True)
    names = [str(name) for name in next(rows)]
    held = (dict(zip(names, row, strict=True)) for row in rows)
    return {key_of({name: cell or "" for name, cell in row.items()}): row["people"] for row in held}


def key_of(row: dict[str, object]) -> Key:
    names = ("half_year", "municipality", "need", "split", "part", "counted")
    return Key(*(str(row[name]) for name in names))


async def test_no_more_than_one_release_a_week(world: World) -> None:
    people = crowd(GRID, 300, seed=3)
    await tell(world, people)
    first = await release_of(world)
    await tell(later(world, WEEK_MS - 1), crowd(GRID, 50, seed=4), first=1000, days=6)
    assert await release_of(later(world, WEEK_MS - 1)) == first
    assert (await release_of(later(world, WEEK_MS))).number == 2


async def test_a_release_waits_until_enough_people_have_told_more(world: World) -> None:
    await tell(world, crowd(GRID, 300, seed=3))
    first = await release_of(world)
    after = later(world, WEEK_MS)
    await tell(after, crowd(GRID, FEWEST - 1, seed=4), first=1000, days=6)
    assert await release_of(after) == first


async def test_who_erases_what_they_told_is_not_given_away(world: World) -> None:
    await tell(world, crowd(GRID, 300, seed=5, floods=0))
    first = await release_of(world)
    async with world.engine.begin() as db:
        await db.execute(delete(conversations).where(conversations.c.id == f"{7:032x}"))
    assert await release_of(later(world, 2 * WEEK_MS)) == first


async def test_a_half_year_that_is_closed_never_changes(world: World) -> None:
    await tell(world, crowd(GRID, 300, seed=6))
    new_year = later(world, NEW_YEAR - world.now() + 21 * 24 * 3_600_000)
    await release_of(world)
    await tell(new_year, crowd(GRID, 30, seed=7), first=1000)
    closed = await release_of(new_year)
    async with world.engine.begin() as db:
        await db.execute(delete(conversations).where(conversations.c.id < f"{200:032x}"))
    spring = later(new_year, 2 * WEEK_MS)
    await tell(spring, crowd(GRID, 100, seed=8), first=2000, days=13)
    after = await release_of(spring)
    assert after.grid.half_years == (YEAR, "2027-1")
    old = [
        figure for figure in closed.figures if figure.key.half_year == YEAR and figure.key.counted != "unsent"
    ]
    assert [after.figure(figure.key) for figure in old] == old


DOGS = Added(
    key="dogs",
    topic="friends_and_leisure",
    audience="both",
    names=Told("Noe med hunder", "Noko med hundar", "Something with dogs"),
    about=Told("Å lufte en hund.", "Å lufte ein hund.", "Walking a dog."),
    words=("hundepark",),
    municipalities=("trondheim",),
    added_by="kari",
    added_at=1,
)
WITH_DOGS = replace(GRID, topics={**TOPIC_OF, DOGS.topic: (*TOPIC_OF[DOGS.topic], DOGS.key)})


async def test_an_added_category_is_counted_named_and_kept_when_it_is_retired(
    world: World, tmp_path: Path
) -> None:
    await tell(world, crowd(GRID, 300, seed=3))
    before = await release_of(world)
    assert Key(YEAR, "trondheim", "dogs") not in {figure.key for figure in before.figures}
    after = later(world, WEEK_MS)
    async with world.engine.begin() as db:
        await categories.add(db, DOGS)
        await categories.retire(db, "dogs", ["trondheim"], 2)
    await tell(after, crowd(WITH_DOGS, 300, seed=4), first=1000, days=6)
    release = await release_of(after)
    asked = [figure for figure in release.figures if figure.key.need == "dogs"]
    assert [figure for figure in asked if figure.people is not None]
    async with reading(world.engine) as db:
        for figure in asked:
            if figure.people is not None:
                assert figure.people == await in_sql(db, figure.key, JULY, NEW_YEAR, DISTRICTS)
    labels = await labels_of(after)
    words = Words(ROOT / "locales", ("dialogs", "reports"))
    for language, name in (("nb", "Noe med hunder"), ("en", "Something with dogs")):
        for ending in (".csv", ".html"):
            path = tmp_path / f"{language}{ending}"
            summaries.write(path, Paper(release, labels, words, language))
            assert name in path.read_text("utf-8")
    await needs_file(after, Wish(tmp_path / "needs.csv"), production=False)
    assert "dogs,Noe med hunder" in (tmp_path / "needs.csv").read_text("utf-8")


async def test_it_is_known_that_nobody_had_asked_for_what_was_not_there(world: World) -> None:
    await tell(world, crowd(GRID, 300, seed=3))
    await release_of(world)
    async with reading(world.engine) as db:
        (earlier,) = await publishing.renewed(db, WITH_DOGS)
    assert {people for key, people in earlier.items() if key.need == "dogs"} == {0}
    assert all(people >= FEWEST for key, people in earlier.items() if key.need != "dogs")


async def test_a_need_is_unmet_until_a_service_or_money_meets_it(world: World) -> None:
    await tell(world, crowd(GRID, 300, seed=3))
    release, labels = await release_of(world), await labels_of(world)
    assert labels.funded == {}
    lacking = report.unmet(release, labels, "trondheim")
    services = world.places["trondheim"].municipality.services
    met = {need for service in services for need in service.categories}
    shown = {need for need in GRID.categories if release.people(Key(YEAR, "trondheim", need)) is not None}
    assert set(lacking) == shown - met - {"other"} != set()
    funded = replace(labels, funded={"trondheim": {lacking[0]}, "froya": {lacking[-1]}})
    assert report.unmet(release, funded, "trondheim") == lacking[1:]


async def test_who_answered_stands_beside_how_many_live_there(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 300, seed=3))
    release = await release_of(world)
    told = (Key(YEAR, "trondheim", split="age_band", part=part) for part in AGE_BANDS[:-1])
    key, people = next((key, people) for key in told if (people := release.people(key)))
    outside = (Outside(50 * people, "SSB, et eksempel", key.split, key.part),)
    place = replace(world.places["trondheim"], outside=outside)
    labels = Labels({**world.places, "trondheim": place})
    reader = report.Reader(release, labels, release.grid.places[-1])
    assert report.reach(reader, key._replace(part="unsaid")) is None
    summaries.write(tmp_path / "told.html", replace(paper(release, world), labels=labels))
    assert "2,0 % (SSB, et eksempel)" in (tmp_path / "told.html").read_text("utf-8")


async def test_fewer_people_than_the_limit_make_no_release(world: World) -> None:
    await tell(world, crowd(GRID, 4, seed=1))
    assert await releasing.released(world, FEWEST) is None


async def test_a_report_is_told_in_each_language(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 60, seed=1))
    release = await release_of(world)
    titles = {"nb": "Hva folk har bedt om", "nn": "Kva folk har bede om", "en": "What people have asked for"}
    for language, title in titles.items():
        path = tmp_path / f"{language}.html"
        summaries.write(path, paper(release, world, language))
        assert title in path.read_text("utf-8")


def named(text: str, world: World) -> World:
    """The same world, the town's first district with another name."""
    place = world.places["trondheim"]
    districts = (District(key=DISTRICTS[0], name=text), *place.municipality.districts[1:])
    told = place.municipality.model_copy(update={"districts": districts})
    return replace(world, places={**world.places, "trondheim": replace(place, municipality=told)})


async def test_libreoffice_finds_texts_numbers_days_and_charts(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 300, seed=2))
    release = await release_of(world)
    texts = [text for text in MANY if text.isprintable()]
    words = {str(number): text for number, text in enumerate(texts)}
    strange = replace(release, words={**release.words, **words})
    summaries.write(tmp_path / "summary.xlsx", paper(strange, named("=1+1", world)))
    summaries.write(tmp_path / "summary.csv", paper(release, named("=1+1", world)))
    sheets = opened(tmp_path / "summary.xlsx")
    assert len(sheets.findall(".//draw:object", ODF)) == 3 * 2, (
        "two places and both together, two charts each"
    )
    cells = list(sheets.iter(f"{{{ODF['table']}}}table-cell"))
    assert not [cell for cell in cells if cell.get(f"{{{ODF['table']}}}formula")]
    assert {cell.get(f"{{{ODF['office']}}}value-type") for cell in cells} == {None, "string", "float", "date"}
    csv_cells = list(opened(tmp_path / "summary.csv").iter(f"{{{ODF['table']}}}table-cell"))
    assert len(csv_cells) > 1000
    assert not [cell for cell in csv_cells if cell.get(f"{{{ODF['table']}}}formula")]


def opened(path: Path) -> ElementTree.Element:
    """A file as LibreOffice understands it."""
    soffice = shutil.which("soffice")
    assert soffice, "make test installs LibreOffice"
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "fods", "--outdir", path.parent, path],
        check=True,
        capture_output=True,
        timeout=100,
    )
    return ElementTree.parse(path.with_suffix(".fods")).getroot()


async def test_libreoffice_calculates_nothing_that_people_wrote(tmp_path: Path) -> None:
    await export(tmp_path / "needs.csv", TEXTS, each(MANY))
    cells = list(opened(tmp_path / "needs.csv").iter(f"{{{ODF['table']}}}table-cell"))
    assert len(cells) > len(NAUGHTY) == 515
    assert not [cell for cell in cells if cell.get(f"{{{ODF['table']}}}formula")]


async def test_an_export_of_needs_tells_how_far_it_has_come(world: World, tmp_path: Path) -> None:
    people = crowd(GRID, 900, seed=1)
    await tell(world, people)
    far: list[tuple[int, int]] = []
    count = await needs_file(
        world, Wish(tmp_path / "needs.csv"), production=False, done=lambda *each: far.append(each)
    )
    assert count == sum(len(voice.needs) for voice in people)
    assert TELL_EVERY < count < 2 * TELL_EVERY
    assert far == [(TELL_EVERY, count), (count, count)]


async def test_a_file_with_another_ending_is_refused(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 60, seed=1))
    release = await release_of(world)
    with pytest.raises(CannotExport, match=r"\.csv, \.xlsx, \.json, \.html, \.pdf"):
        summaries.write(tmp_path / "summary.doc", paper(release, world))


async def test_a_pdf_is_tagged_and_says_its_language(world: World, tmp_path: Path) -> None:
    await tell(world, crowd(GRID, 60, seed=1))
    summaries.write(tmp_path / "summary.pdf", paper(await release_of(world), world))
    root: Any = PdfReader(tmp_path / "summary.pdf").root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nb"
    assert root["/StructTreeRoot"]
    assert b"pdfuaid:part>1" in root["/Metadata"].get_data(), "PDF/UA-1"
