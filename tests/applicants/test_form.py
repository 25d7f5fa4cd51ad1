"""The application form over HTTP, without script: begin, mend, send, share, withdraw, come back."""

import re

import httpx
import pytest

from bot.clock import milliseconds
from bot.store import applications
from bot.store.applications import Kept
from bot.store.engine import reading
from tests.applicants.conftest import KEY, SHOWN_CODE, Body
from tests.applicants.filled import filled
from tests.funding.written import CALLS
from tests.house import House

RULE = re.compile(r"<small>\(([\w-]+)\)</small>")
DEADLINE = milliseconds(CALLS[KEY].deadline)


def rules(page: httpx.Response) -> set[str]:
    """The rules that a page tells reasons of."""
    return set(RULE.findall(page.text))


async def kept(house: House) -> list[Kept]:
    async with reading(house.world.engine) as db:
        return await applications.of_call(db, house.world.keys, KEY)


async def test_what_people_ask_for_stands_before_the_rules_and_the_way_in(body: Body) -> None:
    page = (await body.opens()).text
    assert page.index("Dette ber folk om") < page.index("Slik er reglene") < page.index("Begynn på en søknad")
    assert "lønn" in page
    assert CALLS[KEY].digest in page
    assert "Frist: 31.05.2021 23:59:59 (norsk tid)." in page


async def test_every_call_that_is_open_is_listed(body: Body, house: House) -> None:
    assert f"/sok/{KEY}" in (await body.client.get("/sok")).text
    house.series.at = DEADLINE + 1000
    assert f"/sok/{KEY}" not in (await body.client.get("/sok")).text


async def test_a_group_is_told_all_that_is_missing_mends_it_and_is_in(body: Body, house: House) -> None:
    await body.begins()
    page = await body.sends("/soknad", {"do": "send", "title": "Lappen", "measures.0.name": "Kjøretimer"})
    assert page.status_code == 422
    assert rules(page) >= {
        "contact",
        "partners",
        "needs",
        "unit-cost",
        "budget",
        "part-already",
        "partners-state",
    }
    assert 'value="Lappen"' in page.text
    page = await body.sends("/soknad", {"do": "send", **filled()})
    assert (page.status_code, page.url.path) == (200, f"/sok/{KEY}/kvittering")
    assert "(norsk tid)." in page.text  # on the clock the deadline is told on
    assert "UTC" not in page.text
    (application,) = await kept(house)
    assert application.counts
    assert application.sent == application.draft


async def test_nothing_is_lost_when_it_is_refused(body: Body) -> None:
    await body.begins()
    fields = filled({"title": "", "measures.0.after": "<b>Å, «ja» & nei</b>\nlinje to"})
    await body.sends("/soknad", {"do": "send", **fields})
    page = (await body.opens("/soknad")).text
    assert "&lt;b&gt;Å, «ja» &amp; nei&lt;/b&gt;\nlinje to" in page
    for value in ("uteseksjonen@example.no", "Kirkens Bymisjon", "Kjøretimer"):
        assert value in page


async def test_a_draft_is_resumed_by_its_code_in_another_browser(body: Body, partner: Body) -> None:
    code = await body.begins()
    await body.sends("/soknad", {"do": "save", **filled()})
    await partner.opens()
    page = await partner.sends("/apne", {"code": code.lower().replace("-", " ")})
    assert 'value="Veien til førerkortet"' in page.text


async def test_each_partner_confirms_and_stays_so_while_they_are_the_same(
    body: Body, partner: Body, house: House
) -> None:
    code = await body.begins()
    page = await body.sends("/soknad", {"do": "check", **filled()})
    assert rules(page) == {"confirmed-partners"}
    await partner.opens()
    await partner.sends("/apne", {"code": code})
    for place in range(3):
        await partner.sends("/soknad", {"do": f"confirm partners {place}", **filled()})
    assert [each["confirmed"] for each in (await kept(house))[0].draft["partners"]] == [True, True, True]
    await partner.sends("/soknad", {"do": "save", **filled({"partners.1.name": "NAV Lerkendal"})})
    assert [each["confirmed"] for each in (await kept(house))[0].draft["partners"]] == [True, False, True]


async def test_two_who_write_at_once_do_not_undo_each_other(body: Body, partner: Body, house: House) -> None:
    code = await body.begins()
    await partner.opens()
    await partner.sends("/apne", {"code": code})
    await partner.sends("/soknad", {"do": "save", **filled({"title": "Partnerens"})})
    page = await body.sends("/soknad", {"do": "save", **filled({"title": "Lederens"})})
    assert page.status_code == 409
    assert 'value="Lederens"' in page.text
    assert "<dd>Partnerens</dd>" in page.text
    assert (await kept(house))[0].draft["title"] == "Partnerens"
    await body.sends("/soknad", {"do": "save", **filled({"title": "Begges"})})
    assert (await kept(house))[0].draft["title"] == "Begges"


async def test_a_code_that_opens_nothing_says_so_and_can_not_be_guessed(body: Body) -> None:
    await body.opens()
    first = body.page
    page = await body.sends("/apne", {"code": "AAAA-BBBB-CCCC"})
    assert (page.status_code, "åpner ingen søknad" in page.text) == (404, True)
    for _ in range(100):
        body.page = first
        page = await body.sends("/apne", {"code": "AAAA-BBBB-CCCC"})
    assert page.status_code == 429


async def test_what_the_page_keeps_by_itself_goes_on_from_version_to_version(
    body: Body, house: House
) -> None:
    await body.begins()
    first = body.page
    answer = await body.sends("/lagre", filled({"title": "Halvferdig"}))
    assert answer.json() == {"version": 2}
    assert (await kept(house))[0].draft["title"] == "Halvferdig"
    body.page = first
    answer = await body.sends("/lagre", filled({"title": "For sent"}))
    assert (answer.status_code, answer.json()) == (409, {"version": 2})


async def test_rows_are_added_and_removed_without_losing_others(body: Body, house: House) -> None:
    await body.begins()
    page = await body.sends("/soknad", {"do": "add measures", **filled()})
    assert 'name="measures.1.name" type="text" value=""' in page.text
    second = {"measures.1.name": "Moped", "measures.1.unit_cost": "8000"}
    page = await body.sends("/soknad", {"do": "remove measures 0", **filled(), **second})
    assert [each["name"] for each in (await kept(house))[0].draft["measures"]] == ["Moped"]
    await body.sends("/soknad", {"do": "remove measures 99999", **filled()})
    assert len((await kept(house))[0].draft["measures"]) == 1


async def test_a_budget_may_come_in_a_file(body: Body, house: House) -> None:
    await body.begins()
    sheet = "\ufeffkind;what;money\r\nbought;Kjøreskole;100 000,50\r\n"
    files = {"budget_file": ("budsjett.csv", sheet.encode(), "text/csv")}
    await body.sends("/soknad", {"do": "save", **filled()}, files=files)
    lines = (await kept(house))[0].draft["budget"]
    assert [line["what"] for line in lines] == ["Kjøretimer", "Kjøreskole"]
    bad = {"budget_file": ("budsjett.csv", b"kind;what;money\nbought;=1+1;1\n", "text/csv")}
    page = await body.sends("/soknad", {"do": "save", **filled({"title": "Ny"})}, files=bad)
    assert (page.status_code, "formel" in page.text) == (422, True)
    assert (await kept(house))[0].draft["title"] == "Ny"


async def test_a_code_in_a_cookie_opens_nothing_unless_it_was_typed_first(body: Body, partner: Body) -> None:
    """Typed codes are counted; one that is set as a cookie would be a guess that nobody counts."""
    code = await body.begins()
    (name, held), *_ = body.client.cookies.items()
    for guess in (code.replace("-", ""), code, f"{code.replace('-', '')}.{'0' * 80}"):
        partner.client.cookies.set(name, guess, domain="lytt.test")
        assert (await partner.opens("/soknad")).url.path == f"/sok/{KEY}"
    partner.client.cookies.clear()
    partner.client.cookies.set(name, held, domain="lytt.test")
    assert (await partner.opens("/soknad")).url.path == f"/sok/{KEY}/soknad"


async def test_what_a_partner_changed_meanwhile_is_not_withdrawn_unseen(body: Body, partner: Body) -> None:
    code = await body.begins()
    await body.sends("/soknad", {"do": "send", **filled()})
    await body.opens("/soknad")
    await partner.opens()
    await partner.sends("/apne", {"code": code})
    await partner.sends("/soknad", {"do": "send", **filled({"title": "Ny"})})
    page = await body.sends("/trekk")
    assert page.status_code == 409
    assert "Den er ikke trukket" in page.text
    assert "Ny" in page.text
    assert "Søknaden er trukket" in (await body.sends("/trekk")).text


async def test_withdrawn_and_sent_again_until_the_deadline(body: Body, house: House) -> None:
    await body.begins()
    await body.sends("/soknad", {"do": "send", **filled()})
    await body.opens("/soknad")
    page = await body.sends("/trekk")
    assert "Søknaden er trukket" in page.text
    assert not (await kept(house))[0].counts
    await body.opens("/soknad")
    await body.sends("/soknad", {"do": "send", **filled({"title": "Ny"})})
    (application,) = await kept(house)
    assert application.counts
    assert application.sent is not None
    assert application.sent["title"] == "Ny"


async def test_after_the_deadline_nothing_is_sent_and_nothing_is_lost(body: Body, house: House) -> None:
    await body.begins()
    house.series.at = DEADLINE + 999
    await body.sends("/soknad", {"do": "send", **filled()})
    assert (await kept(house))[0].counts
    house.series.at = DEADLINE + 1000
    await body.opens("/soknad")
    page = await body.sends("/soknad", {"do": "send", **filled({"title": "For sent"})})
    assert rules(page) >= {"late"}
    (application,) = await kept(house)
    assert application.sent is not None
    assert (application.sent["title"], application.draft["title"]) == ("Veien til førerkortet", "For sent")
    page = await body.sends("/trekk")
    assert page.status_code == 409
    assert (await kept(house))[0].counts
    page = await body.sends("/lukk")
    assert "Begynn på en søknad" not in page.text
    house.series.at = DEADLINE - 1000
    assert "Begynn på en søknad" not in (await body.opens()).text


async def test_the_browser_forgets_the_code_when_it_is_told_to(body: Body) -> None:
    await body.begins()
    await body.sends("/lukk")
    assert (await body.opens("/soknad")).url.path == f"/sok/{KEY}"


@pytest.mark.parametrize("path", ["/begynn", "/apne", "/soknad", "/lagre", "/trekk", "/lukk"])
async def test_another_site_can_change_nothing(body: Body, house: House, path: str) -> None:
    await body.begins()
    before = await kept(house)
    page = body.page
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        body.page = page
        assert (await body.sends(path, filled(), headers=headers)).status_code == 403
    body.page = page
    assert (await body.sends(path, {"token": "made up", **filled()})).status_code == 403
    assert await kept(house) == before


async def test_more_than_anybody_writes_is_refused(body: Body, house: House) -> None:
    await body.begins()
    page = body.page
    assert (await body.sends("/soknad", {"title": "a" * 1_100_000})).status_code == 413
    body.page = page
    await body.sends("/soknad", {"title": "a" * 20_000})
    assert len((await kept(house))[0].draft["title"]) == 10_000


async def test_who_begins_very_many_drafts_must_wait(body: Body) -> None:
    statuses = []
    for _ in range(40):
        body.client.cookies.clear()
        await body.opens()
        statuses.append((await body.sends("/begynn")).status_code)
    assert (statuses[0], statuses[-1]) == (200, 429)


async def test_there_is_no_page_of_a_call_that_is_not_published(body: Body) -> None:
    for path in ("/sok/nothing", "/sok/nothing/soknad", "/sok/..%2fetc"):
        assert (await body.client.get(path)).status_code == 404


async def test_the_code_is_in_no_address_and_no_script_can_read_it(body: Body) -> None:
    await body.opens()
    page = await body.sends("/begynn")
    code = SHOWN_CODE.findall(page.text)[0]
    assert code.replace("-", "") not in str(page.url)
    held = page.history[0].headers["set-cookie"]
    assert "HttpOnly" in held
    assert "SameSite=strict" in held


@pytest.mark.parametrize("language", ["nn", "en"])
async def test_the_form_speaks_the_language_that_is_chosen(body: Body, language: str) -> None:
    page = await body.client.get(f"/sok/{KEY}?lang={language}")
    assert f'<html lang="{language}"' in page.text
    assert (CALLS[KEY].name.nn if language == "nn" else CALLS[KEY].name.en) in page.text
