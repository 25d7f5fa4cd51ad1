"""The emulator in a process of its own, which outlives every kill of the bot."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.emulator.server import TOKEN

ROOT = Path(__file__).parents[2]


class RemoteEmulator:
    """The same requests as the emulator answers in the test's own process, over HTTP."""

    def __init__(self, address: str, http: aiohttp.ClientSession) -> None:
        self.address = address
        self.token = TOKEN
        self._http = http

    @property
    def base_url(self) -> str:
        return f"{self.address}/bot"

    async def ask(self, request: str, **values: Any) -> Any:
        """One request of control.REQUESTS."""
        async with self._http.post(f"{self.address}/control/{request}", json=values) as answer:
            if answer.status != 200:
                raise AssertionError(await answer.text())
            return await answer.json()

    async def act(self, person: int, act: str, *values: Any, **named: Any) -> Any:
        """Let the person with this number do something."""
        return await self.ask("act", person=person, act=act, values=values, named=named)

    async def heard(self, person: int, after: int = 0, within: float = 0) -> list[dict[str, Any]]:
        """What the bot has said to a person."""
        heard: list[dict[str, Any]] = await self.ask("heard", person=person, after=after, within=within)
        return heard


@asynccontextmanager
async def started() -> AsyncIterator[RemoteEmulator]:
    """Start the emulator as its own process, and end it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.emulator", "--port", "0", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            address = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as http:
            yield RemoteEmulator(address, http)
    finally:
        process.terminate()
        await process.wait()
