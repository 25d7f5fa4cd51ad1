"""The emulator's HTTP server: the Bot API under /bot<token>/, a test's own requests under /control/."""

import asyncio
import inspect
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.emulator import control
from tests.emulator.faults import Fault, Kind
from tests.emulator.methods import BY_LOWER_NAME, METHODS, Parameters
from tests.emulator.people import People, Person
from tests.emulator.refusal import Refusal, bad_request, too_many_requests
from tests.emulator.world import Call, Json, Telegram

TOKEN = "110201543:emulator-token-of-no-value_0123456"
BOT: Json = {
    "id": 110201543,
    "is_bot": True,
    "first_name": "Lytt",
    "username": "lytt_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
FIRST_UPDATE = 771_000_001


class Emulator:
    """Telegram with one bot, reached at `base_url`; used as an asynchronous context."""

    def __init__(
        self, *, now: Callable[[], float] = time.time, token: str = TOKEN, first_update: int = FIRST_UPDATE
    ) -> None:
        self.token = token
        self.telegram = Telegram(now, first_update, BOT)
        self.people = People(self.telegram)
        self.port = 0
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.port = runner.addresses[0][1]
        self._runner = runner

    async def stop(self) -> None:
        if self.telegram.webhook:
            await self.telegram.webhook.stop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What `telegram.Bot` and LYTT_TELEGRAM_BASE_URL are given."""
        return f"http://127.0.0.1:{self.port}/bot"

    def person(self, name: str = "Kari", number: int | None = None, language: str | None = "nb") -> Person:
        """Somebody to talk with; the same number is the same person."""
        return self.people.person(name, number, language)

    def waiting(self) -> list[Json]:
        """The updates the bot has not acknowledged."""
        return [
            json.loads(update.body) for update in self.telegram.updates.waiting(len(self.telegram.updates))
        ]

    def fails(self, method: str | None = None, **how: Any) -> Fault:
        """Ask for a fault at the next call of this method; see Fault for the rest."""
        fault = Fault(method=method, **how)
        self.telegram.faults.add(fault)
        return fault

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/bot"):
            return await self._answer_bot(request)
        if request.path.startswith("/control/"):
            return await control.answer(self.people, request)
        return _json(404, Refusal(404, "Not Found").body())

    async def _answer_bot(self, request: web.BaseRequest) -> web.StreamResponse:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        name = BY_LOWER_NAME.get(method.lower())
        if token != self.token:
            return _json(401, Refusal(401, "Unauthorized").body())
        if name is None:
            return _json(404, Refusal(404, "Not Found").body())
        given = await _parameters(request)
        fault = self.telegram.faults.take(name, _chat_id(given))
        status, body = 200, b""
        if fault is None or fault.carried_out:
            status, body = await self._carry_out(name, Parameters(given))
        if fault is None:
            response: web.StreamResponse = _bytes(status, body)
        else:
            response = await _fail(request, fault, body)
            status = response.status
        self.telegram.calls.append(Call(name, given, self.telegram.now(), status))
        self.telegram.wake()
        return response

    async def _carry_out(self, name: str, given: Parameters) -> tuple[int, bytes]:
        try:
            result = METHODS[name](self.telegram, given)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return refusal.status, json.dumps(refusal.body()).encode()
        if name == "getUpdates":
            return 200, b'{"ok":true,"result":[' + b",".join(result) + b"]}"
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def _parameters(request: web.BaseRequest) -> Json:
    if request.content_type == "multipart/form-data":
        fields = await request.post()
        return {name: _field(value) for name, value in fields.items()}
    body = await request.read()
    if request.content_type == "application/json":
        given = json.loads(body) if body else {}
        return given if isinstance(given, dict) else {}
    return dict(parse_qsl(request.query_string)) | dict(parse_qsl(body.decode(), keep_blank_values=True))


def _field(value: Any) -> Any:
    """A file as its name and content, so that a fault may read it twice."""
    return (value.filename, value.file.read()) if isinstance(value, web.FileField) else value


def _chat_id(given: Json) -> int | None:
    value = str(given.get("chat_id", ""))
    return int(value) if value.lstrip("-").isdigit() else None


async def _fail(request: web.BaseRequest, fault: Fault, body: bytes) -> web.StreamResponse:
    if fault.kind is Kind.STATUS:
        return _refused(fault)
    if fault.kind is Kind.GARBAGE:
        return web.Response(body=b"<html>not JSON</html>", content_type="application/json")
    if fault.kind is Kind.SILENCE:
        await asyncio.sleep(fault.seconds)
    if fault.kind is Kind.HALF_BODY:
        return await _half(request, body or b'{"ok":true,"result":true}')
    return _hang_up(request)


def _refused(fault: Fault) -> web.Response:
    if fault.retry_after is not None:
        return _json(429, too_many_requests(fault.retry_after).body())
    if fault.status == 400:
        return _json(400, bad_request(fault.description).body())
    return _json(fault.status, Refusal(fault.status, fault.description).body())


async def _half(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _hang_up(request)
    return response


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _json(status: int, body: Json) -> web.Response:
    return _bytes(status, json.dumps(body).encode())


def _bytes(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")
