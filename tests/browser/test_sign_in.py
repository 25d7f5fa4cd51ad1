"""The way in for staff, and the pages of who administers it: in light and dark, small and large, by keys."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, Page

from bot.operations import accounts
from bot.store import rights
from bot.store.staff import ROLES
from tests.browser.test_access import SMALL, TOO_WIDE, violations
from tests.house import KEYS
from tests.web.serving import Site

FIRST, OWN = "ABCDEFGHJKLMNPQR", "et langt passord som ingen gjetter"
# The lines of a picture to scan are as thick as its squares, whatever the look of other pictures is.
DRAWN = "e => { const style = getComputedStyle(e); return [style.strokeWidth, style.strokeLinecap] }"
WIDTHS = (320, 768, 1280, 1920)


async def first_account(site: Site) -> None:
    world, by = site.house.world, site.app.state.office.scribe("test")
    async with world.engine.begin() as db:
        await accounts.add(db, by, "ada", ROLES, ["trondheim", "froya"], lambda length: FIRST)
        for place, days in enumerate((1, 25, 40)):
            came = world.now() - days * 86_400_000
            await rights.add(db, KEYS, f"{place:032x}", "trondheim", "access", came, "ada", "Kom på telefon")


async def steps(page: Page, site: Site) -> AsyncIterator[str]:
    """From the first password to a requests' page, one page after another."""
    await first_account(site)
    await page.goto(f"{site.address}/ansatt")
    yield "sign in"
    await page.get_by_label("Navn").fill("ada")
    await page.get_by_label("Passord").fill("feil passord her")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    yield "refused"
    await page.get_by_label("Navn").fill("ada")
    await page.get_by_label("Passord").fill(FIRST)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Velg et passord").wait_for()
    yield "password"
    await page.get_by_label("Passordet du har nå").fill(FIRST)
    await page.get_by_label("Nytt passord", exact=True).fill(OWN)
    await page.get_by_label("Nytt passord en gang til").fill(OWN)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Koble til en kodeapp").wait_for()
    yield "app"
    assert await page.locator(".scan path[stroke]").evaluate(DRAWN) == ["1px", "butt"]
    assert await page.get_by_role("navigation", name="Sider").count() == 0
    secret = re.sub(r"\s", "", await page.locator(".secret").inner_text())
    step = site.house.world.now() // 30_000
    await page.get_by_label("Koden fra appen").fill(pyotp.TOTP(secret).generate_otp(step))
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Reservekoder").wait_for()
    yield "recovery codes"
    recovery = re.sub(r"\s", "", await page.locator(".codes li").first.inner_text())
    await page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    await page.get_by_role("heading", name="I dag").wait_for()
    for name in ("Krav", "Kontoer", "Logg", "Min side"):
        await page.get_by_role("navigation").get_by_role("link", name=name).click()
        await page.locator("[aria-current=page]").get_by_text(name).wait_for()
        yield name
    await page.goto(f"{site.address}/ansatt/kontoer")
    await page.get_by_label("Navn").fill("kari")
    form = page.locator("form.sheet").last
    await form.get_by_label("leser og svarer").check()
    await form.get_by_label("Trondheim").check()
    await form.get_by_role("button", name="Lag konto").click()
    await page.locator("summary").first.click()
    yield "a new account"
    await page.goto(f"{site.address}/ansatt/finnes-ikke")
    yield "not here"
    await page.goto(f"{site.address}/ansatt/meg")
    await page.get_by_role("banner").get_by_role("button", name="Logg ut").click()
    await page.get_by_role("heading", name="Logg inn").wait_for()
    await page.get_by_label("Navn").fill("ada")
    await page.get_by_label("Passord").fill(OWN)
    await page.keyboard.press("Enter")
    await page.get_by_label("Koden fra appen").fill(recovery)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Du brukte en reservekode").wait_for()
    yield "a recovery code used"


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_on_the_way_in_and_nothing_asks_another_house(
    browser: Browser, site: Site, colours: Any
) -> None:
    page = await browser.new_page(color_scheme=colours, viewport={"width": 320, "height": 4000})
    asked, complaints = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    async for step in steps(page, site):
        assert await violations(page) == [], step
    assert {url for url in asked if not url.startswith(site.address)} == set()
    assert [each for each in complaints if "status of 40" not in each] == []  # what was refused on purpose
    await page.close()


async def test_nothing_is_wider_than_the_screen(browser: Browser, site: Site) -> None:
    page = await browser.new_page(viewport=SMALL)
    async for step in steps(page, site):
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 700})
            assert await page.evaluate(TOO_WIDE) <= 0, (step, width)
    await page.close()
