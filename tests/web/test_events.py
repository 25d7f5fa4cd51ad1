"""What comes by itself reaches an open page, and no open page holds up the end of the process."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest
import pytest_asyncio

from bot import web
from bot.channels.webchat.events import MOST_OF_A_CHAT, MOST_OF_A_SOURCE, Bells
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


@pytest.mark.parametrize("most", [MOST_OF_A_CHAT, MOST_OF_A_SOURCE])
def test_of_too_many_open_pages_the_oldest_ends(most: int) -> None:
    bells, at_school = Bells(), b"source"
    with ExitStack() as pages:
        chats = [b"one chat" if most == MOST_OF_A_CHAT else b"%d" % each for each in range(most + 2)]
        opened = [pages.enter_context(bells.waiting(chat, at_school)) for chat in chats]
        assert [bell.over for bell in opened] == [True, True] + [False] * most
        with bells.waiting(b"somebody else", b"another source") as other:
            assert not other.over


async def test_a_page_that_has_to_end_lets_the_browser_ask_again(site: Site) -> None:
    async with AsyncExitStack() as pages:
        client = await pages.enter_async_context(httpx.AsyncClient(base_url=site.address))
        headers = {"Authorization": f"Bearer {await begun(client)}"}
        streams = [
            await pages.enter_async_context(client.stream("GET", "/api/chat/events", headers=headers))
            for _ in range(MOST_OF_A_CHAT + 1)
        ]
        assert streams[0].status_code == 200
        await asyncio.wait_for(streams[0].aread(), 10)
