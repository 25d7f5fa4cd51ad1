"""A person in the web chat, over real HTTP on this machine."""

import json
from collections.abc import Sequence
from typing import Any

import httpx
import uvicorn

from bot import web
from bot.channels.base import Act, Button, Pressed, Shown, Used, Wrote
from bot.settings import Settings
from tests.players.base import AtHome, Presses, laid_out
from tests.talk import Transcript

JSON = {"Content-Type": "application/json"}
TAKEN, OLD, ENDED = 201, 409, 401
SETTINGS = Settings(environment="test", web_per_second=1_000, web_starts_per_minute=60_000)


class Web(AtHome, Presses):
    """Writes and presses as the chat page's own script does."""

    name = "web"
    edit = show = None  # type: ignore[assignment]  # a web page has no way to do either

    def __init__(self, transcript: Transcript, url: str) -> None:
        Presses.__init__(self)
        AtHome.__init__(self, transcript, url)
        self.session: str | None = None
        self.client: httpx.AsyncClient

    async def open(self) -> None:
        await super().open()
        server = uvicorn.Server(
            uvicorn.Config(
                web.create(SETTINGS, self.house.world, self.house.intake),
                port=0,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup()
        self.running.push_async_callback(server.shutdown)
        port = server.servers[0].sockets[0].getsockname()[1]
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60)
        await self.running.enter_async_context(self.client)

    async def act(self, act: Act, key: str) -> Sequence[Shown]:
        self.series.pass_time()
        if self.session is None and act != Used("start"):
            self._shown(await self._post(Used("start"), f"{key}-before"))
        answer = await self._post(act, key)
        if answer.status_code == ENDED:  # the page begins anew
            self.session = None
            answer = await self._post(Used("start"), f"{key}-anew")
            if act != Used("start"):
                answer = await self._post(act, key)
        return self._shown(answer)

    async def _post(self, act: Act, key: str) -> httpx.Response:
        body = {"session": self.session, "id": key, "lang": self.language, **_body(act)}
        told = json.dumps(body | {"municipality": self.municipality})  # ASCII: half a character is told too
        answer = await self.client.post("/api/chat", content=told, headers=JSON)
        assert answer.status_code in (TAKEN, OLD, ENDED), answer.text
        return answer

    def _shown(self, answer: httpx.Response) -> list[Shown]:
        told = answer.json()
        self.session = None if told.get("over") else told["session"]
        return [_message(message) for message in told["messages"]]

    async def worker(self, words: str) -> str:
        """What an open page fetches: nothing where no session is left."""
        await self.letter(words)
        if self.session is None:
            return ""
        who = {"Authorization": f"Bearer {self.session}"}
        after = {"after": self.shown[-1].id} if self.shown else {}
        answer = await self.client.get("/api/chat", params=after, headers=who)
        assert answer.status_code == 200, answer.text
        came = [_message(message) for message in answer.json()["messages"]]
        self.shown += came
        return laid_out(came)

    async def elsewhere(self, _: str) -> str:
        self.session = None
        return await self.start()


def _body(act: Act) -> dict[str, Any]:
    if isinstance(act, Wrote):
        return {"say": act.text}
    if isinstance(act, Pressed):
        return {"choose": list(act.ids), "turn": act.turn}
    assert isinstance(act, Used)
    return {"command": act.command} | ({"value": act.value} if act.value else {})


def _message(told: dict[str, Any]) -> Shown:
    choices = tuple(Button(id=each["id"], label=each["label"]) for each in told["choices"])
    ways = tuple(Button(id=each["id"], label=each["label"]) for each in told.get("ways", ()))
    return Shown(
        id=told["id"],
        text=told["text"],
        choices=choices,
        several=told["several"],
        question=told.get("question"),
        turn=told.get("turn", 0),
        ways=ways,
    )
