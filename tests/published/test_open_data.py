"""Everybody can fetch the released numbers of a municipality that publishes, described by DCAT-AP-NO."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot import municipalities
from bot.summaries import Release
from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.house import ROOT, Series, opened
from tests.published.town import key_of
from tests.summaries.people import crowd
from tests.web.conftest import client_of

HERE = "/apne-data/trondheim"
PLACES = municipalities.load()
KNOWN = replace(PLACES["trondheim"], organisation="942110464", contact="mailto:data@kommune.example")
RULES = ROOT.parent / "shared" / "data" / "standards" / "DCAT-AP-NO-shacl_shapes_2.00.ttl"
PREFIXES = {"dcat", "dct", "foaf", "skos", "vcard"}
ALSO = {  # recommended by the standard, and asked for by data.norge.no
    "dcat:Dataset": {"dcat:contactPoint", "dct:accessRights", "dcat:distribution"},
    "dcat:Distribution": {"dct:format"},
}


@pytest_asyncio.fixture
async def client(sqlite_url: str) -> AsyncIterator[httpx.AsyncClient]:
    places = {**PLACES, "trondheim": KNOWN}
    async with opened(sqlite_url, Series(), places=places) as house, AsyncExitStack() as running:
        yield await running.enter_async_context(client_of(house, lambda: 0.0))


@pytest_asyncio.fixture
async def told(sqlite_url: str) -> Release:
    async with opened(sqlite_url, Series()) as house:
        return await publish(house.world, GRID, crowd(GRID, 300, seed=2))


def mandatory() -> dict[str, set[str]]:
    """The properties that the standard's own shapes ask of each class."""
    found: dict[str, set[str]] = {}
    for shape in RULES.read_text("utf-8").split(" a sh:NodeShape")[1:]:
        kind = re.search(r"sh:targetClass\s+([\w:]+)", shape)
        for held in re.findall(r"\[(.*?)\]", shape, re.DOTALL) if kind else ():
            path = re.search(r"sh:path\s+([\w:]+)", held)
            if kind and path and re.search(r"sh:minCount\s+1", held):
                found.setdefault(kind[1], set()).add(path[1])
    return found


def nodes(held: Any) -> list[dict[str, Any]]:
    """Every described thing, however deep it stands."""
    if isinstance(held, list):
        return [node for each in held for node in nodes(each)]
    if not isinstance(held, dict):
        return []
    is_described = str(held.get("@type", "")).partition(":")[0] in PREFIXES
    return ([held] if is_described else []) + [node for each in held.values() for node in nodes(each)]


async def described(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(f"{HERE}/dcat.jsonld")
    assert answer.headers["content-type"].startswith("application/ld+json")
    return nodes(answer.json()["@graph"])


async def test_each_thing_has_what_the_standard_asks_for(client: httpx.AsyncClient, told: Release) -> None:
    rules, found = mandatory(), await described(client)
    assert rules["dcat:Dataset"] >= {"dct:title", "dct:publisher", "dcat:theme"}
    kinds = {each["@type"] for each in found}
    assert kinds >= {"dcat:Catalog", "dcat:Dataset", "dcat:Distribution", "foaf:Agent"}
    for each in found:
        there = {name for name, value in each.items() if value}
        assert rules.get(each["@type"], set()) | ALSO.get(each["@type"], set()) <= there
    links = {each["@id"]: each["@type"] for each in found if "@id" in each}
    (data,) = [each for each in found if each["@type"] == "dcat:Dataset"]
    assert links[data["dct:publisher"]["@id"]] == "foaf:Agent"
    assert links[data["dcat:theme"]["@id"]] == "skos:Concept"
    assert data["dct:publisher"]["@id"].endswith("/942110464")
    assert data["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:data@kommune.example"}


async def test_titles_are_told_in_each_language(client: httpx.AsyncClient, told: Release) -> None:
    for each in await described(client):
        if each["@type"] in ("dcat:Catalog", "dcat:Dataset"):
            for name in ("dct:title", "dct:description"):
                said = {text["@language"]: text["@value"] for text in each[name]}
                assert set(said) == {"nb", "nn", "en"}
                assert said["en"] != said["nb"]


async def test_the_files_hold_the_released_figures_of_the_place_alone(
    client: httpx.AsyncClient, told: Release
) -> None:
    ours = {each.key: each.people for each in told.figures if each.key.place == "trondheim"}
    (data,) = [each for each in await described(client) if each["@type"] == "dcat:Dataset"]
    sent = [await client.get(each["dcat:accessURL"]["@id"]) for each in data["dcat:distribution"]]
    rows = list(csv.DictReader(io.StringIO(sent[0].text)))
    assert {key_of(row): int(row["people"]) if row["people"] else None for row in rows} == ours
    assert {key_of(each): each["people"] for each in json.loads(sent[1].text)["figures"]} == ours


@pytest.mark.parametrize("path", ["dcat.jsonld", "tall.csv", "tall.json"])
async def test_where_nothing_is_published_there_is_nothing(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{HERE}/{path}")).status_code == 404


@pytest.mark.parametrize(
    "path", ["froya/tall.csv", "froya/dcat.jsonld", "nowhere/tall.json", "trondheim/tall.x"]
)
async def test_a_municipality_that_has_not_turned_it_on_has_no_data(
    client: httpx.AsyncClient, told: Release, path: str
) -> None:
    assert (await client.get(f"/apne-data/{path}")).status_code == 404
