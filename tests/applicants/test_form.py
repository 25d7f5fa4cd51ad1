"""The application form over HTTP, without script: begin, mend, send, share, withdraw, come back."""

import re
from typing import Any

import httpx
import pytest

from bot.applicants import form
from bot.clock import milliseconds
from bot.funding import applying
from bot.store import applications, calls
from bot.store.applications import Kept
from bot.store.engine import reading
from bot.summaries import Key
from dialogs.categories import CATEGORIES
from tests.applicants.conftest import IDS, KEY, SHOWN_CODE, Body
from tests.applicants.filled import filled
from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.funding.written import CALLS, bent
from tests.house import House
from tests.summaries.people import crowd

PARTNER_CODE = re.compile(r'Kode til ([^<]*): <strong class="code">([A-Z2-7-]+)<')
RULE = re.compile(r'data-rule="([\w-]+)"')
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


async def test_applicants_see_how_many_ask_for_what_as_it_was_published(body: Body, house: House) -> None:
    release = await publish(house.world, GRID, crowd(GRID, 300, seed=2))
    page = (await body.opens()).text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td></tr>', page))
    newest = max(release.grid.half_years)
    shown = {
        CATEGORIES[need].label.msgid: release.people(Key(newest, "trondheim", need))
        for need in ("driving_licence", "food", "leisure")
    }
    assert any(shown.values())
    for name, people in shown.items():
        assert rows[name] == ("–" if people is None else str(people))


async def test_how_the_money_is_shared_out_is_told_before_anybody_applies(body: Body) -> None:
    page = (await body.opens()).text
    rules = page.partition("Slik er reglene")[2].partition("Hva pengene kan gå til")[0]
    assert "Regelen heter «Flest ønsker først»." in rules
    assert "Står noe likt, avgjør lavest pris, så hvor mange som ba" in rules
    assert "loddet." in rules


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


POINTS = re.compile(r'<li id="([^"]+)" data-rule="([\w-]+)"><a href="#([^"]+)">')


async def test_each_reason_leads_to_its_field_and_the_field_names_the_reason(body: Body) -> None:
    await body.begins()
    fields = {"measures.0.unit_cost": "ti tusen", "measures.0.youngest": "24", "measures.0.oldest": "12"}
    page = await body.sends("/soknad", {"do": "check", "measures.0.name": "Kjøretimer", **fields})
    found = {rule: (field, id) for id, rule, field in POINTS.findall(page.text)}
    assert found["title"][0] == "title"
    assert found["needs"][0] == "measures.0.needs"
    assert found["part-already"][0] == "parts.already"
    assert found["partners-state"][0] == "partners"  # of no field
    assert found["age-order"][0] == "measures.0.youngest"
    assert found["unreadable"][0] == "measures.0.unit_cost"
    assert "unit-cost" not in found  # told once: it can not be read
    for rule in ("title", "age-order", "unreadable", "part-already", "budget", "measure-name"):
        field, id = found.get(rule, found["title"])
        tag = re.search(f'<(?:input|select|textarea) id="{re.escape(field)}"[^>]*>', page.text)
        assert tag is not None, rule
        assert f'aria-invalid="true" aria-describedby="{id}"' in tag[0]
    for _, _, field in POINTS.findall(page.text):
        assert f'id="{field}"' in page.text
    for code in ("(unreadable)", "(title)", "<small>"):
        assert code not in page.text


async def test_a_partner_is_led_to_no_field_that_it_can_not_write_in(body: Body, partner: Body) -> None:
    codes = await shared(body)
    await body.sends("/soknad", {"do": "save", **filled({"partners.0.kind": ""})})
    await opened_as(partner, codes[NAV])
    page = await partner.sends("/soknad", {"do": "check", **filled()})
    assert {field for _, rule, field in POINTS.findall(page.text) if rule == "partner-kind"} == {"partners"}


async def test_the_page_and_no_browser_says_what_is_wrong_with_an_address(body: Body) -> None:
    await body.begins()
    page = await body.sends("/soknad", {"do": "check", **filled({"contact": "kari(at)kommune"})})
    assert "«kari(at)kommune» kan ikke være en e-postadresse." in page.text
    assert 'value="kari(at)kommune"' in page.text
    assert " novalidate" in page.text


async def test_a_day_is_told_as_people_write_it(body: Body) -> None:
    await body.begins()
    page = await body.sends("/soknad", {"do": "check", **filled({"measures.0.since": "2021-05-01"})})
    assert "exists-before" in rules(page)
    assert re.search(r"Tiltaket må ha begynt før \d\d\.\d\d\.\d{4}\.", page.text)


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


NAV, MISSION = "NAV Midtbyen", "Kirkens Bymisjon"


def codes_of(page: httpx.Response) -> dict[str, str]:
    """The codes that a page shows for others: whose, and which."""
    return dict(PARTNER_CODE.findall(page.text))


async def words(house: House) -> list[bool]:
    """Who has confirmed the draft as it stands."""
    return [each["confirmed"] for each in (await kept(house))[0].draft["partners"]]


async def opened_as(partner: Body, code: str) -> httpx.Response:
    partner.client.cookies.clear()
    await partner.opens()
    return await partner.sends("/apne", {"code": code})


async def shared(body: Body) -> dict[str, str]:
    """A draft that is filled in; the code of each partner."""
    await body.begins()
    return codes_of(await body.sends("/soknad", {"do": "check", **filled()}))


async def test_each_partner_confirms_by_a_code_of_its_own_and_who_leads_by_sending(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    assert set(codes) == {NAV, MISSION}
    assert await words(house) == [True, False, False]
    page = await opened_as(partner, codes[NAV].lower().replace("-", " "))
    assert f"søknaden som {NAV}" in page.text
    assert "Kjøretimer" in page.text
    page = await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    assert f"{NAV} (en statlig etat) har bekreftet." in page.text
    assert await words(house) == [True, True, False]
    page = await body.opens("/soknad?se=ja")
    assert page.text.count("har ikke bekreftet at de er med") == 1
    await opened_as(partner, codes[MISSION])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    await body.opens("/soknad")
    page = await body.sends("/soknad", {"do": "send", **filled()})
    assert page.url.path == f"/sok/{KEY}/kvittering"
    assert rules(page) == set()


@pytest.mark.parametrize("do", ["confirm partners", "confirm partners 1", "confirm partners 2", "confirm"])
async def test_the_code_of_who_leads_confirms_no_partner(body: Body, house: House, do: str) -> None:
    await shared(body)
    saw = {"partners.1.saw": "a" * 64, "partners.1.confirmed": "ja", "partner": NAV}
    await body.sends("/soknad", {"do": do, **saw, **filled()})
    assert await words(house) == [True, False, False]


async def test_one_partner_confirms_no_other_and_is_told_no_code(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    page = await opened_as(partner, codes[NAV])
    assert codes_of(page) == {}
    assert codes[MISSION] not in page.text
    for do in ("confirm partners 2", "confirm partners 0", "add partners", "remove partners 2"):
        renamed = filled({"partners.0.name": NAV, "partners.1.name": MISSION})
        page = await partner.sends("/soknad", {"do": do, **renamed})
        names = [each["name"] for each in (await kept(house))[0].draft["partners"]]
        assert names == ["Uteseksjonen", NAV, MISSION]
    assert await words(house) == [True, True, False]


async def test_a_partner_changes_the_draft_and_only_who_leads_sends_or_withdraws_it(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    page = await opened_as(partner, codes[NAV])
    assert "Send søknaden</button>" not in page.text
    page = await partner.sends("/soknad", {"do": "send", **filled({"title": "Partnerens"})})
    assert (page.status_code, "Bare den som leder søknaden" in page.text) == (403, True)
    (application,) = await kept(house)
    assert (application.draft["title"], application.sent) == ("Partnerens", None)
    await body.opens("/soknad")
    await body.sends("/soknad", {"do": "send", **filled()})
    await partner.opens("/soknad")
    assert (await partner.sends("/trekk")).status_code == 403
    assert (await kept(house))[0].counts


CHANGES = [
    {"measures.0.unit_cost": "26 000"},
    {"measures.0.needs": ["driving_licence", "work"]},
    {"budget.0.money": 900_000},
    {"partners.0.kind": "municipality"},
    {"partners.2.name": "Røde Kors"},
]


@pytest.mark.parametrize("changes", CHANGES)
async def test_a_partner_confirms_what_it_saw_and_again_when_that_changes(
    body: Body, partner: Body, house: House, changes: dict[str, Any]
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    await body.opens("/soknad")
    await body.sends("/soknad", {"do": "save", **filled({"title": "Ny", "parts.cooperation": "Hver dag."})})
    assert await words(house) == [True, True, False]
    page = await body.sends("/soknad", {"do": "check", **filled(changes)})
    assert await words(house) == [True, False, False]
    assert f"{NAV} har bekreftet, men noe er endret siden." in page.text
    assert "confirmed-partners" in rules(page)
    page = await body.sends("/soknad", {"do": "save", **filled()})  # a slip that was put right
    assert await words(house) == [True, True, False]


async def test_what_the_page_keeps_by_itself_takes_a_word_back_too(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    answer = await partner.sends("/lagre", filled({"measures.0.most": "21"}))
    assert answer.status_code == 200
    assert await words(house) == [True, False, False]


@pytest.mark.parametrize("do", ["remove measures 0", "save"])
async def test_a_row_taken_away_and_a_budget_in_a_file_are_changes_too(
    body: Body, partner: Body, house: House, do: str
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    files = (
        {"budget_file": ("b.csv", b"kind;what;money\nbought;Mer;1\n", "text/csv")} if do == "save" else None
    )
    await body.opens("/soknad")
    await body.sends("/soknad", {"do": do, **filled()}, files=files)
    assert await words(house) == [True, False, False]


async def test_a_partner_whose_name_is_corrected_keeps_its_code_and_what_it_writes_and_confirms_anew(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    writing = partner.page
    await body.opens("/soknad")
    renamed = {"partners.1.name": "NAV Lerkendal"}
    after = codes_of(await body.sends("/soknad", {"do": "save", **filled(renamed)}))
    assert after == {"NAV Lerkendal": codes[NAV], MISSION: codes[MISSION]}
    assert await words(house) == [True, False, False]
    partner.page = writing
    page = await partner.sends("/soknad", {"do": "save", **filled({"title": "Midt i en setning"})})
    assert (page.status_code, 'value="Midt i en setning"' in page.text) == (409, True)
    await partner.sends("/soknad", {"do": "confirm partners", **filled({"title": "Midt i en setning"})})
    assert await words(house) == [True, True, False]
    assert (await kept(house))[0].draft["title"] == "Midt i en setning"


async def test_a_removed_partner_has_no_code_and_one_of_its_name_is_another(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    page = partner.page
    await body.opens("/soknad")
    await body.sends("/soknad", {"do": "remove partners 1", **filled()})
    partner.page = page
    mine = filled({"title": "Midt i en setning"})
    lost = await partner.sends("/soknad", {"do": "confirm partners", **mine})
    assert (lost.status_code, "<dd>Midt i en setning</dd>" in lost.text) == (404, True)
    assert (await opened_as(partner, codes[NAV])).status_code == 404
    again = filled({"partners.1.name": MISSION, "partners.2.name": NAV})
    after = codes_of(await body.sends("/soknad", {"do": "save", **again}))
    assert after[MISSION] == codes[MISSION]
    assert after[NAV] != codes[NAV]
    assert await words(house) == [True, False, False]


async def test_a_word_counts_for_no_other_name_however_the_rows_are_sent(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    page = await body.opens("/soknad")
    nav, mission = (id for _, id in IDS.findall(page.text)[1:])
    swapped = {"partners.1.id": mission, "partners.2.id": nav}
    await body.sends("/soknad", {"do": "save", **filled(), **swapped})
    assert await words(house) == [True, False, False]
    await body.sends("/soknad", {"do": "save", **filled(), "partners.1.id": nav, "partners.2.id": nav})
    ids = [each["id"] for each in (await kept(house))[0].draft["partners"]]
    assert len(set(ids)) == 3


async def test_a_draft_from_before_there_were_ids_keeps_its_codes_when_a_name_is_corrected(
    body: Body, partner: Body, house: House
) -> None:
    await imported(house, bent(KEY, {}))
    page = await opened_as(body, "IMPORTEDCODE")
    codes = codes_of(page)
    renamed = filled({"partners.1.name": "NAV Lerkendal"})
    assert IDS.findall(page.text)[1][1] == ""
    await body.sends("/soknad", {"do": "save", **filled()})
    after = codes_of(await body.sends("/soknad", {"do": "save", **renamed}))
    assert after == {"NAV Lerkendal": codes[NAV], MISSION: codes[MISSION]}
    assert "søknaden som NAV Lerkendal" in (await opened_as(partner, codes[NAV])).text


async def test_nobody_is_made_to_confirm_by_standing_first_for_a_while(body: Body, house: House) -> None:
    await shared(body)
    swapped = filled({"partners.0.name": NAV, "partners.1.name": "Uteseksjonen"})
    await body.sends("/soknad", {"do": "save", **swapped})
    await body.sends("/soknad", {"do": "save", **filled()})
    assert await words(house) == [True, False, False]


async def test_the_code_of_a_partner_opens_its_own_application_only(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    others = await shared(partner)
    assert not set(codes.values()) & set(others.values())
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled({"title": "Første"})})
    assert sorted(each.draft["title"] for each in await kept(house)) == ["Første", "Veien til førerkortet"]


@pytest.mark.parametrize(
    "code", ["", "A", "A" * 8, "A" * 15, "A" * 16, "A" * 17, "A" * 24, "Å" * 16, "%" * 16, "_" * 16, "٣" * 16]
)
async def test_no_made_up_code_opens_an_application(body: Body, partner: Body, code: str) -> None:
    await shared(body)
    assert (await opened_as(partner, code)).status_code == 404


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\x1f|\x1f", "Ærlig & «god» 😀", "a" * 10_000])
async def test_a_partner_of_any_name_confirms(body: Body, partner: Body, house: House, name: str) -> None:
    await body.begins()
    fields = filled({"partners.1.name": name})
    page = await body.sends("/soknad", {"do": "save", **fields})
    assert "<script>alert" not in page.text
    code = re.findall(r'class="code">([A-Z0-9-]+)<', page.text)[1]
    await opened_as(partner, code)
    page = await partner.sends("/soknad", {"do": "confirm partners", **fields})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert await words(house) == [True, True, False]


async def imported(house: House, draft: dict[str, Any]) -> None:
    """An application that came in a file."""
    async with house.world.engine.begin() as db:
        held = await calls.named(db, KEY)
        written = [(house.world.new_id(), "IMPORTEDCODE", draft)]
        await applying.add(db, house.world.keys, held, written, house.world.places, house.world.now())


async def sent_words(house: House) -> list[bool]:
    """Who has confirmed what was sent."""
    return [each["confirmed"] for each in ((await kept(house))[0].sent or {})["partners"]]


UNSENT = "Send på nytt, ellers gjelder den gamle."


async def test_a_word_that_comes_after_the_sending_counts_in_what_was_sent(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await body.sends("/soknad", {"do": "send", **filled()})
    sent_at = (await kept(house))[0].sent_at
    for number, name in enumerate((NAV, MISSION), 1):
        await opened_as(partner, codes[name])
        house.series.at += 1000
        page = await partner.sends("/soknad", {"do": "confirm partners", **filled()})
        assert "må sende på nytt" not in page.text
        assert await sent_words(house) == [True, True, number == 2]
    page = await body.opens("/kvittering")
    assert (rules(page), UNSENT in page.text) == (set(), False)
    assert (await kept(house))[0].sent_at == sent_at


async def test_a_word_about_something_else_than_was_sent_is_not_put_there_and_all_are_told(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await body.sends("/soknad", {"do": "send", **filled()})
    assert UNSENT not in (await body.opens("/soknad")).text
    await opened_as(partner, codes[NAV])
    page = await partner.sends("/soknad", {"do": "confirm partners", **filled({"measures.0.most": "21"})})
    assert "Den som leder, må sende på nytt, ellers gjelder den gamle." in page.text
    assert (await words(house), await sent_words(house)) == ([True, True, False], [True, False, False])
    for path in ("/soknad", "/kvittering"):
        assert UNSENT in (await body.opens(path)).text
    await body.opens("/soknad")
    page = await body.sends("/soknad", {"do": "send", **filled({"measures.0.most": "21"})})
    assert UNSENT not in page.text
    assert await sent_words(house) == [True, True, False]


async def test_what_was_sent_stays_as_it_is_when_the_call_is_closed(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await body.sends("/soknad", {"do": "send", **filled()})
    await opened_as(partner, codes[NAV])
    house.series.at = DEADLINE + 1000
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    assert await sent_words(house) == [True, False, False]


async def test_what_a_file_says_is_confirmed_stays_so_until_it_is_changed(body: Body, house: House) -> None:
    draft = bent(KEY, {"measures.0.needs": ["work", "driving_licence"], "partners.2.confirmed": False})
    await imported(house, draft)
    await opened_as(body, "IMPORTEDCODE")
    fields = filled({"measures.0.needs": ["driving_licence", "work"]})
    await body.sends("/soknad", {"do": "save", **fields})
    assert await words(house) == [True, True, False]
    await body.sends("/soknad", {"do": "save", **filled()})
    assert await words(house) == [True, False, False]


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
    assert 'value="AAAA-BBBB-CCCC" aria-invalid="true" aria-describedby="code-why"' in page.text
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


async def test_a_row_that_was_taken_away_is_brought_back_where_it_stood(body: Body, house: House) -> None:
    await body.begins()
    second = {"measures.1.name": "Moped", "measures.1.unit_cost": "8000"}
    both = {**filled(), **second}
    await body.sends("/soknad", {"do": "save", **both})
    before = (await kept(house))[0].draft
    page = await body.sends("/soknad", {"do": "remove measures 0", **both})
    assert "Fjernet." in page.text
    left = {key: value for key, value in filled().items() if not key.startswith("measures.")}
    moped = {"measures.0.name": "Moped", "measures.0.unit_cost": "8000"}
    answer = await body.client.get(f"/sok/{KEY}/soknad")  # and it may be loaded anew, and written on
    assert "Angre" in answer.text
    await body.sends("/lagre", {**left, **moped, "title": "Skrevet siden"})
    await body.opens("/soknad")
    page = await body.sends("/soknad", {"do": "undo", **left, **moped, "title": "Skrevet siden"})
    assert "Angre" not in page.text
    assert (await kept(house))[0].draft == {**before, "title": "Skrevet siden"}


async def test_an_empty_row_above_makes_no_button_take_another_row(body: Body, house: House) -> None:
    await body.begins()
    fields = {"measures.0.name": "", "measures.1.name": "Moped", "measures.2.name": "Bil"}
    await body.sends("/soknad", {"do": "remove measures 1", **fields})
    assert [each["name"] for each in (await kept(house))[0].draft["measures"]] == ["Bil"]
    await body.sends("/soknad", {"do": "undo", "measures.0.name": "Bil"})
    assert [each["name"] for each in (await kept(house))[0].draft["measures"]] == ["Moped", "Bil"]


async def test_a_partner_that_is_brought_back_has_its_code_and_its_word_and_who_leads_is_not_taken_away(
    body: Body, partner: Body, house: House
) -> None:
    codes = await shared(body)
    await opened_as(partner, codes[NAV])
    await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    page = await body.opens("/soknad")
    assert "remove partners 1" in page.text
    assert "remove partners 0" not in page.text
    await body.sends("/soknad", {"do": "remove partners 0", **filled()})
    await body.sends("/soknad", {"do": "remove partners 1", **filled()})
    assert [each["name"] for each in (await kept(house))[0].draft["partners"]] == ["Uteseksjonen", MISSION]
    alone = {key: value for key, value in filled().items() if not key.startswith("partners.2.")}
    alone = {**alone, "partners.1.name": MISSION, "partners.1.kind": "voluntary"}
    assert codes_of(await body.sends("/soknad", {"do": "undo", **alone})) == codes
    assert await words(house) == [True, True, False]


async def test_what_was_sent_is_fetched_back_and_what_stood_there_is_not_lost(
    body: Body, house: House
) -> None:
    await body.begins()
    await body.sends("/soknad", {"do": "send", **filled()})
    sent = (await kept(house))[0].sent
    page = await body.opens("/soknad")
    assert "Hent tilbake det som ble sendt" not in page.text
    other = filled({"title": "En annen", "parts.cooperation": "Langt og godt."})
    page = await body.sends("/soknad", {"do": "save", **other})
    assert "Hent tilbake det som ble sendt" in page.text
    page = await body.sends("/soknad", {"do": "restore", **other})
    assert "Hentet tilbake." in page.text
    assert form.without_aside((await kept(house))[0].draft) == sent
    await body.sends("/soknad", {"do": "undo", **filled()})
    assert (await kept(house))[0].draft["title"] == "En annen"
    page = await body.sends("/soknad", {"do": "undo", **other})
    await body.sends("/soknad", {"do": "send", **filled()})
    assert (await kept(house))[0].sent == sent


async def test_what_others_wrote_is_told_by_the_words_of_the_form(body: Body, partner: Body) -> None:
    code = await body.begins()
    await partner.opens()
    await partner.sends("/apne", {"code": code})
    await partner.sends("/soknad", {"do": "save", **filled()})
    page = await body.sends("/soknad", {"do": "save", "measures.0.name": "Vår", "parts.cooperation": "Vi."})
    told = ("Hvordan dere vil samarbeide", "Tiltak 1, Behov det møter", "Førerkort (lappen)", "15.01.2020")
    theirs = page.text[page.text.index("Dette skrev de andre") : page.text.index("<form")]
    for key in ("cooperation", "driving_licence", "2021-h2", "2020-01-15", "widen"):
        assert key not in theirs
    for words in told:
        assert words in theirs


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


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_a_budget_is_fetched_empty_filled_in_and_sent_back_in_any_language(
    body: Body, house: House, language: str
) -> None:
    await body.begins()
    answer = await body.client.get(f"/sok/{KEY}/budsjett.csv?lang={language}")
    head, *lines = answer.content.decode("utf-8-sig").splitlines()
    assert head == {"nb": "type;hva;beløp", "nn": "type;kva;beløp", "en": "kind;what;money"}[language]
    allowed = [cost for cost in CALLS[KEY].costs if cost.allowed]
    assert len(lines) == len(allowed)
    at = [cost.key for cost in allowed].index("bought")
    lines[at] = lines[at].removesuffix(";") + "Kjøreskole;kr 100 000,-"
    sheet = "\r\n".join([head, *lines]).encode("utf-8-sig")
    files = {"budget_file": ("budsjett.csv", sheet, "text/csv")}
    page = await body.sends("/soknad", {"do": "save", **filled()}, files=files)
    assert page.status_code == 200
    assert (await kept(house))[0].draft["budget"][1:] == [
        {"kind": "bought", "what": "Kjøreskole", "money": "kr 100 000,-"}
    ]


@pytest.mark.parametrize("begins", [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
async def test_a_spreadsheet_or_a_paper_is_told_to_be_no_csv_file(
    body: Body, house: House, begins: bytes
) -> None:
    await body.begins()
    files = {"budget_file": ("budsjett.xlsx", begins + b"\0\xff" * 9, "application/octet-stream")}
    page = await body.sends("/soknad", {"do": "save", **filled()}, files=files)
    assert (page.status_code, "Filen er ingen CSV-fil." in page.text) == (422, True)
    assert (await kept(house))[0].draft["title"] == "Veien til førerkortet"


async def test_a_kind_of_cost_that_nobody_knows_stays_as_it_was_written(body: Body) -> None:
    await body.begins()
    files = {"budget_file": ("b.csv", "Type;Hva;Beløp\nLeiebil;Bil;100\n".encode(), "text/csv")}
    page = await body.sends("/soknad", {"do": "check", **filled()}, files=files)
    assert "<option selected>Leiebil</option>" in page.text
    assert "unknown-cost" in rules(page)


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
    await body.opens("/soknad")
    house.series.at = DEADLINE + 1000
    page = await body.sends("/soknad", {"do": "send", **filled({"title": "For sent"})})
    assert (page.status_code, rules(page)) == (422, {"late"})
    assert "Dette skrev dere siden. Det er ikke sendt." in page.text
    assert ">For sent</dd>" in page.text
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


@pytest.mark.parametrize("close", ["by its deadline", "early"])
async def test_a_closed_call_shows_what_stands_and_no_button_that_does_nothing(
    body: Body, house: House, close: str
) -> None:
    await body.begins()
    await body.sends("/soknad", {"do": "send", **filled()})
    writing = await body.opens("/soknad")
    if close == "early":
        async with house.world.engine.begin() as db:
            await calls.close(db, house.world.keys, KEY, house.world.now())
    else:
        house.series.at = DEADLINE + 1000
    for path in ("", "/soknad", "/kvittering"):
        page = (await body.opens(path)).text
        for name in ("Send søknaden", "Trekk søknaden", "Lagre</button>", "sende på nytt", "Fortsett på"):
            assert name not in page, (path, name)
    page = (await body.opens("/soknad")).text
    assert "Førerkort (lappen)" in page
    assert "(closed)" not in page
    body.page = writing
    page_after = await body.sends("/soknad", {"do": "send", **filled({"title": "For sent"})})
    assert rules(page_after) == {"closed" if close == "early" else "late"}
    assert ">For sent</dd>" in page_after.text


async def test_a_button_says_that_all_is_well(body: Body, partner: Body, house: House) -> None:
    codes = await shared(body)
    page = await body.sends("/soknad", {"do": "save", **filled()})
    assert "Lagret kl. 00.00." in page.text  # on the clock that the deadline is told on
    page = await body.sends("/soknad", {"do": "check", **filled()})
    assert "Ingenting mangler. Dere kan sende." in page.text
    page = await body.sends("/soknad", {"do": "check", **filled({"title": ""})})
    assert "Ingenting mangler" not in page.text
    page = await opened_as(partner, codes[NAV])
    assert "Er dere med?" in page.text
    page = await partner.sends("/soknad", {"do": "confirm partners", **filled()})
    assert page.text.count("Dere har bekreftet at dere er med.") == 2  # at the top, and where they were asked
    assert "Er dere med?" not in page.text
    page = await partner.sends("/soknad", {"do": "check", **filled()})
    assert "Ingenting mangler.<" in page.text


LANGUAGE = re.compile(r'<a href="([^"]+)\?lang=nn" lang="nn">')


async def test_the_languages_of_an_answer_lead_to_a_page(body: Body) -> None:
    await body.opens()
    answers = [await body.sends("/apne", {"code": "AAAA"})]
    await body.begins()
    answers.append(await body.sends("/soknad", {"do": "send"}))
    await body.sends("/soknad", {"do": "send", **filled()})
    await body.opens("/soknad")
    answers.append(await body.sends("/trekk"))
    for answer in answers:
        (path,) = LANGUAGE.findall(answer.text)
        page = await body.client.get(f"{path}?lang=nn")
        assert (page.status_code, '<html lang="nn"' in page.text) == (200, True), path
    for path in ("/begynn", "/apne", "/trekk", "/lukk"):
        assert (await body.opens(path)).status_code == 200


async def test_what_stands_against_what_others_wrote_is_sent_along_to_another_language(
    body: Body, partner: Body, house: House
) -> None:
    code = await body.begins()
    await partner.opens()
    await partner.sends("/apne", {"code": code})
    await partner.sends("/soknad", {"do": "save", "title": "Deres"})
    page = await body.sends("/soknad", {"do": "save", "title": "Vår"})
    assert f'formaction="/sok/{KEY}/soknad?lang=nn" name="do" value="show"' in page.text
    page = await body.sends("/soknad?lang=nn", {"do": "show", "title": "Vår"})
    assert 'value="Vår"' in page.text
    assert "<dd>Deres</dd>" in page.text
    assert '<html lang="nn"' in page.text
    assert (await kept(house))[0].draft["title"] == "Deres"


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
