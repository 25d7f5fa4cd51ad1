"""Money in a browser: a group applies and mends, a coordinator decides, a citizen reads what came of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.store import applications, calls, decisions
from bot.store.engine import reading
from tests.browser.staff import Desk, desk_of, sign_in
from tests.browser.test_access import TOO_SMALL, TOO_WIDE, violations
from tests.browser.test_staff_access import TARGET, WIDTHS
from tests.funding.conftest import OPEN
from tests.funding.test_deciding import AFTER, KEY, asks_for_a_licence
from tests.funding.written import FILES
from tests.house import Series
from tests.web.serving import Site, served

FORM, STAFF, PUBLIC = f"/sok/{KEY}", f"/ansatt/utlysninger/{KEY}", f"/dette-har-folk-sagt/{KEY}"
SAVED_MS = 1_100
MOST_STEPS = 200  # of the keyboard, over one page


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_url: str) -> AsyncIterator[Site]:
    async with served(sqlite_url, series=Series(OPEN)) as site:
        async with site.house.world.engine.begin() as db:
            await calls.add(db, site.house.world.keys, FILES[KEY], "seed", OPEN)
        yield site


async def begin(desk: Desk) -> None:
    await desk.open(FORM)
    await desk.press("Begynn på en søknad")


async def fill(page: Page) -> None:
    """All that an application must have, but for what a test forgets."""
    await page.get_by_label("E-post til den som søker").fill("uteseksjonen@example.no")
    await page.get_by_label("Navn på virksomheten").fill("Uteseksjonen")
    await page.get_by_label("Hva slags virksomhet").select_option(label="en enhet i kommunen")
    await page.get_by_label("Navn på tiltaket").fill("Veien til førerkortet")
    for words, value in {
        "Pris for én enhet": "25 000",
        "Plasser i én enhet": "1",
        "Minst så mange enheter": "1",
        "Høyst så mange enheter": "20",
        "Dagen det begynte": "2020-01-15",
        "Yngste alder": "16",
        "Hva som skjer når pengene tar slutt": "De som har begynt, får kjøre ferdig.",
        "Hva pengene går til": "Kjøretimer",
        "Beløp i kroner": "500 000",
        "Hvordan dere vil samarbeide": "Vi møtes hver uke.",
        "Hvordan dere arbeider": "Vi er ute hver kveld.",
    }.items():
        await page.get_by_label(words).fill(value)
    for words in ("Førerkort (lappen)", "01.07.2021–31.12.2021", "Utsatt ungdom", "Gjøre mer av noe"):
        await page.get_by_label(words).check()
    await page.get_by_label("Hva slags utgift").select_option(label="Tjenester dere kjøper")


async def apply(desk: Desk) -> None:
    """Forget the name, be told, mend it and be in."""
    page = desk.page
    await begin(desk)
    await fill(page)
    await desk.press("Send søknaden")
    await expect(page.locator("#reasons")).to_be_focused()
    await expect(page.locator("#reasons li")).to_have_count(1)
    await page.get_by_label("Navn på søknaden").fill("Veien til førerkortet")
    await desk.press("Send søknaden")
    await expect(page.get_by_role("heading", name="Søknaden er sendt")).to_be_visible()


async def test_a_group_applies_and_a_coordinator_changes_and_decides(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        page, house = desk.page, site.house
        await apply(desk)
        for number in range(7):
            await asks_for_a_licence(house, f"p{number}")
        house.series.at = AFTER
        await sign_in(site, page, "siv", "coordinator")
        await desk.open("/ansatt/utlysninger")
        await page.get_by_role("link", name="Utlysning av midler").click()
        await expect(page.get_by_text("Blant dem som søker, mangler").first).to_be_visible()
        await page.get_by_role("link", name="Sammenlign reglene").click()
        await expect(page.get_by_role("columnheader", name="Like andeler").first).to_be_visible()
        await page.get_by_label("Prøv en annen grense").fill("100 000")
        await desk.press("Se hva som endrer seg")
        await expect(page.get_by_role("cell", name="4 enheter, 4 plasser, 100 000 kr")).to_be_visible()
        await page.get_by_role("link", name="Bestem").click()
        units = page.get_by_label("Veien til førerkortet, 01.07.2021–31.12.2021")
        await expect(units).to_have_value("7")
        await units.fill("2")
        await page.get_by_label("Begrunnelse").fill("Resten kommer til høsten.")
        await desk.press(
            "Bestem. Det kan ikke gjøres om"
        )  # unseen: what it costs is shown, and nothing decided
        await expect(page.get_by_text("Ingenting er bestemt ennå.")).to_be_visible()
        await expect(page.get_by_text("Førerkort (lappen): 5 færre får det de ba om")).to_be_visible()
        await expect(page.get_by_text("Unge 18–24 år: 5 færre ønsker blir møtt")).to_be_visible()
        await desk.press("Bestem. Det kan ikke gjøres om")
        await expect(page.get_by_text("Siv Nordmann bestemte")).to_be_visible()
        await page.get_by_role("link", name="Gi beskjed til dem som ba om å høre").click()
        await desk.press("Gi beskjed til dem som ba om å høre")
        await expect(page.get_by_text("siv ga beskjed")).to_be_visible()
        async with reading(house.world.engine) as db:
            made = await decisions.of_call(db, KEY)
        assert made is not None
        assert (made.final, made.body["decided"]["spent"]) == (True, 5_000_000)
        await page.context.clear_cookies()
        await desk.open(PUBLIC)
        await expect(page.get_by_text("Siv Nordmann i Trondheim kommune bestemte dette")).to_be_visible()
        await page.get_by_role("link", name="Førerkort (lappen)").click()
        answer = page.locator("#answer")
        await expect(answer).to_contain_text("Dette får penger nå.")
        await expect(answer).to_contain_text("50 000 kr. Antall plasser: 2.")
        await expect(answer).to_contain_text("Kommunen ga mindre enn regelen foreslo.")
        await expect(answer).to_contain_text("Flere venter fortsatt på dette.")
        await page.get_by_role("link", name="Et sted å være").click()
        await expect(answer).to_contain_text("Ingen søkte om penger til dette.")
        assert [each for each in desk.complaints if "422" not in each] == []  # the refusal itself


async def test_what_is_written_is_kept_without_a_press(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await desk.page.clock.install()
        await begin(desk)
        await desk.page.get_by_label("Navn på søknaden").fill("Halvferdig")
        async with desk.page.expect_response("**/lagre"):
            await desk.page.clock.run_for(SAVED_MS)
        await expect(desk.page.get_by_role("status")).to_have_text("Lagret")
        await desk.open(f"{FORM}/soknad")
        await expect(desk.page.get_by_label("Navn på søknaden")).to_have_value("Halvferdig")
        async with reading(site.house.world.engine) as db:
            (kept,) = await applications.of_call(db, site.house.world.keys, KEY)
        assert kept.draft["title"] == "Halvferdig"
        assert desk.complaints == []


async def test_a_button_does_not_run_ahead_of_what_is_being_kept(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await begin(desk)
        await desk.page.get_by_label("Navn på søknaden").fill("Ferdig")
        async with desk.page.expect_request("**/lagre"):
            await desk.page.get_by_label("E-post til den som søker").press_sequentially("a@b.no")
        await desk.press("Lagre")
        await expect(desk.page.get_by_label("E-post til den som søker")).to_have_value("a@b.no")
        await expect(desk.page.get_by_text("Noen andre endret")).to_have_count(0)


async def test_who_writes_while_another_saves_is_led_to_both_and_loses_nothing(
    browser: Browser, site: Site
) -> None:
    phone = {"width": 360, "height": 640}
    async with desk_of(browser, site, viewport=phone) as desk:
        page, keys = desk.page, site.house.world.keys
        await page.clock.install()
        await begin(desk)
        async with site.house.world.engine.begin() as db:
            (kept,) = await applications.of_call(db, keys, KEY)
            await applications.save(db, keys, kept, {"title": "Deres"}, OPEN)
        title, status = page.get_by_label("Navn på søknaden"), page.locator("#status")
        await title.fill("Vårt")
        async with page.expect_response("**/lagre"):
            await page.clock.run_for(SAVED_MS)
        await expect(status).to_contain_text("Trykk «Lagre», så ser dere hva begge skrev.")
        await title.scroll_into_view_if_needed()
        await expect(status).to_be_in_viewport()
        await desk.press("Lagre")
        await expect(page.get_by_role("definition")).to_have_text("Deres")
        await title.fill("Vårt og deres")
        await page.clock.run_for(SAVED_MS)  # what stands against theirs is kept by a button alone
        async with reading(site.house.world.engine) as db:
            assert (await applications.of_call(db, keys, KEY))[0].draft["title"] == "Deres"
        await desk.press("Lagre")
        await expect(title).to_have_value("Vårt og deres")
        async with reading(site.house.world.engine) as db:
            assert (await applications.of_call(db, keys, KEY))[0].draft["title"] == "Vårt og deres"


async def test_the_form_works_without_script(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site, java_script_enabled=False) as desk:
        await begin(desk)
        await fill(desk.page)
        await desk.page.get_by_label("Navn på søknaden").fill("Uten skript")
        await desk.page.get_by_label("Navn på søknaden").press("Enter")  # saves, and sends nothing
        await expect(desk.page.get_by_text("Søknaden er ikke sendt.")).to_be_visible()
        await desk.press("Send søknaden")
        await expect(desk.page.get_by_role("heading", name="Søknaden er sendt")).to_be_visible()


async def partner_code(desk: Desk, name: str) -> str:
    """Add a partner to the draft that is open; the code to hand to them."""
    await desk.press("Legg til en til")
    await desk.page.get_by_label("Navn på virksomheten").last.fill(name)
    await desk.page.get_by_label("Hva slags virksomhet").last.select_option(label="en statlig etat")
    await desk.press("Lagre")
    return await desk.page.locator("#partners .code").inner_text()


@pytest.mark.parametrize("script", [True, False])
async def test_a_partner_confirms_by_its_own_code_and_again_after_a_change(
    browser: Browser, site: Site, script: bool
) -> None:
    async with desk_of(browser, site) as desk, desk_of(browser, site, java_script_enabled=script) as partner:
        await begin(desk)
        await fill(desk.page)
        code = await partner_code(desk, "NAV Midtbyen")
        await partner.open(FORM)
        await partner.page.get_by_label("Har dere en kode fra før?").fill(code.lower())
        await partner.press("Åpne søknaden")
        await expect(partner.page.get_by_role("button", name="Send søknaden")).to_have_count(0)
        await partner.press("Vi er med")
        await expect(
            partner.page.get_by_text("NAV Midtbyen (en statlig etat) har bekreftet.")
        ).to_be_visible()
        await desk.open(f"{FORM}/soknad")
        await expect(desk.page.get_by_text("NAV Midtbyen har bekreftet.")).to_be_visible()
        await desk.page.get_by_label("Beløp i kroner").fill("400 000")
        await desk.press("Lagre")
        await expect(desk.page.get_by_text("De må bekrefte på nytt.")).to_be_visible()
        assert desk.complaints == partner.complaints == []


async def states(desk: Desk) -> AsyncIterator[str]:
    """Each page of the form, then each of the coordinator's, in what states it has."""
    page, house = desk.page, desk.site.house
    await desk.open("/sok")
    yield "every call"
    await desk.open(FORM)
    yield "the call"
    await desk.press("Begynn på en søknad")
    yield "an empty form"
    await desk.press("Legg til en milepæl")
    await page.get_by_label("Hva dere skal ha gjort").fill("Prøvd")
    await desk.press("Send søknaden")
    yield "all that is missing"
    await desk.press("Fjern milepælen")
    await fill(page)
    await page.get_by_label("Navn på søknaden").fill("Lappen" * 20)
    code = await partner_code(desk, "Etaten" * 20)
    yield "a code for a partner"
    mine = await page.context.cookies()
    await desk.press("Lukk søknaden på denne maskinen")
    await page.get_by_label("Har dere en kode fra før?").fill(code)
    await desk.press("Åpne søknaden")
    await desk.press("Vi er med")
    yield "what a partner sees"
    await page.context.add_cookies(mine)  # type: ignore[arg-type]
    await desk.open(f"{FORM}/soknad")
    await desk.press("Send søknaden")
    yield "the receipt"
    for number in range(6):
        await asks_for_a_licence(house, f"p{number}")
    house.series.at = AFTER
    await sign_in(desk.site, page, "siv", "coordinator")
    for path in ("/ansatt/utlysninger", STAFF, f"{STAFF}/fordeling?grense=50000", f"{STAFF}/vedtak"):
        await desk.open(path)
        yield path
    await desk.open(STAFF)
    await page.get_by_role("link", name="LappenLappen").click()
    yield "an application as it is read"
    await desk.open(f"{STAFF}/vedtak")
    await page.get_by_label("01.07.2021–31.12.2021").first.fill("1")
    await desk.press("Se hva endringen betyr")
    yield "a change"
    await page.get_by_label("01.07.2021–31.12.2021").first.fill("fem")
    await desk.press("Bestem. Det kan ikke gjøres om")
    yield "a number that is none"
    await desk.open(f"{STAFF}/fordeling?grense=mye&sokere=0")
    yield "limits that are none"
    await desk.open("/ansatt/meg")
    yield "the name that is published"
    await desk.open(f"{STAFF}/vedtak")
    await page.get_by_label("Begrunnelse").fill("Slik ble det.")
    await desk.press("Bestem. Det kan ikke gjøres om")
    yield "decided"
    await desk.open(STAFF)
    yield "who may be told"
    await desk.press("Gi beskjed til dem som ba om å høre")
    yield "who was told"
    await desk.open(PUBLIC)
    yield "what is public of it"
    await page.get_by_role("link", name="Førerkort (lappen)").click()
    yield "what came of a need"


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(browser: Browser, site: Site, colours: Any) -> None:
    size = {"width": 360, "height": 4000}
    async with desk_of(browser, site, viewport=size, color_scheme=colours) as desk:
        async for state in states(desk):
            assert await violations(desk.page) == [], state


async def test_nothing_is_wider_than_any_screen(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        async for state in states(desk):
            for width in WIDTHS:
                await desk.page.set_viewport_size({"width": width, "height": 900})
                assert await desk.page.evaluate(TOO_WIDE) <= 0, (state, width)
                assert await desk.page.evaluate(TOO_SMALL, TARGET) == [], (state, width)


async def tab_to(page: Page, place: Locator) -> None:
    """Step on with the keyboard until this is in focus."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        if await place.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not lead to {place}")


async def test_the_keyboard_alone_leads_from_the_call_to_a_sent_application(
    browser: Browser, site: Site
) -> None:
    async with desk_of(browser, site) as desk:
        page = desk.page
        await desk.open(FORM)
        await tab_to(page, page.get_by_role("button", name="Begynn på en søknad"))
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await fill(page)
        send = page.get_by_role("button", name="Send søknaden")
        await tab_to(page, send)
        async with page.expect_navigation():
            await page.keyboard.press("Space")
        await expect(page.locator("#reasons")).to_be_focused()
        await tab_to(page, page.locator("#reasons a"))
        await page.keyboard.press("Enter")  # to the field that lacks something
        await expect(page.get_by_label("Navn på søknaden")).to_be_focused()
        await expect(page.get_by_label("Navn på søknaden")).to_have_attribute("aria-invalid", "true")
        await page.keyboard.type("Veien til førerkortet")
        await tab_to(page, send)
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Søknaden er sendt")).to_be_visible()


async def test_the_keyboard_alone_leads_through_what_a_change_costs_to_a_decision(
    browser: Browser, site: Site
) -> None:
    async with desk_of(browser, site) as desk:
        page = desk.page
        await apply(desk)
        for number in range(6):
            await asks_for_a_licence(site.house, f"p{number}")
        site.house.series.at = AFTER
        await sign_in(site, page, "siv", "coordinator")
        await desk.open(f"{STAFF}/vedtak")
        await tab_to(page, page.get_by_label("01.07.2021–31.12.2021").first)
        await page.keyboard.type("1")  # over what is selected
        await tab_to(page, page.get_by_label("Begrunnelse"))
        await page.keyboard.type("Resten kommer til høsten.")
        for _ in ("shown", "decided"):
            await tab_to(page, page.get_by_role("button", name="Bestem. Det kan ikke gjøres om"))
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        await expect(page.get_by_text("Siv Nordmann bestemte")).to_be_visible()
        await expect(page.get_by_text("fra 6 til 1 enheter")).to_be_visible()
