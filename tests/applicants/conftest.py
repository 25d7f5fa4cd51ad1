"""The form in this process: a client that keeps cookies, and a call that is open."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from bot.store import calls
from tests.funding.conftest import OPEN
from tests.funding.written import FILES
from tests.house import House, Series, opened
from tests.web.conftest import HERE, client_of

KEY = "trondheim-2021"
TOKEN = re.compile(r'name="token" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
IDS = re.compile(r'name="(partners\.\d+\.id)" value="([^"]*)"')
SHOWN_CODE = re.compile(r'class="code">([A-Z0-9-]+)<')


Fields = dict[str, str | list[str]]


@dataclass
class Body:
    """A browser in which a body fills in the form."""

    client: httpx.AsyncClient
    page: httpx.Response | None = None

    async def opens(self, path: str = "") -> httpx.Response:
        self.page = await self.client.get(f"/sok/{KEY}{path}", follow_redirects=True)
        return self.page

    async def sends(
        self, path: str, fields: dict[str, str | list[str]] | None = None, **more: object
    ) -> httpx.Response:
        """A form of the page that is open, with its token and version."""
        assert self.page is not None
        ids = dict(IDS.findall(self.page.text))
        held = {"token": TOKEN.findall(self.page.text)[0], **ids, **(fields or {})}
        if found := VERSION.findall(self.page.text):
            held.setdefault("version", found[0])
        more.setdefault("headers", {"Sec-Fetch-Site": "same-origin"})
        self.page = await self.client.post(f"/sok/{KEY}{path}", data=held, follow_redirects=True, **more)  # type: ignore[arg-type]
        return self.page

    async def begins(self) -> str:
        """A new draft; its code."""
        await self.opens()
        page = await self.sends("/begynn")
        code: str = SHOWN_CODE.findall(page.text)[0]
        return code


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with opened(sqlite_url, Series(OPEN)) as house:
        async with house.world.engine.begin() as db:
            await calls.add(db, house.world.keys, FILES[KEY], "seed", OPEN)
        yield house


@pytest.fixture
async def body(house: House) -> AsyncIterator[Body]:
    async with client_of(house, lambda: 0.0) as client:
        yield Body(client)


@pytest.fixture
async def partner(house: House) -> AsyncIterator[Body]:
    """A second browser."""
    async with client_of(house, lambda: 0.0) as client:
        yield Body(client)


def address(path: str) -> str:
    return f"{HERE}/sok/{KEY}{path}"
