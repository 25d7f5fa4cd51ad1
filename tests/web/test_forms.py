"""The chat without any script: plain forms that lead to a page with the answer."""

import html
import re

import httpx
import pytest

from bot.store import calls, voices
from bot.store.engine import reading
from tests.funding.written import FILES
from tests.house import KEYS, House
from tests.web.conftest import Webs

FORM = re.compile(r'<form[^>]*action="/chat"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


def fields(page: str, place: int = -1) -> dict[str, str]:
    """The hidden fields of one of the chat's forms."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(FORM.findall(page)[place])}


def heard(page: str) -> str:
    """What the log of a page says."""
    return page.partition('role="log"')[2].partition('id="status"')[0]


async def press(client: httpx.AsyncClient, page: str, **pressed: object) -> str:
    answer = await client.post("/chat", data={**fields(page), **pressed})
    assert answer.status_code == 303
    return (await client.get(answer.headers["location"])).text


async def test_looking_stores_nothing(client: httpx.AsyncClient, house: House) -> None:
    page = await client.get("/chat")
    assert "Hvem er du?" in page.text
    assert "set-cookie" not in page.headers
    assert house.series.made < 20


async def test_a_walk_with_forms_alone_ends_with_a_receipt(client: httpx.AsyncClient, house: House) -> None:
    page = (await client.get("/k/trondheim")).text
    page = await press(client, page, choose="16-17")
    page = await press(client, page, say="Jeg får ikke jobb uten lappen.")
    assert "Jeg får ikke jobb uten lappen." in heard(page)
    for choice in ("driving_licence", "none", "send"):
        page = await press(client, page, choose=choice)
    assert "data-receipt=" in page
    assert len(await house.sent()) == 1


async def test_a_workers_link_marks_the_person_as_met(client: httpx.AsyncClient, house: House) -> None:
    code = await house.make_code("attested")
    page = (await client.get("/k/trondheim", params={"kode": code})).text
    for choice in ("16-17", "work_and_way", "driving_licence", "none", "send"):
        page = await press(client, page, choose=choice)
    assert [need.attested for need in await house.sent()] == [True]


async def test_a_double_press_counts_once(client: httpx.AsyncClient) -> None:
    page = (await client.get("/chat")).text
    body = {**fields(page), "choose": "16-17"}
    for _ in range(2):
        assert (await client.post("/chat", data=body)).status_code == 303
    assert "Hva trenger du" in heard((await client.get("/chat")).text)
    assert "ferdige med" not in heard((await client.get("/chat")).text)


async def test_several_choices_are_ticked_and_sent_together(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, choose="25+")
    assert page.count('type="checkbox"') == 5 + 1  # one more in the template for the script
    page = await press(client, page, choose=["0-1", "2-5"])
    assert "Hva trenger du" in heard(page)


async def test_nothing_ticked_is_asked_again_kindly(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, choose="25+")
    assert "Velg hvor gamle barna er" in heard(await press(client, page, done="yes"))


async def test_reload_keeps_the_place(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, choose="16-17")
    assert heard((await client.get("/chat")).text) == heard(page)
    assert "Hva trenger du" in heard((await client.get("/")).text)


async def test_a_letter_that_comes_while_a_page_is_open_is_on_the_page_after_it(
    client: httpx.AsyncClient, house: House
) -> None:
    page = (await client.get("/chat")).text
    for choice in ("16-17", "work_and_way", "driving_licence", "none", "send"):
        page = await press(client, page, choose=choice)
    await house.write("Vil du møte oss?")
    answered = heard(await press(client, page, choose="adult"))
    assert "Vil du møte oss?" in answered
    assert "ferdige med" in answered
    assert "Vil du møte oss?" not in heard((await client.get("/chat")).text)  # it was there once


async def test_the_place_is_kept_when_the_messages_have_been_forgotten(webs: Webs) -> None:
    client = await webs.client()
    await press(client, (await client.get("/chat")).text, choose="16-17")
    async with webs.house.world.engine.begin() as db:
        await db.exec_driver_sql("DELETE FROM outbox")
    assert "Hva trenger du" in heard((await client.get("/chat")).text)


async def test_the_language_is_changed_by_a_button_and_the_answers_stay(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, choose="16-17")
    page = await press(client, page, language="en")
    assert '<html lang="en">' in page
    assert "What do you need" in heard(page)


async def test_skip_back_and_the_menu_are_commands(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, command="skip")
    page = await press(client, page, command="back")
    assert "Hvem er du?" in heard(page)
    page = await press(client, page, command="mine")
    assert "ikke sagt hva du trenger" in heard(page)


async def test_the_youngest_see_the_receipt_once_and_then_the_page_starts_anew(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/chat")).text
    for choice in ("12-14", "work_and_way", "driving_licence", "none", "send"):
        page = await press(client, page, choose=choice)
    assert "data-receipt=" in page
    assert "Begynn på nytt" in page
    again = (await client.get("/chat")).text
    assert "Hvem er du?" in heard(again)
    assert "data-receipt=" not in again


async def answered(client: httpx.AsyncClient, who: str) -> str:
    """A whole walk with forms alone; the page with the receipt."""
    page = (await client.get("/chat")).text
    for choice in (who, "work_and_way", "driving_licence", "none", "send"):
        page = await press(client, page, choose=choice)
    return page


async def voices_of(house: House) -> int:
    async with reading(house.world.engine) as db:
        return (await voices.counted(db, ["trondheim"], attested=False)).total()


@pytest.fixture
async def call(house: House) -> None:
    async with house.world.engine.begin() as db:
        await calls.add(db, KEYS, FILES["trondheim-2021"], "seed", house.series.now())


@pytest.mark.usefixtures("call")
async def test_the_youngest_count_once_in_a_browser_that_only_knows_that_somebody_answered(
    client: httpx.AsyncClient, webs: Webs, house: House
) -> None:
    elsewhere = await webs.client()
    for each in (client, elsewhere, client):
        assert "data-receipt=" in await answered(each, "12-14")
    assert len(await house.sent()) == 3
    assert await voices_of(house) == 2
    await client.get("/chat")
    assert list(client.cookies) == ["lytt-m"]
    await elsewhere.get("/chat")
    assert client.cookies == elsewhere.cookies, "it says the same of everybody"


@pytest.mark.usefixtures("call")
async def test_leaving_forgets_that_somebody_answered(client: httpx.AsyncClient, house: House) -> None:
    for _ in range(2):
        await answered(client, "12-14")
        await client.post("/ut")
        assert list(client.cookies) == []
    assert await voices_of(house) == 2


@pytest.mark.usefixtures("call")
async def test_whom_a_tie_finds_again_has_no_other_mark(client: httpx.AsyncClient) -> None:
    await answered(client, "16-17")
    assert list(client.cookies) == ["lytt"]


async def test_a_form_of_an_ended_session_begins_a_new_one_with_its_words(client: httpx.AsyncClient) -> None:
    form = {**fields((await client.get("/chat")).text), "say": "Jeg trenger lappen"}
    client.cookies.set("lytt", "a session that has ended", domain="lytt.test")
    assert (await client.post("/chat", data=form)).status_code == 303
    assert "Hvem er du?" in heard((await client.get("/chat")).text)
    page = await press(client, (await client.get("/chat")).text, choose="16-17")
    assert "Førerkort (lappen)" in heard(page)


async def test_a_form_without_its_token_does_nothing_and_keeps_the_words(client: httpx.AsyncClient) -> None:
    form = {**fields((await client.get("/chat")).text), "say": "Jeg trenger lappen", "token": "false"}
    answer = await client.post("/chat", data=form)
    assert answer.status_code == 403
    assert ">Jeg trenger lappen</textarea>" in answer.text
    assert "Hvem er du?" in heard(answer.text)


async def test_a_form_that_can_not_be_stored_keeps_the_words(away: httpx.AsyncClient) -> None:
    form = {**fields((await away.get("/chat")).text), "say": "Jeg trenger lappen"}
    answer = await away.post("/chat", data=form)
    assert answer.status_code == 503
    assert ">Jeg trenger lappen</textarea>" in answer.text
    assert "lagret" not in answer.text.lower().partition('id="status"')[2].partition("</p>")[0]


async def test_grave_words_are_answered_with_help_though_nothing_is_stored(away: httpx.AsyncClient) -> None:
    form = {**fields((await away.get("/chat")).text), "say": "Jeg vil ikke leve lenger"}
    assert "tel:113" in heard((await away.post("/chat", data=form)).text)


async def test_leaving_forgets_the_session_and_leads_outside(client: httpx.AsyncClient) -> None:
    await press(client, (await client.get("/chat")).text, choose="16-17")
    answer = await client.post("/ut")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"]
    assert 'lytt=""' in answer.headers["set-cookie"]
    assert "https://www.yr.no/" in (await client.get("/ut")).text
    assert "Hvem er du?" in heard((await client.get("/chat")).text)


async def test_what_a_person_writes_is_shown_as_text(client: httpx.AsyncClient) -> None:
    page = await press(client, (await client.get("/chat")).text, choose="16-17")
    page = await press(client, page, say="<script>alert(1)</script> lappen")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_an_unknown_place_or_page_says_so_plainly(client: httpx.AsyncClient) -> None:
    for path in ("/k/nowhere", "/nowhere", "/static/nothing.js"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("body", ["a=" + "x" * 2_000_000, "&".join(f"f{i}=1" for i in range(500))])
async def test_a_form_larger_than_anybody_fills_in_is_refused(client: httpx.AsyncClient, body: str) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/chat", content=body, headers=kind)).status_code == 413
