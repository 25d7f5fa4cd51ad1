"""A phone with the chat open on it, and a witness of all the browser asks for and complains about."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request

from tests.web.serving import Site, served

OUTSIDE = "/tilgjengelighet?lang=en"  # stands in for an everyday page, for there is no outside in a test


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_url: str) -> AsyncIterator[Site]:
    async with served(sqlite_url, leave_url=OUTSIDE) as site:
        yield site


@dataclass
class Chat:
    """A person with the chat open."""

    page: Page
    site: Site
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every request, and every complaint of the browser."""
        self.page.on("request", self._request)
        self.page.on("console", self._complaint)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _complaint(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def open(self, path: str = "/chat") -> None:
        await self.page.goto(self.site.address + path)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    async def press(self, name: str) -> None:
        """Press a choice, and wait until the answer to it is there."""
        await self.page.locator("#answers").get_by_role("button", name=name, exact=True).click()
        await self.settled()

    async def say(self, words: str) -> None:
        await self.page.locator("#words").fill(words)
        await self.page.get_by_role("button", name="Send ordene").click()

    async def hears(self, words: str) -> None:
        """Wait until Lytt has said this."""
        await self.log.get_by_text(words).last.wait_for()

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        await self.page.locator("main.chat:not(.waits)").wait_for()

    async def to_sending(self) -> None:
        """Walk to the question whether to send."""
        await self.press("16–17 år")
        await self.say("Jeg trenger lappen.")
        await self.hears("Stemmer det?")
        await self.press("Ja, det stemmer")
        await self.press("Midtbyen")
        await self.hears("Vil du sende det til kommunen nå?")


@pytest_asyncio.fixture(loop_scope="session")
async def chat(phone: BrowserContext, site: Site) -> Chat:
    chat = Chat(await phone.new_page(), site)
    chat.watch()
    return chat
