"""The command line."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from typing import Annotated

import typer
import uvloop

from bot import app as roles
from bot import clock, logs
from bot.app import House, NotReady, opened
from bot.channels import terminal
from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def settings() -> Settings:
    """The settings of this run, with the logs set up to hide its secrets."""
    found = Settings()
    token = found.telegram_token.get_secret_value()
    logs.setup((token, found.telegram_webhook_secret.get_secret_value()), found.log_level)
    return found


@app.callback()
def lytt() -> None:
    """Lytt asks people what they need, and keeps what they say."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one")] = 8080,
) -> None:
    """Serve the web chat, and Telegram when its token is set, until you press Ctrl-C."""
    found, listening = settings(), _listening(host, port)
    place = listening.getsockname()

    async def ready(house: House) -> None:
        typer.echo(f"Web chat:  http://{place[0]}:{place[1]}/")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(roles.serve(found, listening, ready))


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise NotReady(f"can not listen on {host}, port {port}: {error.strerror}") from error


@app.command()
def chat(
    lang: Annotated[str, typer.Option(help="nb, nn or en")] = "nb",
    municipality: Annotated[str | None, typer.Option(help="the key of a municipality")] = None,
    receipt: Annotated[bool, typer.Option(help="go on with an earlier receipt, read first")] = False,
) -> None:
    """Talk with Lytt here, or hand a whole conversation to standard input."""
    asyncio.run(_chat(settings(), lang, municipality, receipt))


async def _chat(found: Settings, lang: str, municipality: str | None, receipt: bool) -> None:
    async with opened(found) as house:
        lines = _lines()
        number = await anext(lines) if receipt else None
        await terminal.talk(
            house.intake.take,
            lines,
            typer.echo,
            clock.new_id,
            address=clock.new_token(),
            language=lang,
            municipality=municipality,
            receipt=number,
        )


async def _lines() -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield line


def main() -> None:
    """The command `lytt`."""
    app()


if __name__ == "__main__":
    main()
