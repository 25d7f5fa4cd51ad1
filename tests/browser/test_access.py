"""The pages can be used by everybody: with keys, enlarged, in the dark, read by a screen reader."""

import asyncio
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Chat
from tests.web.serving import Site

PAGES = ["/", "/k/froya", "/chat", "/hjelp", "/personvern", "/tilgjengelighet", "/ansatt/inn", "/nowhere"]
SMALL: ViewportSize = {"width": 320, "height": 568}
TALL: ViewportSize = {
    "width": 320,
    "height": 3000,
}  # so high that nothing lies under what sticks to the bottom
ZOOMED: ViewportSize = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
TARGET = 48
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

TOO_SMALL = """target => [...document.querySelectorAll("a, button, summary, textarea, label.choice")]
  .filter(e => e.checkVisibility() && !e.closest("p") && !e.matches(".skip"))
  .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < target - .5 || box.width < target - .5)
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def violations(page: Page) -> list[Any]:
    # Colours are measured when nothing fades any more.
    await page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    found = (await Axe().run(page, options=RULES)).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


async def states(page: Page) -> Any:
    """The chat in one state after another."""
    answers = page.locator("#answers")
    yield "first"
    await answers.get_by_role("button", name="25 eller eldre").click()
    await answers.get_by_label("0–1 år").check()
    yield "several"
    await answers.get_by_role("button", name="Ferdig").click()
    await answers.get_by_role("button", name="Hjem og barn").wait_for()
    yield "need"
    await page.locator("#words").fill("Vi trenger mat. " + "Laaangt" * 30)
    await page.get_by_role("button", name="Send ordene").click()
    await answers.get_by_role("button", name="La meg velge selv").wait_for()
    yield "heard"
    await answers.get_by_role("button", name="Ta vare på det slik jeg skrev det").click()
    await answers.get_by_role("button", name="Vil ikke si").click()
    await answers.get_by_role("button", name="Send", exact=True).click()
    await page.locator("[data-receipt]").wait_for()
    yield "receipt"
    await page.locator("#words").fill("Jeg vil ikke leve lenger")
    await page.get_by_role("button", name="Send ordene").click()
    await page.locator('[data-kind="grave"]').first.wait_for()
    yield "grave"
    await page.locator("summary").click()
    yield "menu"
    await page.keyboard.press("Escape")
    await page.locator("#help-link").click()
    yield "help"


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, site: Site, colours: Any) -> None:
    page = await browser.new_page(color_scheme=colours, viewport=TALL)
    for path in PAGES:
        await page.goto(site.address + path)
        assert await violations(page) == [], path
    await page.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state_of_the_chat(browser: Browser, site: Site, colours: Any) -> None:
    page = await browser.new_page(color_scheme=colours, viewport=TALL)
    await page.goto(site.address + "/chat")
    async for state in states(page):
        assert await violations(page) == [], state
    await page.close()


@pytest.mark.parametrize("size", [SMALL, ZOOMED], ids=["320 px", "400 %"])
async def test_nothing_is_wider_than_a_small_or_enlarged_screen(
    browser: Browser, site: Site, size: Any
) -> None:
    page = await browser.new_page(viewport=size)
    for path in PAGES:
        await page.goto(site.address + path)
        assert await page.evaluate(TOO_WIDE) <= 0, path
    await page.goto(site.address + "/chat")
    async for state in states(page):
        assert await page.evaluate(TOO_WIDE) <= 0, state
        assert await page.evaluate(TOO_SMALL, TARGET) == [], state
    await page.close()


@pytest.mark.parametrize("path", PAGES)
async def test_every_target_is_large_enough_for_a_thumb(chat: Chat, path: str) -> None:
    await chat.open(path)
    assert await chat.page.evaluate(TOO_SMALL, TARGET) == []


async def test_a_walk_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    page = await browser.new_page()
    await page.goto(site.address + "/chat")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Gå til innholdet")).to_be_focused()
    await page.keyboard.press("Enter")
    for name in ("16–17 år", "Lappen, buss, skole og jobb", "Førerkort (lappen)", "Vil ikke si", "Send"):
        await tab_to(page, name)
        await page.keyboard.press("Enter")
        await page.locator("main.chat:not(.waits)").wait_for()
    await page.locator("[data-receipt]").wait_for()
    await page.close()


async def tab_to(page: Page, name: str) -> None:
    """Go from key stop to key stop until one of this name; each can be seen to have the focus."""
    button = page.locator("#answers").get_by_role("button", name=name, exact=True)
    await button.wait_for()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(25):
        await page.keyboard.press("Tab")
        assert await page.evaluate(outline) != "none"
        if await button.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"no key stop is called {name}")


async def test_enter_sends_words_and_shift_enter_makes_a_line(browser: Browser, site: Site) -> None:
    page = await browser.new_page()
    await page.goto(site.address + "/chat")
    await page.get_by_role("button", name="16–17 år").click()
    words = page.locator("#words")
    await words.fill("Jeg trenger")
    await words.press("Shift+Enter")
    await words.press_sequentially("lappen")
    await words.press("Enter")
    await page.get_by_text("«Jeg trenger\nlappen»").wait_for()
    await page.close()


async def test_a_screen_reader_hears_new_messages(chat: Chat) -> None:
    await chat.open()
    assert await chat.log.get_attribute("aria-live") == "polite"
    await chat.press("16–17 år")
    snapshot = await chat.log.aria_snapshot()
    assert "Du:" in snapshot
    assert "Hva trenger du for å få det bedre?" in snapshot
    assert await chat.page.evaluate("document.activeElement.id") == "answers"


async def test_each_message_says_which_language_it_is_in(chat: Chat) -> None:
    await chat.open("/chat?lang=nn")
    assert await chat.page.locator(".said").first.get_attribute("lang") == "nn"
    assert await chat.page.locator("html").get_attribute("lang") == "nn"


async def test_skip_is_as_visible_as_an_answer(chat: Chat) -> None:
    await chat.open()
    look = """e => { const style = getComputedStyle(e);
        return [style.fontSize, style.fontWeight, style.color, style.borderColor, e.offsetHeight] }"""
    button = chat.page.locator("#answers").get_by_role("button", name="Hopp over")
    answer = chat.page.locator("#answers").get_by_role("button", name="16–17 år")
    assert await button.evaluate(look) == await answer.evaluate(look)


async def test_nothing_moves_for_who_wants_calm(browser: Browser, site: Site) -> None:
    page = await browser.new_page(reduced_motion="reduce")
    await page.goto(site.address + "/chat")
    assert await page.evaluate("document.getAnimations().length") == 0
    await page.close()


async def test_the_page_asks_only_its_own_house_and_breaks_no_rule_of_its_own(chat: Chat) -> None:
    await chat.open("/")
    for path in PAGES[:-1]:
        await chat.open(path)
    await chat.open()
    await chat.to_sending()
    assert {url for url in chat.asked if not url.startswith(chat.site.address)} == set()
    assert chat.complaints == []


async def test_the_whole_chat_weighs_less_than_100_kilobytes(chat: Chat) -> None:
    weights: list[asyncio.Task[bytes]] = []
    chat.page.on("response", lambda response: weights.append(asyncio.create_task(response.body())))
    await chat.open()
    await chat.page.wait_for_load_state("load")
    assert sum(map(len, await asyncio.gather(*weights))) < 100_000
