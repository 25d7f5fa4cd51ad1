"""A worker and a person write to each other, each with a page open."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Chat
from tests.browser.staff import TODAY, Desk, desk_of
from tests.browser.test_access import violations
from tests.web.serving import Site

DRAFT_MS = 1_000  # how long staff.js waits before it keeps what is written


async def with_person(desk: Desk) -> None:
    """On the page of the one person who sent something."""
    await desk.open(TODAY)
    await desk.page.locator(".row .name").first.click()
    await expect(desk.page.get_by_role("heading", name="Praten")).to_be_visible()


async def test_a_letter_comes_while_the_chat_is_open_and_the_person_ends_the_talk(
    chat: Chat, browser: Browser, site: Site
) -> None:
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    await chat.hears("Vil du ha svar?")
    async with desk_of(browser, site) as desk:
        await with_person(desk)
        await desk.page.get_by_label("Skriv til personen").fill("Vil du møte oss?")
        await desk.press("Send nå" if await desk.page.get_by_text("Send nå").count() else "Send")
        await chat.hears("kari skriver:")
        await chat.hears("Vil du møte oss?")
        await chat.say("ja, på onsdag <b>kl. 3</b>")
        await chat.hears("Jeg har gitt det videre.")
        await desk.page.reload()
        await expect(desk.page.locator(".letter.person .words")).to_have_text("ja, på onsdag <b>kl. 3</b>")
        assert await violations(desk.page) == []
        site.house.series.pass_time()
        await chat.press("Avslutt praten")
        await chat.hears("Praten er slutt.")
        await chat.hears("Vil du ha svar?")
        await desk.open(TODAY)
        await expect(desk.page.get_by_text("Avsluttet praten")).to_be_visible()
        assert (desk.complaints, chat.complaints) == ([], [])


async def test_what_is_written_is_kept_while_it_is_written(chat: Chat, browser: Browser, site: Site) -> None:
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    async with desk_of(browser, site) as desk:
        await desk.page.clock.install()
        await with_person(desk)
        await desk.page.get_by_text("Begynn med et ferdig svar").click()
        await desk.page.get_by_role("button", name="Sett inn").first.click()
        words = desk.page.get_by_label("Skriv til personen")
        await words.press("End")
        await words.press_sequentially(" Hilsen oss")
        await desk.page.clock.run_for(DRAFT_MS)
        await expect(desk.page.get_by_text("Utkastet er lagret")).to_be_visible()
        await desk.page.context.clear_cookies()
        await desk.reset()
        await with_person(desk)
        await expect(words).to_have_value("Hei! Vi har lest det du skrev. Takk for at du sa det. Hilsen oss")
        assert desk.complaints == []


async def test_without_a_script_the_letter_is_on_the_page_with_its_way_out(
    chat: Chat, browser: Browser, site: Site
) -> None:
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    await site.house.write("Hei fra oss.")
    context = await browser.new_context(java_script_enabled=False, locale="nb-NO")
    await context.add_cookies(await chat.page.context.cookies())  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(site.address + "/chat")
    await expect(page.get_by_role("log")).to_contain_text("Hei fra oss.")
    await page.get_by_role("button", name="Avslutt praten").click()
    await expect(page.get_by_role("log")).to_contain_text("Praten er slutt.")
    await context.close()
