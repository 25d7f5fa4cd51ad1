"""`lytt serve` and `lytt telegram` as processes: quick to start, quick to stop, and of use between."""

import asyncio
import os
import re
import signal
import socket
from asyncio.subprocess import Process

import httpx
import pytest

from tests.commands.lytt import Lytt, said
from tests.emulator import Emulator

STARTS_WITHIN, STOPS_WITHIN = 5.0, 2.0  # seconds, where nothing else is at work


def patience(seconds: float) -> float:
    """The same on a busy machine: as much longer as others are in line for each of its cores."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def address_of(process: Process) -> str:
    line = await said(process, "Web chat")
    return line.split()[-1].rstrip("/")


async def stops(process: Process, number: signal.Signals) -> None:
    async with asyncio.timeout(patience(STOPS_WITHIN)):
        process.send_signal(number)
        assert await process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_within_seconds_and_stops_in_good_order(lytt: Lytt, number: signal.Signals) -> None:
    async with lytt.running("serve", "--port", "0") as process:
        async with asyncio.timeout(patience(STARTS_WITHIN)):
            address = await address_of(process)
        async with httpx.AsyncClient(base_url=address) as visitor:
            assert (await visitor.get("/healthz")).status_code == 200
            assert (await visitor.get("/readyz")).status_code == 200
        await stops(process, number)


async def test_the_first_start_tells_of_a_first_login_and_the_second_does_not(lytt: Lytt) -> None:
    async with lytt.running("serve", "--port", "0") as process:
        login = await said(process, "First staff login")
        assert re.fullmatch(r"First staff login: admin, one-time password \w{16}", login)
    async with lytt.running("serve", "--port", "0") as process:
        await said(process, "Telegram")
        await stops(process, signal.SIGTERM)
        assert process.stdout
        assert b"password" not in await process.stdout.read()


async def test_a_demo_leaves_nothing_behind(lytt: Lytt) -> None:
    async with lytt.running("serve", "--demo", "--port", "0") as process:
        await address_of(process)
        await stops(process, signal.SIGTERM)
    assert lytt.files() == set()


async def test_a_demo_shows_what_people_have_said_from_the_start(lytt: Lytt) -> None:
    async with lytt.running("serve", "--demo", "--port", "0") as process:
        address = await address_of(process)
        async with httpx.AsyncClient(base_url=address) as visitor:
            published = await visitor.get("/dette-har-folk-sagt")
        await stops(process, signal.SIGTERM)
    assert 'class="figures"' in published.text


async def test_a_port_in_use_is_one_clear_line(lytt: Lytt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = await asyncio.to_thread(lytt, "serve", "--port", port)
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert lytt.files() == set()


@pytest.mark.parametrize("command", ["serve", "telegram"])
async def test_telegram_is_answered(lytt: Lytt, command: str) -> None:
    words = ("serve", "--port", "0") if command == "serve" else ("telegram",)
    async with Emulator() as telegram:
        kari = telegram.person()
        kari.says("/start")
        settings = {"telegram_token": telegram.token, "telegram_base_url": telegram.base_url}
        async with lytt.running(*words, **settings) as process:
            assert await said(process, "Telegram") == "Telegram   on"
            assert await kari.hears(within=10)
            await stops(process, signal.SIGTERM)


async def test_telegram_brings_updates_to_the_webhook(lytt: Lytt) -> None:
    async with Emulator() as telegram:
        settings = {
            "telegram_token": telegram.token,
            "telegram_base_url": telegram.base_url,
            "telegram_webhook_url": "http://127.0.0.1:9/telegram/updates",
            "telegram_webhook_secret": "a-secret_0123",
        }
        async with lytt.running("serve", "--port", "0", **settings) as process:
            async with httpx.AsyncClient(base_url=await address_of(process)) as visitor:
                refused = await visitor.post("/telegram/updates", json={"update_id": 1})
                assert refused.status_code == 403
                secret = {"X-Telegram-Bot-Api-Secret-Token": "a-secret_0123"}
                taken = await visitor.post("/telegram/updates", json={"update_id": 1}, headers=secret)
                assert taken.status_code == 200
            await stops(process, signal.SIGTERM)


@pytest.mark.parametrize(
    ("command", "settings", "told"),
    [
        ("telegram", {}, "set LYTT_TELEGRAM_TOKEN"),
        (
            "telegram",
            {"telegram_token": "1:a", "telegram_webhook_url": "https://lytt.example.test/t"},
            "lytt serve",
        ),
        (
            "serve",
            {"telegram_token": "1:a", "telegram_webhook_url": "https://lytt.example.test/t"},
            "LYTT_TELEGRAM_WEBHOOK_SECRET",
        ),
    ],
)
def test_what_telegram_lacks_is_one_clear_line(
    lytt: Lytt, command: str, settings: dict[str, str], told: str
) -> None:
    words = ("serve", "--port", "0") if command == "serve" else ("telegram",)
    refused = lytt(*words, log_level="ERROR", **settings)
    assert refused.returncode == 1
    assert told in refused.stderr.splitlines()[-1]


async def test_a_refused_token_ends_the_telegram_role_and_not_the_web(lytt: Lytt) -> None:
    async with Emulator() as telegram:
        settings = {"telegram_token": "1:wrong", "telegram_base_url": telegram.base_url}
        refused = await asyncio.to_thread(lytt, "telegram", **settings)
        assert refused.returncode == 1
        assert "refuses the token" in refused.stderr
        async with lytt.running("serve", "--port", "0", **settings) as process:
            async with httpx.AsyncClient(base_url=await address_of(process)) as visitor:
                assert (await visitor.get("/healthz")).status_code == 200
            await stops(process, signal.SIGTERM)


async def test_metrics_have_an_address_of_their_own(lytt: Lytt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        metrics = f"127.0.0.1:{free.getsockname()[1]}"
    async with lytt.running("serve", "--port", "0", METRICS_ADDRESS=metrics) as process:
        address = await address_of(process)
        async with httpx.AsyncClient() as collector:
            assert "lytt_alerts_failed_total 0.0" in (await collector.get(f"http://{metrics}/metrics")).text
            assert (await collector.get(f"{address}/metrics")).status_code == 404
        await stops(process, signal.SIGTERM)


def test_an_address_that_is_none_is_a_clear_line(lytt: Lytt) -> None:
    ended = lytt("serve", "--port", "0", METRICS_ADDRESS="9100")
    assert ended.returncode == 1
    assert "LYTT_METRICS_ADDRESS is '9100'; it must be host:port" in ended.stderr
