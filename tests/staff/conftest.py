"""Workers at the staff pages, speaking HTTP to the web in this process."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from html import unescape

import httpx
import pytest_asyncio
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from starlette.requests import Request

from bot import web
from bot.store import signins, staff
from bot.store.engine import reading
from bot.store.tables.access import audit
from tests.house import House, Series, opened
from tests.web.serving import settings

HERE = "http://lytt.test"
TOKEN = re.compile(r'name="token" value="([^"]*)"')
# A worker of these tests is signed in already; a hash that costs nothing.
NO_PASSWORD = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash("none")


@dataclass(frozen=True)
class Browser:
    """A browser of one worker; every form it sends carries the token of the page it last saw."""

    client: httpx.AsyncClient

    async def get(self, path: str, **more: object) -> httpx.Response:
        return await self.client.get(path, **more)  # type: ignore[arg-type]

    async def send(self, path: str, seen_on: str = "/ansatt", **fields: object) -> httpx.Response:
        """Send a form as the page it stands on does."""
        page = await self.client.get(seen_on)
        return await self.client.post(path, data={"token": token(page.text), **fields})


def token(page: str) -> str:
    """What the forms of a page carry."""
    found = TOKEN.search(page)
    return unescape(found[1]) if found else ""


@dataclass(frozen=True)
class Desk:
    """The staff pages on one house, and workers who come to them."""

    app: FastAPI
    house: House
    running: AsyncExitStack

    async def stranger(self, address: str = "127.0.0.1") -> Browser:
        """A browser that nobody is signed in with."""
        asks = (address, 4711)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=asks)
        client = httpx.AsyncClient(transport=transport, base_url=HERE)
        return Browser(await self.running.enter_async_context(client))

    async def worker(self, name: str, *roles: str, municipalities: Sequence[str] = ("trondheim",)) -> Browser:
        """A worker who is signed in already; the account is made where it is not there yet."""
        world, browser = self.house.world, await self.stranger()
        shown, now = f"token of {name}", world.now()
        async with world.engine.begin() as db:
            if await staff.named(db, name) is None:
                await staff.add(db, name, roles, municipalities, NO_PASSWORD, now)
                await staff.change(db, name, must_change=False, full_name=f"{name.title()} Nordmann")
            await signins.end(db, shown)
            await signins.begin(db, shown, name, signins.ALL, now, now)
        browser.client.cookies.set("lytt-ansatt", shown, domain="lytt.test")
        return browser

    async def request(self, browser: Browser) -> Request:
        """A request as the web sees it, with the cookies of a browser."""
        cookies = browser.client.build_request("GET", HERE).headers.get("cookie", "")
        headers = [(b"cookie", cookies.encode())]
        scope = {"type": "http", "headers": headers, "client": ("127.0.0.1", 4711), "scheme": "http"}
        return Request({**scope, "method": "GET", "path": "/", "query_string": b""})

    async def log(self, *acts: str) -> list[tuple[str, str, str]]:
        """Who did what to which kind of thing, as the log has it; all acts, or these alone."""
        query = select(audit.c.staff, audit.c.act, audit.c.kind).order_by(audit.c.seq)
        async with reading(self.house.world.engine) as db:
            lines = [(row.staff, row.act, row.kind) for row in await db.execute(query)]
        return [line for line in lines if not acts or line[1] in acts]


@pytest_asyncio.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with opened(sqlite_url, Series()) as house, AsyncExitStack() as running:
        yield Desk(web.create(settings(), house.world, house.intake), house, running)
