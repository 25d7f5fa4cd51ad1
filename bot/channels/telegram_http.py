"""The Bot API client: python-telegram-bot, its requests carried by aiohttp, measured faster than httpx."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram import Bot, InputFile
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

Json = dict[str, Any]

# python-telegram-bot hands over this value where its caller named no time-out.
UNSET = BaseRequest.DEFAULT_NONE
READ_TIMEOUT = 10.0
# How python-telegram-bot asks to be told that a wait may be a timedelta; it warns until then.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class AiohttpRequest(BaseRequest):
    """One pool of connections to the Bot API.

    The address holds the token, and an answer holds what people wrote: neither goes into an
    error or a log, so errors carry the name of their cause and nothing else.
    """

    def __init__(
        self,
        connections: int = 32,
        read_timeout: float = READ_TIMEOUT,
        connect_timeout: float = 5.0,
        proxy: str | None = None,
    ) -> None:
        self._connections = connections
        self._proxy = proxy
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; python-telegram-bot calls this in the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = UNSET,
        write_timeout: Any = UNSET,
        connect_timeout: Any = UNSET,
        pool_timeout: Any = UNSET,
    ) -> tuple[int, bytes]:
        """Send one request; only what may have been carried out raises TimedOut."""
        if self._session is None:
            raise RuntimeError("this request is not initialized")
        timeout = self._timeout(read_timeout, connect_timeout, pool_timeout)
        try:
            async with self._session.request(method, url, **_body(request_data), timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    def _timeout(self, read: Any, connect: Any, pool: Any) -> aiohttp.ClientTimeout:
        connect = self._connect_timeout if connect is UNSET else connect
        return aiohttp.ClientTimeout(
            total=None,
            connect=connect if pool is UNSET else pool,
            sock_connect=connect,
            sock_read=self._read_timeout if read is UNSET else read,
        )

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Read an answer; python-telegram-bot's own would log one it cannot read."""
        try:
            return json.loads(payload)
        except ValueError:
            raise TelegramError("the server's answer is not JSON") from None


class Api(Bot):
    """The Bot API: what is asked seldom by typed calls, what is asked for every answer as it is sent.

    python-telegram-bot reads a batch of updates whole, so one update with a field it does not know
    would cost the other ninety-nine. And its objects for a message and its buttons, built only to be
    thrown away, took a third of the time an answer takes (`make bench`).
    """

    def __init__(self, token: str, base_url: str) -> None:
        proxy = way_out(base_url)
        super().__init__(
            token,
            base_url=base_url,
            request=AiohttpRequest(proxy=proxy),
            get_updates_request=AiohttpRequest(connections=1, proxy=proxy),
        )

    async def raw_updates(self, offset: int | None, wait: int, allowed: Sequence[str]) -> list[Json]:
        """What has come since `offset`, oldest first, waiting up to `wait` seconds for something."""
        asked = _given(offset=offset, timeout=wait, allowed_updates=list(allowed))
        updates = await self._post("getUpdates", asked, read_timeout=wait + READ_TIMEOUT)
        return updates if isinstance(updates, list) else []

    async def say(self, chat: int, text: str, markup: Json | None, previews: Json | None) -> int:
        """Send words with buttons under them; returns the number of the message."""
        sent = await self._post(
            "sendMessage",
            _given(chat_id=chat, text=text, reply_markup=markup, link_preview_options=previews),
        )
        return int(sent["message_id"]) if isinstance(sent, dict) else 0

    async def hand_over(self, chat: int, name: str, content: str) -> int:
        """Send a file; returns the number of the message."""
        sent = await self.send_document(chat, InputFile(content.encode(), filename=name))
        return sent.message_id

    async def rewrite(
        self, chat: int, message: int, text: str, markup: Json | None, previews: Json | None
    ) -> None:
        """Put new words and buttons in a message that was sent."""
        place = _given(chat_id=chat, message_id=message, text=text)
        await self._post(
            "editMessageText", place | _given(reply_markup=markup, link_preview_options=previews)
        )

    async def take_buttons(self, chat: int, message: int) -> None:
        """Leave a message its words alone."""
        await self._post("editMessageReplyMarkup", {"chat_id": chat, "message_id": message})

    async def take_back(self, chat: int, messages: Sequence[int]) -> None:
        """Delete messages, 100 at most; those that are gone already are no fault."""
        await self._post("deleteMessages", {"chat_id": chat, "message_ids": list(messages)})


def way_out(url: str) -> str | None:
    """The proxy that the environment names for this address: often a municipality's only way out.

    Asked once: aiohttp's own `trust_env` reads the environment and a file in a thread for every request.
    """
    parts = urlsplit(url)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


def _body(data: RequestData | None) -> dict[str, Any]:
    """What aiohttp sends: JSON, or a form where a file goes along."""
    if data is None or not data.contains_files:
        return {"json": data.parameters if data else {}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def _given(**parameters: Any) -> Json:
    """Only what has a value: Telegram reads a null as a mistake."""
    return {name: value for name, value in parameters.items() if value is not None}


def seconds_to_wait(limit: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = limit.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
