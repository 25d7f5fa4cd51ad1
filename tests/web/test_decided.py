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
    assert "150 000 kr. Antall plasser: 6." in said
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


async def test_what_is_left_and_the_limit_that_is_meant_are_told(house: House) -> None:
    one = FILES[KEY].replace("groups = 8", "groups = 1").replace("cap = 500_000 ", "cap = 50_000 ")
    await filled(house, one, people=12)
    await decide(house)
    said = words(await page(house))
    assert "Brukt: 50 000 kr. 15 950 000 kr blir igjen." in said
    assert "Bare én søker får penger." in said
    assert "Grensen er 50 000 kr." in said
    assert "Regelen stopper her." not in said


async def test_what_people_kept_back_is_told_as_theirs_and_not_as_the_rules(house: House) -> None:
    await filled(house)
    await decide(house, units={})
    said = words(await page(house))
    left = said.partition("Å dele ut")[2].partition("Ingenting fikk penger")[0]
    assert "Kommunen ga mindre enn regelen foreslo." in left
    assert "Regelen stopper her." not in left


async def test_what_too_few_wait_for_is_not_told_as_met_beside_that_more_wait(house: House) -> None:
    """Six wait for a unit of 25 places: they have no place, and are too few for it."""
    await filled(house, more={"measures.0.places": 25})
    await decide(house)
    answer = told(await page(house, "driving_licence"))
    assert "Flere venter fortsatt på dette." in answer
    assert "For få av dem hjelpen er for, mangler plass. Skal det få penger, må flere be om det." in answer
    assert "har fått plass" not in answer


async def test_who_complains_finds_where_to_write(sqlite_url: str) -> None:
    with_contact = replace(TRONDHEIM, contact="mailto:klage@example.no")
    async with opened(sqlite_url, Series(OPEN), places={"trondheim": with_contact}) as house:
        await filled(house)
        await decide(house)
        assert '<a href="mailto:klage@example.no">klage@example.no</a>' in (await page(house)).text


def files_of(answer: httpx.Response) -> dict[str, str]:
    """The addresses of what may be taken along, by name."""
    links = re.findall(rf'href="({PAGE}/[^"]+)" download', answer.text)
    return {link.rpartition("/")[2].partition("?")[0]: link for link in links}


async def test_whoever_mistrusts_it_may_take_the_account_along(house: House) -> None:
    waiting = FILES[KEY].replace("cap = 500_000 ", "cap = 25_000 ").replace("groups = 8", "groups = 1")
    await filled(house, waiting, people=12, more={"budget.0.money": 25_000, "measures.0.most": 1})
    made = await decide(house)
    assert made.body["shown"]["unmet"]
    for language, name in {"nb": "", "nn": ".nn", "en": ".en"}.items():
        files = files_of(await page(house, language=language))
        assert sorted(files) == ["allocation.csv", "allocation.json", f"explanation{name}.html"]
        async with client_of(house, lambda: 0.0) as client:
            got = {each: await client.get(link) for each, link in files.items()}
        assert all("immutable" in each.headers["cache-control"] for each in got.values())
        assert all("attachment" in each.headers["content-disposition"] for each in got.values())
        assert all("set-cookie" not in each.headers for each in got.values())
        held = got["allocation.json"].json()
        shown = held["accounts"]["decided"]
        assert (held["decision"], shown["spent"]) == (made.digest, 2_500_000)
        assert shown == made.body["shown"] | {"left_caps": shown["left_caps"]}
        assert "25000.00" in got["allocation.csv"].text
        assert re.search("25[,\N{NO-BREAK SPACE}]000", got[f"explanation{name}.html"].text)
        assert made.digest in got[f"explanation{name}.html"].text
        assert "Told(" not in got[f"explanation{name}.html"].text
        assert "Text(" not in got[f"explanation{name}.html"].text
    assert (
        "<h1>Hvem får pengene? Utlysning av midler"
        in (await page(house, path=f"{PAGE}/explanation.html")).text
    )
    async with client_of(house, lambda: 0.0) as client:
        for none in ("snapshot.json", "explanation.pdf", "explanation.nb.html"):
            assert (await client.get(f"{PAGE}/{none}")).status_code == 404


async def test_a_decision_that_was_changed_has_no_explanation_of_the_rule(house: House) -> None:
    await filled(house)
    await decide(house, units={})
    assert sorted(files_of(await page(house))) == ["allocation.csv", "allocation.json"]
    assert (await page(house, path=f"{PAGE}/explanation.html")).status_code == 404


async def test_no_file_shows_what_few_asked_for_or_that_the_rule_had_given_it(house: House) -> None:
    await filled(house, people=3)
    await decide(house, units={})
    files = files_of(await page(house))
    assert sorted(files) == ["allocation.csv", "allocation.json"]  # as where nothing was changed
    async with client_of(house, lambda: 0.0) as client:
        held = (await client.get(files["allocation.json"])).json()["accounts"]["decided"]
    assert (held["few_asked"], held["less"], held["unmet"]) == (True, [], [])
    assert "rule" not in held["left_caps"]


async def test_there_is_no_file_before_the_decision_is_final(house: House) -> None:
    await filled(house, TWO)
    await decide(house)
    assert (await page(house, path=f"{PAGE}/allocation.json")).status_code == 404


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
    assert "Grensen for hvor mange søkere som får penger, er nådd." in said
    assert "Regelen stopper her." not in said


async def test_it_holds_no_number_that_few_people_stand_behind(house: House) -> None:
    await filled(house, people=3)
    await decide(house)
    answer = told(await page(house, "driving_licence"))
    assert "Tall her kunne sagt noe om noen få. Da viser vi dem ikke." in answer
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
