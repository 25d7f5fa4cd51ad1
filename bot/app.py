"""Put the house together: the one file that knows every room."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from prometheus_client import start_http_server
from telegram.error import InvalidToken

from bot import clock, web
from bot.channels.telegram import Telegram
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api
from bot.intake import World
from bot.intake.door import Intake
from bot.operations import (
    alerts,
    deliveries,
    floods,
    persons,
    readiness,
    releasing,
    reminders,
    retention,
    turns,
)
from bot.operations.opening import NotReady, stored
from bot.operations.routes import Route, route_of
from bot.outbox import Limits, Outbox
from bot.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True)
class House:
    """What a running Lytt is made of."""

    settings: Settings
    world: World
    intake: Intake


@asynccontextmanager
async def opened(settings: Settings, at: Callable[[str], None] = lambda point: None) -> AsyncIterator[House]:
    """A house with its database open and intake at work; closed in good order at the end."""
    async with stored(settings, at) as world:
        route = route_of(settings)
        if settings.environment == "production":
            await _ready_for_people(world, route)
        intake = Intake(world)
        works = (
            intake.run(),
            retention.run(world),
            floods.run(world),
            releasing.run(world, settings.publish_fewest),
            alerts.run(world, route, settings.staff_opens_per_hour),
            deliveries.run(world, intake.queued),
            reminders.run(world, route),
        )
        async with background(*works):
            yield House(settings, world, intake)


async def _ready_for_people(world: World, route: Route) -> None:
    """What only a municipality can decide is decided; all that is missing is told at once."""
    missing = await readiness.lacks(world.engine, world.places, route, clock.moment(world.now()))
    if missing:
        raise NotReady("production can not start yet:\n" + "\n".join(f"- {each}" for each in missing))


@asynccontextmanager
async def background(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run coroutines beside the body and cancel them at its end; one that fails ends the body too."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in reversed(tasks):
                task.cancel()


# --- roles ----------------------------------------------------------------------------------------


async def serve(
    settings: Settings, listening: socket.socket, ready: Callable[[House], Awaitable[None]]
) -> None:
    """Everything in one process until a signal ends it: the web, and Telegram where there is a token."""
    stop = stop_signal()
    async with opened(settings) as house, AsyncExitStack() as roles:
        roles.enter_context(metrics(settings.metrics_address))
        site = web.create(settings, house.world, house.intake)
        if settings.telegram_token.get_secret_value():
            telegram = await roles.enter_async_context(telegram_beside(house))
            add_webhook(site, telegram, settings.telegram_webhook_secret.get_secret_value())
        await ready(house)
        await _serve_web(site, listening, stop)


async def serve_telegram(settings: Settings, ready: Callable[[House], Awaitable[None]]) -> None:
    """Telegram alone, asking for updates, until a signal ends it."""
    stop = stop_signal()
    async with opened(settings) as house, telegram_at_work(house, partial(_poll_alone, house)):
        with metrics(settings.metrics_address):
            await ready(house)
            await stop.wait()


@contextmanager
def metrics(address: str) -> Iterator[None]:
    """Metrics at an address of their own, `host:port`, where only a local collector should reach them."""
    if not address:
        yield
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise NotReady(f"LYTT_METRICS_ADDRESS is {address!r}; it must be host:port, as 127.0.0.1:9100")
    try:
        server, thread = start_http_server(int(port), host)
    except OSError as error:
        raise NotReady(f"LYTT_METRICS_ADDRESS: can not listen on {address}: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def stop_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


class _Server(uvicorn.Server):
    """uvicorn without its own signals: they end every role in good order, not the web alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `stop_signal`."""
        yield


async def _serve_web(site: FastAPI, listening: socket.socket, stop: asyncio.Event) -> None:
    config = uvicorn.Config(
        site,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whose word is taken for an address is LYTT_TRUSTED_PROXIES' to say
        timeout_graceful_shutdown=1,  # an open stream of events must not hold up the end
    )
    server = _Server(config)

    async def end() -> None:
        await stop.wait()
        web.close(site)
        server.should_exit = True

    async with background(end()):
        await server.serve(sockets=[listening])


# --- Telegram -------------------------------------------------------------------------------------


@asynccontextmanager
async def telegram_at_work(
    house: House, arrivals: Callable[[Telegram], Coroutine[None, None, None]]
) -> AsyncIterator[Telegram]:
    """Telegram with its outbox beside the body: `arrivals` polls, or asks to be called."""
    settings, world = house.settings, house.world
    api = Api(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
    delivery = Delivery(api, world.words, partial(persons.as_file, world, "telegram"))
    limits = Limits(settings.send_per_second, settings.send_per_chat)
    outbox = Outbox(
        world.engine,
        world.keys,
        "telegram",
        delivery.deliver,
        limits,
        world.now,
        clock.monotonic,
        world.at,
    )
    house.intake.listeners.append(outbox.wake)
    telegram = Telegram(api, house.intake.take_all, house.intake.straight, delivery, world.words)
    try:
        async with background(_arrivals(arrivals(telegram)), outbox.run()):
            yield telegram
    finally:
        await telegram.close()


async def _poll_alone(house: House, telegram: Telegram) -> None:
    """Telegram answers only one that asks for updates: the processes take turns."""
    await turns.in_one_process(house.world.engine, "telegram updates", telegram.poll)


async def _arrivals(arrivals: Coroutine[None, None, None]) -> None:
    try:
        await arrivals
    except InvalidToken as error:
        raise NotReady("Telegram refuses the token in LYTT_TELEGRAM_TOKEN") from error


@asynccontextmanager
async def telegram_beside(house: House) -> AsyncIterator[Telegram]:
    """Telegram beside the web chat: polling, or by the webhook where its address is set."""
    url = house.settings.telegram_webhook_url
    secret = house.settings.telegram_webhook_secret.get_secret_value()
    if url and not secret:
        raise NotReady("LYTT_TELEGRAM_WEBHOOK_URL is set, so LYTT_TELEGRAM_WEBHOOK_SECRET must be too")

    async def arrive(telegram: Telegram) -> None:
        try:
            await (telegram.be_called(url, secret) if url else _poll_alone(house, telegram))
        except InvalidToken:
            log.error("telegram refuses the token; the web chat goes on alone", setting="LYTT_TELEGRAM_TOKEN")

    async with telegram_at_work(house, arrive) as telegram:
        yield telegram


def add_webhook(site: FastAPI, telegram: Telegram, secret: str) -> None:
    """The path Telegram calls; without a secret every call is refused."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        return Response(status_code=await telegram.receive(request.stream(), shown, secret))

    site.add_api_route("/telegram/{path}", receive, methods=["POST"], include_in_schema=False)
