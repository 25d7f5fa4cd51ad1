"""The data API says what was released and nothing else, to who shows a token."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.store import tokens
from bot.store.engine import reading
from bot.summaries import ALL, Key, Release
from tests.exports.test_summaries import DISTRICTS, GRID, JULY, NEW_YEAR
from tests.exports.told import in_sql, publish
from tests.house import House, Series, opened
from tests.summaries.people import YEAR, crowd
from tests.web.conftest import client_of

SUMMARIES, ALLOCATIONS = "/api/v1/summaries", "/api/v1/allocations"
TOKENS = {"town": ("trondheim",), "county": ("froya", "trondheim")}


@pytest_asyncio.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    """A town and a small place, and tokens for one and for both."""
    async with opened(sqlite_url, Series()) as house:
        async with house.world.engine.begin() as db:
            for name, municipalities in TOKENS.items():
                await tokens.add(db, name, f"token of {name}", municipalities, house.world.now())
        yield house


@pytest_asyncio.fixture
async def told(house: House) -> Release:
    """What was released of 300 people."""
    return await publish(house.world, GRID, crowd(GRID, 300, seed=2))


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with AsyncExitStack() as running:
        client = await running.enter_async_context(client_of(house, lambda: 0.0))
        client.headers["Authorization"] = "Bearer token of town"
        yield client


def key(figure: dict[str, Any]) -> Key:
    names = ("half_year", "municipality", "need", "split", "part", "counted")
    return Key(*(figure[name] for name in names))


async def every_page(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """All figures, following the pages as they lead on."""
    found: list[dict[str, Any]] = []
    next_page: str | None = path
    while next_page:
        page = (await client.get(next_page)).json()
        found += page["figures"]
        next_page = page["next"]
    assert len(found) == page["total"]
    return found


async def test_pages_and_file_hold_the_released_figures_of_the_tokens_place(
    client: httpx.AsyncClient, told: Release
) -> None:
    ours = {each.key: each.people for each in told.figures if each.key.place == "trondheim"}
    assert {key(each): each["people"] for each in await every_page(client, f"{SUMMARIES}?size=999")} == ours
    rows = csv.DictReader(io.StringIO((await client.get(f"{SUMMARIES}.csv")).text))
    assert {key(row): int(row["people"]) if row["people"] else None for row in rows} == ours


async def test_every_number_agrees_with_the_database(
    client: httpx.AsyncClient, told: Release, house: House
) -> None:
    client.headers["Authorization"] = "Bearer token of county"
    found = await every_page(client, f"{SUMMARIES}?size=1000")
    assert {each["municipality"] for each in found} == {"froya", "trondheim", ALL}
    shown = [each for each in found if each["people"] is not None and each["counted"] != "unsent"]
    assert len(shown) > 300
    async with reading(house.world.engine) as db:
        for each in shown[::7]:
            assert each["people"] == await in_sql(db, key(each), JULY, NEW_YEAR, DISTRICTS), each


async def test_figures_can_be_chosen(client: httpx.AsyncClient, told: Release) -> None:
    path = f"{SUMMARIES}?need=food&split=district&counted=people&half_year={YEAR}&municipality=trondheim"
    found = await every_page(client, f"{path}&size=2")
    assert [each["part"] for each in found] == [*DISTRICTS, "unsaid"]
    assert all(each["los"] == ["https://psi.norge.no/los/ord/sosialhjelp"] for each in found)


async def test_what_did_not_change_is_not_sent_again(client: httpx.AsyncClient, told: Release) -> None:
    for path in (SUMMARIES, f"{SUMMARIES}.csv", ALLOCATIONS):
        first = await client.get(path)
        tag = first.headers["etag"]
        again = await client.get(path, headers={"If-None-Match": f'W/"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("sent", [None, "Bearer nonsense", "Basic dG93bg==", "Bearer "])
async def test_without_a_token_nothing_is_said(
    client: httpx.AsyncClient, told: Release, sent: str | None
) -> None:
    del client.headers["Authorization"]
    headers = {"Authorization": sent} if sent else {}
    for path in (SUMMARIES, f"{SUMMARIES}.csv", ALLOCATIONS):
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 401
        assert "lytt tokens add" in answer.json()["error"]
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_that_was_disabled_opens_nothing(client: httpx.AsyncClient, house: House) -> None:
    async with house.world.engine.begin() as db:
        assert await tokens.disable(db, "town")
        assert not await tokens.disable(db, "nobody")
    assert (await client.get(ALLOCATIONS)).status_code == 401


@pytest.mark.parametrize(
    ("query", "status", "told_why"),
    [
        ("municipality=froya", 404, "The token opens no municipality of that name."),
        ("municipality=", 404, "The token opens no municipality of that name."),
        ("page=99999", 404, "There is no such page."),
        ("page=0", 422, "page: Input should be greater than or equal to 1"),
        ("size=many", 422, "size: Input should be a valid integer"),
        ("half_year=now", 422, "half_year: String should match pattern"),
    ],
)
async def test_a_refusal_says_why_in_plain_words(
    client: httpx.AsyncClient, told: Release, query: str, status: int, told_why: str
) -> None:
    answer = await client.get(f"{SUMMARIES}?{query}")
    assert answer.status_code == status
    assert told_why in answer.json()["error"]


async def test_before_the_first_release_the_api_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get(SUMMARIES)
    assert (answer.status_code, answer.json()["error"][:30]) == (404, "Nothing has been released yet:")


async def test_the_description_needs_no_token_and_no_other_site(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    held = (await client.get("/api/openapi.json")).json()
    assert set(held["paths"]) == {"/v1/summaries", "/v1/summaries.csv", "/v1/allocations"}
    page = await client.get("/api/docs")
    assert page.status_code == 200
    assert all(f"/api{path}" in page.text for path in held["paths"])
    assert "http" not in page.text.replace("http-equiv", "").lower()
    assert "<script" not in page.text
