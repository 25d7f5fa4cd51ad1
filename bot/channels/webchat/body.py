"""What a script or the page may send, and what it means."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import ClientDisconnect, Request

from bot.channels.base import Act, Pressed, Used, Wrote

LONGEST = 100_000  # characters of one text
MOST_BYTES = LONGEST * 12 + 10_000  # a character may be written as two escapes of six bytes
Short = Annotated[str, Field(max_length=256)]
Command = Literal[
    "start",
    "back",
    "skip",
    "edit",
    "mine",
    "take",
    "delete",
    "help",
    "language",
    "privacy",
    "stop",
    "receipt",
    "interpreter",
    "code",
]


class Malformed(Exception):
    """What was sent is not as the contract says."""


class TooLong(Exception):
    """More was sent than anybody writes."""


class Body(BaseModel):
    """One thing a person does: exactly one of `say`, `choose` and `command`."""

    model_config = ConfigDict(strict=True)

    id: Annotated[str, Field(min_length=1, max_length=128)]
    session: Short | None = None
    municipality: Short | None = None
    lang: Short | None = None
    say: str | None = None
    choose: Annotated[list[Short], Field(min_length=1, max_length=50)] | None = None
    turn: int | None = None
    command: Command | None = None
    value: Short | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Body:
        if [self.say, self.choose, self.command].count(None) != 2:
            raise ValueError("exactly one of say, choose and command")
        if self.choose is not None and self.turn is None:
            raise ValueError("a choice needs its turn")
        return self

    def act(self) -> Act:
        """What the person did."""
        if self.say is not None:
            return Wrote(self.say)
        if self.choose is not None:
            return Pressed(tuple(self.choose), self.turn)
        return Used(str(self.command), self.value, self.turn)


async def read(request: Request) -> Body:
    """The body of a request; raises Malformed or TooLong."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Malformed
    try:
        body = Body.model_validate(_whole(json.loads(await sent_bytes(request))))
    except (ValueError, RecursionError, ValidationError) as error:
        raise Malformed from error
    if len(body.say or "") > LONGEST:
        raise TooLong
    return body


async def sent_bytes(request: Request) -> bytes:
    """What was sent, as far as anybody may send; raises TooLong, or Malformed where it was broken off."""
    held = bytearray()
    try:
        async for part in request.stream():
            held += part
            if len(held) > MOST_BYTES:
                raise TooLong
    except ClientDisconnect as error:
        raise Malformed from error
    return bytes(held)


def _whole(sent: Any) -> Any:
    """The same with no half characters in it: JSON can write them, nothing can store them."""
    if isinstance(sent, str):
        return sent.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(sent, list):
        return [_whole(each) if isinstance(each, str) else each for each in sent]
    return {key: _whole(value) for key, value in sent.items()} if isinstance(sent, dict) else sent
