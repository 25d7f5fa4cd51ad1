"""The page of a decision: for everybody, in plain words, from what may be published and nothing else."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from bot import municipalities
from bot.clock import moment
from bot.funding import deciding
from bot.store import categories, decisions
from bot.store.categories import Added
from dialogs.categories import CATEGORIES
from dialogs.needs import OTHER
from dialogs.text import Told
from tests.allocation.rounds import FEWEST
from tests.funding.conftest import OPEN
from tests.funding.test_deciding import KEY, TWO, competition, decide, filled
from tests.funding.written import FILES
from tests.house import House, Series, opened
from tests.web.conftest import client_of

PAGE = f"/dette-har-folk-sagt/{KEY}"
TRONDHEIM = municipalities.load()["trondheim"]
ICE = Added(
    "ice",
    "friends_and_leisure",
    "both",
    Told("Is", "Is", "Ice"),
    Told("", "", ""),
    (),
    ("trondheim",),
    "siv",
    OPEN,
)


@pytest_asyncio.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url, Series(OPEN)) as house:
        yield house


async def page(house: House, need: str = "", language: str = "nb", path: str = PAGE) -> httpx.Response:
    async with client_of(house, lambda: 0.0) as client:
        return await client.get(path, params={"behov": need, "lang": language})


def words(answer: httpx.Response) -> str:
    """What stands on a page, in one line."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def told(answer: httpx.Response) -> str:
    """What a page says of the need that was chosen."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.text.partition('id="answer"')[2].partition("</div>")[0]).split()
    )


async def test_it_says_who_decided_what_and_why_and_how_to_complain(house: House) -> None:
    await filled(house)
    made = await decide(house, reason="Flest ba om <lappen>.")
    shown = await page(house)
    assert shown.status_code == 200
    said = words(shown)
    assert "kari i Trondheim kommune bestemte dette" in said
    assert "Flest ba om &lt;lappen&gt;." in said
    assert "Veien til førerkortet" in said
    assert "150 000 kr til 6 plasser." in said
    assert "Du kan klage innen tre uker." in said
    assert made.digest in said
    assert "Loddet: seed." in said


async def test_the_full_name_is_published_and_not_the_one_that_somebody_signs_in_with(house: House) -> None:
    await filled(house)
    found = await competition(house)
    async with house.world.engine.begin() as db:
        given = (None, "kari", "Flest ba om det.", house.series.at, FEWEST, "Kari Nordmann")
        await deciding.decide(db, house.world.keys, found, *given)
    said = words(await page(house))
    assert "Kari Nordmann i Trondheim kommune bestemte dette" in said
    assert "kari" not in said


async def test_a_space_stands_between_two_sentences(house: House) -> None:
    await filled(house)
    await decide(house)
    assert re.findall(r"[a-zæøå0-9]\.[A-ZÆØÅ]", words(await page(house))) == []


async def test_each_kind_of_need_has_an_answer_in_each_language(house: House) -> None:
    await filled(house)
    await decide(house)
    async with house.world.engine.begin() as db:
        await categories.add(db, ICE)
    async with client_of(house, lambda: 0.0) as client:
        for need in (*CATEGORIES, OTHER, ICE.key):
            for language in ("nb", "nn", "en"):
                answer = await client.get(PAGE, params={"behov": need, "lang": language})
                assert told(answer), (need, language)
                assert f"behov={need}&amp;lang={language}#wish" in answer.text


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("driving_licence", "Dette får penger nå."),
        ("housing", "Ingen søkte om penger til dette."),
        (OTHER, "Du skrev noe som ikke står på listen."),
    ],
)
async def test_somebody_reads_what_came_of_their_own_need(house: House, need: str, said: str) -> None:
    await filled(house)
    await decide(house)
    assert said in told(await page(house, need))


async def test_who_got_nothing_reads_why_and_what_it_would_have_taken(house: House) -> None:
    await filled(house)
    await decide(house, units={})
    answer = told(await page(house, "driving_licence"))
    assert "De fikk nei denne gangen." in answer
    assert "Flere venter fortsatt på dette." in answer
    assert "Kommunen ga mindre enn regelen foreslo." in answer
    assert "Ingenting fikk penger denne gangen." in words(await page(house))


async def test_who_was_left_out_reads_the_reason_that_the_rule_had(house: House) -> None:
    only_one = FILES[KEY].replace("groups = 8", "groups = 1").replace("cap = 500_000 ", "cap = 50_000 ")
    await filled(house, only_one)
    made = await decide(house)
    funded = [each["funded"] for each in made.body["shown"]["measures"]]
    assert sorted(funded) == [False, True]
    said = words(await page(house)).partition("Dette fikk ikke penger")[2]
    assert "Så mange søkere som utlysningen gir rom for, var valgt før denne." in said
    assert "Regelen stopper her." not in said


async def test_it_holds_no_number_that_few_people_stand_behind(house: House) -> None:
    await filled(house, people=3)
    await decide(house)
    answer = told(await page(house, "driving_licence"))
    assert "Få har bedt om det. Da viser vi ikke tall." in answer
    assert not re.search(r"\d", answer.replace("Førerkort", ""))


async def test_what_few_asked_for_does_not_show_that_the_rule_had_given_it(house: House) -> None:
    await filled(house, people=3)
    made = await decide(house, units={})
    assert made.body["changes"]
    assert made.body["shown"]["less"] == []


async def test_there_is_no_page_before_the_decision_is_final(house: House) -> None:
    await filled(house, TWO)
    assert (await page(house)).status_code == 404
    await decide(house)
    assert (await page(house)).status_code == 404
    found = await competition(house)
    async with house.world.engine.begin() as db:
        assert await decisions.agree(db, found.held.call.key, "ola", house.series.at)
    assert "kari og ola i Trondheim kommune" in words(await page(house))


@pytest.mark.parametrize("path", [f"{PAGE}x", "/dette-har-folk-sagt/x%00"])
async def test_a_call_nobody_knows_has_no_page(house: House, path: str) -> None:
    assert (await page(house, path=path)).status_code == 404


async def test_there_is_no_page_where_the_municipality_has_none(sqlite_url: str) -> None:
    closed = replace(TRONDHEIM, public=False)
    async with opened(sqlite_url, Series(OPEN), places={"trondheim": closed}) as house:
        await filled(house)
        await decide(house)
        assert (await page(house)).status_code == 404


async def test_a_need_nobody_knows_is_not_repeated(house: House) -> None:
    await filled(house)
    await decide(house)
    answer = await page(house, "<b>x")
    assert answer.status_code == 200
    assert "&lt;b&gt;x" not in answer.text
    assert told(answer) == ""


async def test_a_page_that_is_public_needs_to_say_how_to_complain(house: House) -> None:
    without = replace(TRONDHEIM, ground=replace(TRONDHEIM.ground, appeal=None))
    now = house.world.now
    assert [each for each in municipalities.lacks(without, moment(now())) if "complain" in each]
    assert not [each for each in municipalities.lacks(TRONDHEIM, moment(now())) if "complain" in each]


async def test_reading_it_leaves_nothing(house: House) -> None:
    await filled(house)
    await decide(house)
    assert "set-cookie" not in (await page(house, "driving_licence")).headers
