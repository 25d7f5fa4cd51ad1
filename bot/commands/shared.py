"""What the commands share: settings, a database that is open, and how they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from pydantic import SecretStr, ValidationError

from bot import logs
from bot.allocation.signs import visible
from bot.intake import World
from bot.mistakes import Mistake
from bot.municipalities import Place
from bot.operations import opening
from bot.settings import Settings

T = TypeVar("T")
USERS_MISTAKE = 1  # an exit status

AsJson = Annotated[bool, typer.Option("--json", help="answer for programs")]
Where = Annotated[str | None, typer.Option("--municipality", help="its key; else LYTT_MUNICIPALITY")]
Lang = Annotated[str, typer.Option("--lang", help="nb, nn or en")]
Output = Annotated[Path, typer.Option("--output", "-o", help="the file to write")]


def settings() -> Settings:
    """The settings of this run, with the logs set up to hide its secrets."""
    try:
        found = Settings()
    except ValidationError as error:  # its own text would show the value, which may be a secret
        wrong = [f"LYTT_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise Mistake("; ".join(wrong)) from error
    secrets = [value.get_secret_value() for _, value in found if isinstance(value, SecretStr)]
    logs.setup(secrets, found.log_level)
    return found


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a piece of work to its end, on the faster loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def stored(found: Settings, work: Callable[[World], Awaitable[T]]) -> T:
    async with opening.stored(found) as world:
        return await work(world)


def place_named(world: World, key: str | None) -> Place:
    try:
        return world.places[key or world.place]
    except KeyError:
        known = ", ".join(sorted(world.places))
        raise Mistake(f"{key} is no municipality here; there are {known}") from None


def language_named(world: World, code: str) -> str:
    if code not in world.words.languages:
        raise Mistake(f"{code} is no language here; there are {', '.join(world.words.languages)}")
    return code


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from error


def tell(as_json: bool, held: object, lines: Sequence[str]) -> None:
    typer.echo(visible(json.dumps(held, ensure_ascii=False, indent=2) if as_json else "\n".join(lines)))


async def receipt_typed(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        return line.strip()
    raise Mistake("the first line must be the receipt")
