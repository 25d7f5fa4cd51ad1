"""The pages of counts can be used by everybody, on any screen, in any colours, without script."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.store import staff
from tests.browser.staff import desk_of
from tests.browser.test_access import TOO_SMALL, TOO_WIDE, violations
from tests.browser.test_staff_access import TARGET, WIDTHS
from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.summaries.people import crowd
from tests.web.serving import Site

HERE = "/ansatt/tall"
PUBLIC = "/dette-har-folk-sagt"
SEEN = [PUBLIC, HERE, f"{HERE}?kommune=trondheim&bydel=ostbyen&bydel=heimdal", f"{HERE}?kommune=froya"]


@pytest_asyncio.fixture(loop_scope="session")
async def told(site: Site) -> Site:
    """A town and a small place where people have told something, and who may see both."""
    world = site.house.world
    await publish(world, GRID, crowd(GRID, 300, seed=2))
    async with world.engine.begin() as db:
        await staff.add(db, "kari", ["coordinator"], ["froya", "trondheim"], "none", world.now())
        await staff.change(db, "kari", must_change=False)
    return site


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_on_the_pages_of_counts(browser: Browser, told: Site, colours: Any) -> None:
    size = {"width": 320, "height": 4000}
    async with desk_of(browser, told, viewport=size, color_scheme=colours) as desk:
        for path in SEEN:
            await desk.open(path)
            assert await violations(desk.page) == [], path
        assert desk.complaints == []


async def test_no_count_is_wider_than_any_screen(browser: Browser, told: Site) -> None:
    async with desk_of(browser, told) as desk:
        for path in SEEN:
            await desk.open(path)
            for width in WIDTHS:
                await desk.page.set_viewport_size({"width": width, "height": 900})
                assert await desk.page.evaluate(TOO_WIDE) <= 0, (path, width)
                assert await desk.page.evaluate(TOO_SMALL, TARGET) == [], (path, width)


async def test_a_coordinator_compares_districts_and_takes_the_numbers_along(
    browser: Browser, told: Site
) -> None:
    async with desk_of(browser, told, java_script_enabled=False) as desk:
        await desk.open(HERE)
        page = desk.page
        await page.get_by_label("Kommune").select_option(label="Trondheim kommune")
        await desk.press("Vis")
        await page.get_by_text("Sammenlign bydeler").press("Enter")
        await page.get_by_label("Heimdal").press("Space")
        await desk.press("Vis")
        await expect(page.get_by_role("columnheader", name="Heimdal").first).to_be_visible()
        async with page.expect_download() as taken:
            await page.get_by_role("link", name="XLSX").press("Enter")
        assert (await taken.value).suggested_filename == "lytt-trondheim-2026-2.xlsx"
        assert desk.complaints == []


async def test_on_paper_the_public_page_is_its_numbers_and_nothing_to_press(
    browser: Browser, told: Site
) -> None:
    page = await browser.new_page()
    await page.emulate_media(media="print")
    await page.goto(told.address + PUBLIC)
    await expect(page.get_by_role("table")).to_have_count(2)
    for pressed in ("link", "button"):
        await expect(page.locator("header, nav, footer").get_by_role(pressed)).to_have_count(0)
    await page.close()
