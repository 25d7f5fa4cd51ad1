"""A smoke test through an emulator that others wrote: /start, words and buttons, polled and called."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from lo_bot_api_emulator import LoBotApiEmulator  # type: ignore[import-untyped]  # it ships no types

from bot import clock
from bot.app import background
from bot.channels.telegram import Telegram
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api
from bot.outbox import Limits, Outbox
from tests.faults.answers import SHORT, Press, Reply, reply_to
from tests.house import House, opened

TOKEN = "4711:synthetic"
SECRET = "a-secret_0123"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PERSON = {"id": 7, "is_bot": False, "first_name": "Kari", "language_code": "nb"}
CHAT = {"id": 7, "type": "private", "first_name": "Kari"}
UPDATES = 6  # the short conversation, /start with it


class Other:
    """That emulator, and a person in it who reads what the bot sends."""

    def __init__(self) -> None:
        self.emulator = LoBotApiEmulator(allow_insecure_loopback_webhooks=True)
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.numbers = iter(range(1, 1000))

    @web.middleware
    async def overhear(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        if request.path.endswith("/sendMessage") and answer.status == 200:
            self.said.put_nowait(await request.json())
        return answer

    async def happens(self, kind: str, body: dict[str, Any]) -> None:
        await self.emulator.enqueue_update({kind: body}, token=TOKEN)

    async def writes(self, text: str) -> None:
        message = {"message_id": next(self.numbers), "date": 1, "chat": CHAT, "from": PERSON, "text": text}
        await self.happens("message", message)

    async def replies(self, reply: Reply, said: dict[str, Any]) -> None:
        if not isinstance(reply, Press):
            await self.writes(reply.words)
            return
        buttons = [button for row in said["reply_markup"]["inline_keyboard"] for button in row]
        data = next(button["callback_data"] for button in buttons if button["text"] == reply.label)
        shown = {"message_id": 1, "date": 1, "chat": CHAT, "text": said["text"]}
        query = {"id": str(next(self.numbers)), "from": PERSON, "chat_instance": "7", "message": shown}
        await self.happens("callback_query", query | {"data": data})

    async def talks_to_the_end(self) -> None:
        await self.writes("/start")
        for _ in range(UPDATES):
            async with asyncio.timeout(20):
                said = await self.said.get()
            reply = reply_to(said["text"], SHORT)
            if reply:
                await self.replies(reply, said)


@asynccontextmanager
async def served(handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server on a free loopback port."""
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def emulated() -> AsyncIterator[tuple[Other, str]]:
    other = Other()
    site = other.emulator.app()
    site.middlewares.append(other.overhear)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield other, f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    await runner.cleanup()


@asynccontextmanager
async def lytt(sqlite_url: str, base_url: str) -> AsyncIterator[tuple[House, Telegram, Outbox]]:
    """Lytt with link previews left as they are: that emulator does not know the option."""
    async with opened(sqlite_url) as house:
        world, api = house.world, Api(TOKEN, base_url)
        delivery = Delivery(api, world.words, previews=True)
        limits = Limits(per_second=1000, per_chat=1000)
        outbox = Outbox(
            world.engine, world.keys, "telegram", delivery.deliver, limits, world.now, clock.monotonic
        )
        house.intake.listeners.append(outbox.wake)
        telegram = Telegram(api, house.intake.take_all, house.intake.straight, delivery, world.words)
        yield house, telegram, outbox
        await telegram.close()


def refused(other: Other) -> list[dict[str, Any]]:
    return [each for each in other.emulator.requests if each["status"] != 200]


async def test_a_conversation_polled(sqlite_url: str) -> None:
    async with emulated() as (other, base_url), lytt(sqlite_url, base_url) as (house, telegram, outbox):
        async with background(telegram.poll(), outbox.run()):
            await other.talks_to_the_end()
        assert [need.category for need in await house.sent()] == ["driving_licence"]
        assert refused(other) == []


async def test_a_conversation_by_webhook(sqlite_url: str) -> None:
    async with emulated() as (other, base_url), lytt(sqlite_url, base_url) as (house, telegram, outbox):

        async def receive(request: web.BaseRequest) -> web.Response:
            shown = request.headers.get(SECRET_HEADER)
            return web.Response(status=await telegram.receive(request.content.iter_any(), shown, SECRET))

        async with served(receive) as url, background(outbox.run()):
            await telegram.be_called(f"{url}/telegram/updates", SECRET)
            await other.talks_to_the_end()
        assert [need.category for need in await house.sent()] == ["driving_licence"]
        assert refused(other) == []
