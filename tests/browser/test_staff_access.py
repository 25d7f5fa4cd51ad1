"""Every page of staff's day, in every state, can be used by everybody on any screen."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.staff import QUEUE, TODAY, Desk, desk_of, in_danger, somebody
from tests.browser.test_access import TOO_SMALL, TOO_WIDE, violations
from tests.web.serving import Site

TARGET = 24  # WCAG 2.2 AA; staff's pages are denser than those of citizens
WIDTHS = (320, 768, 1280, 1920)


async def states(desk: Desk) -> AsyncIterator[str]:
    """One page after another, each in what states it has."""
    page = desk.page
    await desk.open(TODAY)
    yield "nothing waits"
    await page.get_by_role("link", name="Slik virker sidene: en omvisning").click()
    await page.get_by_role("heading", name="Omvisning").wait_for()
    yield "the tour"
    await in_danger(desk.site)
    for address in ("a", "b"):
        await somebody(desk.site, address, "Jeg trenger " + "laaangt" * 40)
    await desk.reset()
    await desk.open(TODAY)
    yield "something waits"
    await page.get_by_text("Jeg kjenner denne personen").first.click()
    yield "a case is left"
    await desk.open(f"{QUEUE}?kategori=other")
    yield "a filter"
    await page.get_by_label("Lagre dette utvalget som").fill("Noe annet")
    await desk.press("Lagre")
    await page.get_by_text("Slik bruker du tastene").click()
    yield "a saved filter"
    await page.get_by_label("Søk i det folk har skrevet").fill("trenger")
    await desk.press("Søk")
    yield "found"
    await page.locator(".row:not(.grave) .name").first.click()
    await page.get_by_text("Rett type behov").click()
    yield "a person"
    await page.get_by_label("Nytt notat, for kolleger").fill("Ring på fredag.")
    await page.evaluate("document.querySelectorAll('[name=version]').forEach(each => each.value = 7)")
    await desk.press("Lagre notatet")
    yield "overtaken"
    await desk.open(TODAY)
    await page.locator(".row.grave .name").click()
    yield "a flag"
    await desk.press("Ta flagget")
    yield "an own flag"
    await page.evaluate("document.querySelector('form[action$=vedtak]').noValidate = true")
    await desk.press("Lagre vurderingen")
    yield "half a decision"
    await page.get_by_role("link", name="Skriv til personen").click()
    await page.get_by_text("Jeg kjenner denne personen").click()
    await desk.press("Gi fra meg saken")
    await page.go_back()
    await page.reload()
    await page.get_by_role("heading", name="Du kjenner personen").wait_for()
    yield "somebody known"


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(browser: Browser, site: Site, colours: Any) -> None:
    size = {"width": 320, "height": 4000}
    async with (
        desk_of(browser, site, viewport=size, color_scheme=colours) as desk,
        desk_of(browser, site, "ola"),
    ):
        async for state in states(desk):
            assert await violations(desk.page) == [], state


async def test_nothing_is_wider_than_any_screen(browser: Browser, site: Site) -> None:
    async with desk_of(browser, site) as desk, desk_of(browser, site, "ola"):
        async for state in states(desk):
            for width in WIDTHS:
                await desk.page.set_viewport_size({"width": width, "height": 900})
                assert await desk.page.evaluate(TOO_WIDE) <= 0, (state, width)
                assert await desk.page.evaluate(TOO_SMALL, TARGET) == [], (state, width)
