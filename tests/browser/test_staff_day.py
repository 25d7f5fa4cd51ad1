"""A day at work in a browser: a red flag, answers in every channel, a case handed over, signed out."""

import re

import pyotp
from playwright.async_api import Browser, expect

from bot.operations import accounts
from bot.store import flags
from bot.store.engine import reading
from tests.browser.conftest import Chat
from tests.browser.people import phone_of, terminal_of
from tests.browser.staff import QUEUE, TODAY, Desk, desk_of, in_danger, sign_in, somebody
from tests.staff.pages import GRAVE
from tests.web.serving import Site

SEND = re.compile("^Send( nå)?$")
JOB, PLACE = "Jeg trenger en sommerjobb.", "Jeg vil ha et sted å være om kvelden."
FIRST, OWN = "ABCDEFGHJKLMNPQR", "et langt passord som ingen gjetter"


async def enrol(desk: Desk) -> None:
    """Sign in for the first time: a password of one's own, and an app for codes."""
    page, site = desk.page, desk.site
    async with site.house.world.engine.begin() as db:
        by = site.app.state.office.scribe("test")
        await accounts.add(db, by, "siv", ("reviewer",), ["trondheim"], lambda length: FIRST)
    await desk.open(TODAY)
    await page.get_by_label("Navn").fill("siv")
    await page.get_by_label("Passord").fill(FIRST)
    await desk.press("Logg inn")
    await page.get_by_label("Passordet du har nå").fill(FIRST)
    for place in ("#new", "#again"):
        await page.locator(place).fill(OWN)
    await desk.press("Bruk dette passordet")
    secret = "".join(await page.locator(".secret span").all_inner_texts())
    code = pyotp.TOTP(secret).generate_otp(site.house.series.at // 30_000)
    await page.get_by_label("Koden fra appen").fill(code)
    await desk.press("Koble til")
    await page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    await expect(page.get_by_role("heading", name="I dag")).to_be_visible()


async def own_and_decide(desk: Desk) -> None:
    """Take the flag, see the safe way to the person, and write what was decided."""
    page = desk.page
    await page.get_by_role("link", name="Selvmord").click()
    await expect(page.get_by_text(GRAVE)).to_have_count(0)
    await desk.press("Ta flagget")
    await expect(page.get_by_text(GRAVE)).to_be_visible()
    await page.get_by_label("Hvorfor trenger du å se den?").fill("Skal ringe tilbake.")
    await desk.press("Vis")
    await expect(page.get_by_text("ring 412 34 567 etter skolen")).to_be_visible()
    await page.get_by_label("Ja", exact=True).check()
    await page.get_by_label("Til hvem, hvis ja").select_option(label="Barnevernet")
    await page.get_by_label("Hvorfor?", exact=True).fill("Hun er ikke trygg hjemme.")
    await desk.press("Lagre vurderingen")
    await expect(page.get_by_text("Meldt til: Barnevernet")).to_be_visible()


async def open_who_wrote(desk: Desk, wish: str) -> None:
    """Read one after the other until it is the one who wrote this."""
    await desk.open(TODAY)
    for place in range(await desk.page.locator(".row .name").count()):
        await desk.open(TODAY)
        async with desk.page.expect_navigation():
            await desk.page.locator(".row .name").nth(place).click()
        if await desk.page.get_by_text(wish, exact=True).count():
            return
    raise AssertionError(f"nobody wrote {wish!r}")


async def answer(desk: Desk, words: str) -> None:
    """Write to the person whose page is open."""
    await desk.page.get_by_label("Skriv til personen").fill(words)
    async with desk.page.expect_navigation():
        await desk.page.get_by_role("button", name=SEND).click()


async def test_a_whole_day(browser: Browser, site: Site, chat: Chat) -> None:
    async with (
        desk_of(browser, site, "ola") as other,
        desk_of(browser, site, "nobody") as desk,
        phone_of(site) as phone,
        terminal_of(site) as shell,
    ):
        page = desk.page
        await page.context.clear_cookies()
        await page.clock.install()
        await enrol(desk)
        await expect(page.get_by_text("Ingen nye venter.")).to_be_visible()

        await in_danger(site)
        await desk.look()
        await expect(page.get_by_role("heading", name="Røde flagg 1")).to_be_visible()
        await expect(page).to_have_title("(1) I dag – Lytt")
        await own_and_decide(desk)
        async with reading(site.house.world.engine) as db:
            assert await flags.unowned(db) == []
        await desk.press("Saken er flyttet til fagsystemet")

        await chat.open()
        await chat.to_sending()
        await chat.press("Send")
        await chat.press("Ja, fra en i kommunen")
        await phone.sends(JOB)
        await shell.sends(PLACE)
        await phone.hears("Når passer det")
        await shell.hears("Når passer det")
        await desk.look()
        await expect(page.get_by_role("heading", name="Nye ønsker 3")).to_be_visible()
        for wish, person in (("Jeg trenger lappen.", chat), (JOB, phone), (PLACE, shell)):
            await open_who_wrote(desk, wish)
            await answer(desk, f"Hei! Vi har lest: {wish}")
            await person.hears("siv skriver:")
            await person.hears(f"Hei! Vi har lest: {wish}")

        await page.get_by_text("Rett type behov").click()
        await page.get_by_label("Tell ønsket som").select_option(label="Førerkort (lappen)")
        await desk.press("Rett")
        await expect(page.get_by_role("heading", name="1. Førerkort (lappen)")).to_be_visible()
        await page.get_by_label("Gi saken til").select_option("ola")
        await desk.press("Gi")

        await other.open(TODAY)
        await expect(other.page.get_by_role("heading", name="Mine saker 1")).to_be_visible()
        await desk.press("Logg ut")
        await desk.open(QUEUE)
        await expect(page.get_by_role("heading", name="Logg inn")).to_be_visible()
        # Before they are let in, the page of who is signed out is asked for once: nothing else is amiss.
        assert [each for each in (*desk.complaints, *other.complaints) if "401" not in each] == []


async def test_what_comes_while_somebody_fills_in_a_form_waits_until_they_are_done(
    browser: Browser, site: Site
) -> None:
    async with desk_of(browser, site) as desk, desk_of(browser, site, "ola"):
        await somebody(site, "a")
        await desk.page.clock.install()
        await desk.open(QUEUE)
        await desk.page.get_by_text("Jeg kjenner denne personen").click()
        await somebody(site, "b")
        await desk.look()
        await expect(desk.page.locator("details[open].known")).to_have_count(1)
        await desk.page.get_by_text("Jeg kjenner denne personen").click()
        await desk.look()
        await expect(desk.page.locator(".row")).to_have_count(2)


async def test_the_focus_stays_where_it_was_when_a_list_is_renewed(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await somebody(site, "a")
        await desk.page.clock.install()
        await desk.open(QUEUE)
        first = desk.page.locator(".row .name").first
        name = await first.inner_text()
        await first.focus()
        await somebody(site, "b")
        await desk.look()
        await expect(desk.page.locator(".row")).to_have_count(2)
        assert await desk.page.evaluate("document.activeElement.innerText") == name


async def test_who_is_signed_out_meanwhile_is_led_to_the_sign_in_page(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await desk.page.clock.install()
        await desk.open(TODAY)
        site.house.series.pass_time(21 * 60_000)
        async with desk.page.expect_navigation():
            await desk.look()
        await expect(desk.page.get_by_role("heading", name="Logg inn")).to_be_visible()


async def test_the_clock_of_a_flag_goes_on_by_itself(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await in_danger(site)
        await desk.page.clock.install()
        await desk.open(TODAY)
        await expect(desk.page.locator(".clock")).to_have_class("clock")
        site.house.series.pass_time(16 * 3_600_000)  # past the deadline of the next morning
        await sign_in(site, desk.page)
        await desk.look()
        await expect(desk.page.locator(".clock.over")).to_contain_text("over fristen")


async def test_a_list_is_walked_by_key(browser: Browser, site: Site) -> None:
    for address in ("a", "b", "c"):
        await somebody(site, address)
    async with desk_of(browser, site) as desk:
        await desk.open(QUEUE)
        names = await desk.page.locator(".row .name").all_inner_texts()
        await desk.page.keyboard.press("j")  # nothing has the focus: the key is nobody's
        assert await desk.page.evaluate("document.activeElement.tagName") == "BODY"
        await desk.page.locator(".row .name").first.focus()
        for key, place in (
            ("j", 1),
            ("ArrowDown", 2),
            ("j", 2),
            ("k", 1),
            ("ArrowUp", 0),
            ("k", 0),
            ("j", 1),
        ):
            await desk.page.keyboard.press(key)
            assert await desk.page.evaluate("document.activeElement.innerText") == names[place], key
        async with desk.page.expect_navigation():
            await desk.page.keyboard.press("Enter")
        await expect(desk.page.get_by_role("heading", name=names[1])).to_be_visible()


async def test_a_case_is_read_and_dealt_with_by_the_keyboard_alone(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk:
        await somebody(site)
        await desk.open(TODAY)
        await press_on(desk, ".row .name")
        await press_on(desk, "form[action$='/ferdig'] button")
        await expect(desk.page.get_by_text("Ingen nye venter.")).to_be_visible()


async def press_on(desk: Desk, place: str) -> None:
    """Go from key stop to key stop until this one, each of which is seen to have the focus, and press it."""
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(40):
        await desk.page.keyboard.press("Tab")
        assert await desk.page.evaluate(outline) != "none"
        if await desk.page.locator(place).first.evaluate("e => e === document.activeElement"):
            async with desk.page.expect_navigation():
                await desk.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key stop is {place}")


async def test_an_answer_reaches_the_person_in_the_chat_they_left_open(
    browser: Browser, site: Site, chat: Chat
) -> None:
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    await chat.press("Ja, fra en i kommunen")
    async with desk_of(browser, site) as desk:
        await desk.open(TODAY)
        await desk.page.locator(".row .name").click()
        await answer(desk, "Hei! Vi har øvelseskjøring på torsdager.")
        await chat.hears("Hei! Vi har øvelseskjøring på torsdager.")
        site.house.series.pass_time()
        await chat.say("Tusen takk, jeg kommer på torsdag")
        await chat.settled()
        await desk.reset()
        await desk.open(TODAY)
        await desk.page.get_by_role("heading", name="Svar til meg 1").wait_for()
        await desk.page.locator("a[href$='#prat']").click()
        await expect(desk.page.get_by_text("Tusen takk, jeg kommer på torsdag")).to_be_visible()
        assert desk.complaints == []
