"""What comes by itself reaches an open page, and no open page holds up the end of the process."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from bot import web
from tests.web.serving import Site, come_by_itself, served
from tests.web.test_api import begun, post


@pytest_asyncio.fixture
async def site(sqlite_url: str) -> AsyncIterator[Site]:
    async with served(sqlite_url) as site:
        yield site


async def first_message(lines: AsyncIterator[str]) -> dict[str, object]:
    """The first message of a stream of events."""
    async for line in lines:
        if line.startswith("data:"):
            return dict(json.loads(line.removeprefix("data:")))
    raise AssertionError("the stream ended")


async def test_a_later_message_comes_through_the_stream_and_replies_do_not(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.address) as client:
        session = await begun(client)
        headers = {"Authorization": f"Bearer {session}"}
        async with client.stream("GET", "/api/chat/events", headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            await post(client, session, "1", choose=["16-17"], turn=1)
            await come_by_itself(site.house, session, "Vi har plass til deg.")
            assert (await first_message(stream.aiter_lines()))["text"] == "Vi har plass til deg."


async def test_the_stream_goes_on_after_the_last_message_that_was_heard(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.address) as client:
        session = await begun(client)
        headers = {"Authorization": f"Bearer {session}"}
        for words in ("En", "To"):
            await come_by_itself(site.house, session, words)
        every = (await client.get("/api/chat", headers=headers)).json()["messages"]
        headers["Last-Event-ID"] = every[-2]["id"]
        async with client.stream("GET", "/api/chat/events", headers=headers) as stream:
            assert (await first_message(stream.aiter_lines()))["text"] == "To"


async def test_open_streams_end_when_the_process_is_about_to(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.address) as client:
        headers = {"Authorization": f"Bearer {await begun(client)}"}
        async with client.stream("GET", "/api/chat/events", headers=headers) as stream:
            reading = asyncio.create_task(stream.aread())
            await asyncio.sleep(0)
            web.close(site.app)
            await asyncio.wait_for(reading, 10)
