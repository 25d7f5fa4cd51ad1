"""The page where everybody reads what people have said: published counts alone, where it is turned on."""

import re

import httpx

from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.house import House
from tests.summaries.people import YEAR, crowd

HERE = "/dette-har-folk-sagt"
DRAWN = re.compile(r"</svg>\s*<span>(\d+)</span>")


async def test_every_number_is_one_that_was_released(client: httpx.AsyncClient, house: House) -> None:
    release = await publish(house.world, GRID, crowd(GRID, 300, seed=2))
    ours = [each for each in release.figures if each.key[:2] == (YEAR, "trondheim") and not each.key.split]
    shown = sorted(
        each.people for each in ours if each.people and each.key.need and each.key.counted == "people"
    )
    page = (await client.get(HERE)).text
    assert sorted(map(int, DRAWN.findall(page))) == shown
    assert "<script" not in page.split("</head>")[1]


async def test_it_says_so_in_every_language_before_there_are_numbers(client: httpx.AsyncClient) -> None:
    for language, words in {
        "nb": "når flere har svart",
        "nn": "når fleire har svart",
        "en": "more people",
    }.items():
        assert words in (await client.get(f"{HERE}?lang={language}")).text


async def test_it_is_not_there_where_the_municipality_has_not_turned_it_on(client: httpx.AsyncClient) -> None:
    for key in ("froya", "nowhere"):
        assert (await client.get(f"{HERE}?k={key}")).status_code == 404
