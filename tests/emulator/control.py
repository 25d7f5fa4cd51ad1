"""The emulator's second door: what a test in another process asks of it, over HTTP."""

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.emulator.faults import Fault, Kind
from tests.emulator.people import ACTS, People
from tests.emulator.world import Json, Message


def act(people: People, asked: Json) -> Any:
    """Let a person do something; answers with the message's or the query's number."""
    if asked["act"] not in ACTS:
        raise ValueError(f"no such act: {asked['act']}")
    person = people.person(asked.get("name", "Kari"), asked["person"])
    done = getattr(person, asked["act"])(*asked.get("values", []), **asked.get("named", {}))
    return done.id if isinstance(done, Message) else done if isinstance(done, str) else None


def fault(people: People, asked: Json) -> None:
    """Ask for a fault; see faults.Fault for its fields."""
    people.telegram.faults.add(Fault(**asked | {"kind": Kind(asked.get("kind", "status"))}))


async def heard(people: People, asked: Json) -> list[Json]:
    """What the bot has said to a person after a message number, waiting for at least one."""
    telegram, number, after = people.telegram, asked["person"], asked.get("after", 0)

    def new() -> list[Message]:
        sent = telegram.sent.get(number, [])
        return [message for message in sent if message.id > after]

    if asked.get("within"):
        await telegram.until(lambda: bool(new()), asked["within"])
    return [{"id": m.id, "text": m.text, "buttons": m.buttons, "deleted": m.deleted} for m in new()]


def calls(people: People, asked: Json) -> list[Json]:
    """The bot's calls, all or of one method."""
    made = people.telegram.calls if "method" not in asked else people.telegram.called(asked["method"])
    return [dataclasses.asdict(call) for call in made]


def waiting(people: People, asked: Json) -> int:
    """How many updates the bot has not acknowledged."""
    return len(people.telegram.updates)


def transcript(people: People, asked: Json) -> str:
    return people.telegram.transcript()


REQUESTS: dict[str, Callable[[People, Json], Any | Awaitable[Any]]] = {
    "act": act,
    "fault": fault,
    "heard": heard,
    "calls": calls,
    "waiting": waiting,
    "transcript": transcript,
}


async def answer(people: People, request: web.BaseRequest) -> web.Response:
    """Carry out one request of a test; a mistake of the test comes back in words."""
    wanted = REQUESTS.get(request.path.removeprefix("/control/"))
    if wanted is None:
        return web.Response(status=404, text=f"no such request; there are {sorted(REQUESTS)}")
    try:
        result = wanted(people, json.loads(await request.read() or b"{}"))
        if isinstance(result, Awaitable):
            result = await result
    except Exception as error:  # whatever the test did wrong, it is told
        return web.Response(status=400, text=f"{type(error).__name__}: {error}")
    return web.json_response(result)
