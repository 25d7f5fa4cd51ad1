"""People in the web chat: each message is tried again under its own id until it is stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from tests.faults.answers import Answers, Press, reply_to

PAUSE = 0.05  # seconds until a phone tries again


class Visitors:
    """Everybody talks on their own, through the same server."""

    def __init__(self, address: str, answers: Callable[[int], Answers], http: aiohttp.ClientSession) -> None:
        self._address = f"{address}/api/chat"
        self._answers = answers
        self._http = http
        self._talking: list[asyncio.Task[None]] = []

    def begin(self, number: int) -> None:
        """This person opens the page."""
        self._talking.append(asyncio.create_task(self._talk(number)))

    def under_way(self) -> int:
        """How many have not come to the end."""
        return sum(not talk.done() for talk in self._talking)

    async def finish(self, within: float) -> None:
        """Wait until everybody has sent what they need."""
        async with asyncio.timeout(within):
            await asyncio.gather(*self._talking)

    async def _talk(self, number: int) -> None:
        answers = self._answers(number)
        answer = await self._post({"session": None, "command": "start"}, f"{number}-0")
        step = 0
        while (reply := reply_to(_told(answer), answers)) is not None:
            step += 1
            did: dict[str, Any] = {"session": answer["session"]}
            if isinstance(reply, Press):
                did |= {"choose": [_choice(answer, reply.label)], "turn": answer["turn"]}
            else:
                did |= {"say": reply.words}
            answer = await self._post(did, f"{number}-{step}")

    async def _post(self, did: dict[str, Any], id: str) -> dict[str, Any]:
        while True:
            try:
                async with self._http.post(self._address, json=did | {"id": id}) as response:
                    if response.status == 201:
                        answer: dict[str, Any] = await response.json()
                        return answer
                    assert response.status >= 500, await response.text()
            except (aiohttp.ClientError, OSError):
                pass  # nobody is there: the server was killed
            await asyncio.sleep(PAUSE)


def _told(answer: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in answer["messages"])


def _choice(answer: dict[str, Any], label: str) -> str:
    choices = [choice for message in answer["messages"] for choice in message["choices"]]
    return next(str(choice["id"]) for choice in choices if choice["label"] == label)
