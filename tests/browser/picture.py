"""Take the picture of the chat that README shows: `python -m tests.browser.picture`."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, async_playwright

from bot.store.engine import migrate, open_engine
from tests.services.browser import ARGUMENTS, find_chromium
from tests.web.serving import served

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "chat.png"
PHONE = {"width": 375, "height": 780}


async def talk(page: Page, address: str) -> None:
    """Talk until Lytt asks what the person needs."""
    await page.goto(f"{address}/k/trondheim")
    await page.get_by_role("button", name="16–17 år").click()
    await page.get_by_role("button", name="Venner og fritid").wait_for()


async def take() -> None:
    """Serve Lytt for a moment, talk with it, and keep what the phone shows."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/lytt.db"
        engine = open_engine(url)
        await migrate(engine)
        await engine.dispose()
        async with served(url) as site, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            page = await browser.new_page(
                viewport={"width": PHONE["width"], "height": PHONE["height"]},
                device_scale_factor=1.25,
                locale="nb-NO",
                has_touch=True,
                is_mobile=True,
                reduced_motion="reduce",
            )
            await talk(page, site.address)
            await page.screenshot(path=PICTURE)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
