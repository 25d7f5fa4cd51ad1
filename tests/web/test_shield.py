"""What surrounds every answer: headers, the refusal of other sites, limits, and a database that is away."""

from dataclasses import replace

import httpx
import pytest

from bot import municipalities
from bot.channels.base import Answer
from dialogs.model import Heard
from tests.house import Series, opened
from tests.web.conftest import HERE, Webs, client_of
from tests.web.test_api import begun, post
from tests.web.test_forms import fields

PLACES = municipalities.load()
TRONDHEIM = PLACES["trondheim"]
PAGES = [
    "/",
    "/k/trondheim",
    "/k/froya",
    "/chat",
    "/hjelp",
    "/personvern",
    "/tilgjengelighet",
    "/ut",
    "/ansatt/inn",
]
FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": HERE}


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/readyz", "/nowhere", "/api/chat"])
async def test_every_answer_carries_the_shield(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_every_page_stands_in_every_language_with_nothing_inline(
    client: httpx.AsyncClient, path: str, language: str
) -> None:
    page = await client.get(path, params={"lang": language})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert " on" + "click=" not in page.text


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/ut"])
async def test_every_page_leads_to_the_accessibility_statement(client: httpx.AsyncClient, path: str) -> None:
    page = (await client.get(path)).text
    assert page.count('href="/tilgjengelighet?lang=nb"') == 1


async def test_the_accessibility_statement_says_whom_to_tell_and_who_oversees(sqlite_url: str) -> None:
    trondheim = replace(TRONDHEIM, contact="mailto:post@kommune.test")
    places = {**PLACES, "trondheim": trondheim}
    async with opened(sqlite_url, Series(), places=places) as house, client_of(house, lambda: 0.0) as client:
        page = (await client.get("/tilgjengelighet")).text
    assert '<a href="mailto:post@kommune.test">post@kommune.test</a>' in page
    assert "Frøya kommune" not in page  # it has no contact in its file
    assert '<a href="https://www.uutilsynet.no/">' in page


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ("/ut", "/ansatt/inn")])
async def test_every_citizens_page_has_help_now_and_the_way_out(client: httpx.AsyncClient, path: str) -> None:
    page = (await client.get(path)).text
    assert 'href="/hjelp?lang=nb"' in page
    assert 'action="/ut"' in page


@pytest.mark.parametrize("path", ["/", "/chat", "/hjelp", "/ut"])
async def test_titles_tell_nobody_what_the_page_is_about(client: httpx.AsyncClient, path: str) -> None:
    title = (await client.get(path)).text.partition("<title>")[2].partition("</title>")[0]
    assert title in ("Lytt", "Telefonnumre – Lytt", "Et øyeblikk")


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_site_can_do_nothing(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    session = await begun(client)
    body = {"session": session, "id": "x", "say": "hei"}
    assert (await client.post("/api/chat", json=body, headers=headers)).status_code == 403
    for path in ("/chat", "/ut"):
        assert (await client.post(path, data={"say": "hei"}, headers=headers)).status_code == 403


async def test_json_must_say_that_it_is_json(client: httpx.AsyncClient) -> None:
    """A form of another site can not: a browser would have to ask first."""
    answer = await client.post(
        "/api/chat", content='{"id": "x", "say": "a"}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422


async def test_a_script_gets_a_token_and_no_cookie(client: httpx.AsyncClient) -> None:
    answer = await post(client, None, "a", command="start")
    assert answer.json()["session"]
    assert "set-cookie" not in answer.headers


async def test_our_page_gets_a_cookie_that_no_script_can_read_and_no_token(client: httpx.AsyncClient) -> None:
    client.headers.update(OWN_PAGE)
    answer = await post(client, None, "a", command="start")
    cookie = answer.headers["set-cookie"].lower()
    assert answer.json()["session"] is None
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie
    assert (await post(client, None, "b", choose=["16-17"], turn=1)).json()["question"] == "need"


async def test_over_tls_the_cookie_belongs_to_one_host(webs: Webs) -> None:
    client = await webs.client(trusted_proxies="127.0.0.0/8", public_url="https://lytt.example")
    client.headers.update(OWN_PAGE | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"})
    answer = await post(client, None, "a", command="start")
    assert answer.headers["set-cookie"].startswith("__Host-lytt=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


async def test_one_source_is_asked_to_wait_and_comes_in_again(webs: Webs) -> None:
    client = await webs.client(web_per_second=1)
    statuses = [(await post(client, None, str(i), command="start")).status_code for i in range(61)]
    assert statuses == [201] * 60 + [429]
    refused = await post(client, None, "more", command="help")
    assert int(refused.headers["retry-after"]) >= 1
    assert any("113" in each["text"] for each in refused.json()["messages"])  # help is never held back
    webs.seconds = 10.0
    assert (await post(client, None, "more", command="start")).status_code == 201


async def test_a_long_text_counts_as_many_requests_and_help_is_still_given(webs: Webs) -> None:
    """Reading takes time that all share: nobody may have a hundred thousand characters read at will."""
    client = await webs.client(web_per_second=1)
    session = await begun(client)
    assert (await post(client, session, "1", say="sykkel " * 10_000)).status_code == 201
    refused = await post(client, session, "2", say="jeg vil dø " * 9_000)
    assert (refused.status_code, int(refused.headers["retry-after"])) == (429, 13)
    assert any("113" in each["text"] for each in refused.json()["messages"])
    webs.seconds = 13.0
    assert (await post(client, session, "2", say="jeg vil dø " * 9_000)).status_code == 201


async def test_a_school_class_behind_one_address_gets_through(webs: Webs) -> None:
    client = await webs.client()
    for pupil in range(30):
        session = await begun(client, f"pupil {pupil}")
        for step in range(3):
            assert (await post(client, session, str(step), command="help")).status_code == 201


async def test_only_a_trusted_proxy_can_say_who_asks(webs: Webs) -> None:
    client = await webs.client(web_starts_per_minute=6)
    statuses = []
    for i in range(61):
        client.headers["X-Forwarded-For"] = f"192.0.2.{i}"
        statuses.append((await post(client, None, str(i), command="start")).status_code)
    assert statuses == [201] * 60 + [429]


async def test_behind_a_trusted_proxy_each_address_counts_for_itself(webs: Webs) -> None:
    client = await webs.client(web_starts_per_minute=6, trusted_proxies="127.0.0.1")
    statuses = []
    for i in range(61):
        client.headers["X-Forwarded-For"] = f"203.0.113.9, 192.0.2.{i}"
        statuses.append((await post(client, None, str(i), command="start")).status_code)
    assert statuses == [201] * 61


# --- the database is away ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/hjelp", "/personvern", "/tilgjengelighet", "/ut", "/ansatt/inn", "/healthz"]
)
async def test_pages_from_memory_stand_without_a_database(away: httpx.AsyncClient, path: str) -> None:
    assert (await away.get(path)).status_code == 200


async def test_help_has_its_numbers_without_a_database(away: httpx.AsyncClient) -> None:
    page = (await away.get("/hjelp")).text
    assert all(f"tel:{number}" in page for number in ("113", "112", "116111", "116117"))


async def test_readiness_says_that_the_database_is_away(away: httpx.AsyncClient) -> None:
    assert (await away.get("/readyz")).status_code == 503


async def test_an_answer_that_can_not_be_stored_is_refused_in_plain_words(away: httpx.AsyncClient) -> None:
    answer = await post(away, "a session", "1", say="Jeg trenger lappen")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["error"]
    assert answer.json()["messages"] == []


@pytest.mark.parametrize(
    "act", [{"command": "help"}, {"say": "Jeg vil ikke leve lenger"}, {"say": "hjelp nå"}]
)
@pytest.mark.parametrize("session", [None, "a session"])
async def test_help_is_given_though_nothing_can_be_stored(
    away: httpx.AsyncClient, session: str | None, act: dict[str, str]
) -> None:
    answer = await post(away, session, "1", **act)
    assert answer.status_code == 503
    assert any("113" in each["text"] for each in answer.json()["messages"])


# --- a fault of ours --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/chat", "/chat"])
async def test_a_fault_of_ours_is_told_plainly_and_shows_nothing(
    webs: Webs, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    async def fail(_: object) -> Answer:
        raise RuntimeError("what a person wrote")

    monkeypatch.setattr(webs.house.intake, "take", fail)
    client = await webs.client()
    form = fields((await client.get("/chat")).text) | {"say": "hei"}
    asked = {"json": {"session": "x", "id": "1", "say": "hei"}} if path == "/api/chat" else {"data": form}
    answer = await client.post(path, **asked)  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert "wrote" not in answer.text
    assert "finnes ikke" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_what_had_to_be_given_up_is_never_called_stored(sqlite_url: str) -> None:
    def fail(text: str, language: str | None) -> Heard:
        raise RuntimeError(text)

    async with opened(sqlite_url, Series(), read=fail) as house, client_of(house, lambda: 0.0) as client:
        session = await begun(client)
        answers = [await post(client, session, "spoils", say="hei") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json()["messages"] == answers[1].json()["messages"]
    assert "på nytt" in answers[0].json()["messages"][0]["text"]
