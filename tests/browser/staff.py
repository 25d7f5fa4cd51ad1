"""A worker at a screen of their own, with a witness of all the browser complains about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Dialog, Page

from bot.channels.base import Wrote
from bot.store import signins, staff
from tests.intake.conversations import press
from tests.staff.pages import cry
from tests.web.serving import Site

TODAY = "/ansatt"
QUEUE = "/ansatt/ko"
LOOK_MS = 5_000  # how often staff.js looks for what is new
WISH = "Jeg får ikke jobb uten lappen, og øvelseskjøring er for dyrt."


@dataclass
class Desk:
    """A worker's browser."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every complaint, a refused script and a dialog nobody asked for among them."""
        self.page.on("console", self._complaint)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dialog)

    def _complaint(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    async def open(self, path: str) -> None:
        await self.page.goto(self.site.address + path)

    async def reset(self) -> None:
        """Sign in anew: people have taken their time."""
        await sign_in(self.site, self.page)

    async def press(self, name: str, place: int = 0) -> None:
        """Press a button, and be where it leads."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=name, exact=True).nth(place).click()

    async def look(self) -> None:
        """Let the page look for what is new once."""
        await self.page.clock.run_for(LOOK_MS)


async def sign_in(site: Site, page: Page, name: str = "kari", *roles: str) -> None:
    """A worker of this name who is signed in already."""
    world, token = site.house.world, f"token of {name}"
    async with world.engine.begin() as db:
        if await staff.named(db, name) is None:
            await staff.add(db, name, roles or ("reviewer",), ("trondheim",), "none", world.now())
            await staff.change(db, name, must_change=False, full_name=f"{name.title()} Nordmann")
        await signins.end(db, token)
        await signins.begin(db, token, name, signins.ALL, world.now(), world.now())
    await page.context.add_cookies([{"name": "lytt-ansatt", "value": token, "url": site.address}])


@asynccontextmanager
async def desk_of(browser: Browser, site: Site, name: str = "kari", **screen: Any) -> AsyncIterator[Desk]:
    """A signed-in worker's browser; `screen` is its size and colours."""
    context = await browser.new_context(
        locale="nb-NO", **{"viewport": {"width": 1280, "height": 900}} | screen
    )
    context.set_default_timeout(10_000)
    desk = Desk(await context.new_page(), site)
    desk.watch()
    await sign_in(site, desk.page, name)
    yield desk
    await context.close()


async def somebody(site: Site, address: str = "a", words: str = WISH) -> None:
    """A person who has sent a need and wants an answer in the evening."""
    house = site.house
    await press(house, address, "16-17")
    await house.do("web", address, Wrote(words, "m1"))
    for choice in ("other", "midtbyen", "send", "adult", "evening"):
        await press(house, address, choice)


async def in_danger(site: Site, address: str = "g") -> None:
    """A person who has raised a red flag, asks for an adult, and says how to reach them."""
    await cry(site.house, address)
    await press(site.house, address, "adult")
    await site.house.do("web", address, Wrote("ring 412 34 567 etter skolen"))
