"""Commands that run Lytt: serve it, talk with it, fill it with invented people."""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from bot import app as house
from bot import clock
from bot.app import House
from bot.channels import terminal
from bot.channels.base import Answer, Incoming, Unavailable
from bot.commands.shared import (
    AsJson,
    Lang,
    Where,
    language_named,
    place_named,
    receipt_typed,
    run,
    settings,
    tell,
)
from bot.funding import demo as funds
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations import accounts, persons, releasing, simulate
from bot.settings import Settings
from bot.store import needs as kept_needs
from bot.store import staff
from bot.store.engine import reading
from dialogs.commands import LABELS

commands = typer.Typer()


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one")] = 8080,
    demo: Annotated[
        bool, typer.Option("--demo", help="a throw-away database, filled with invented people")
    ] = False,
) -> None:
    """Serve the web chat, and Telegram when its token is set, until Ctrl-C."""
    found, listening = settings(), _listening(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    if not found.public_url and found.environment != "production":
        found = found.model_copy(update={"public_url": address})
    with TemporaryDirectory(prefix="lytt-demo-") as folder:
        chosen = throw_away(found, Path(folder)) if demo else found
        run(house.serve(chosen, listening, partial(_ready, address, demo)))


def throw_away(found: Settings, folder: Path) -> Settings:
    """The same settings over a database of their own; no invented person is sent anything, or wakes staff."""
    return found.model_copy(
        update={
            "environment": "demo",
            "database_url": f"sqlite+aiosqlite:///{folder / 'lytt.db'}",
            "secret_key_file": folder / "keys",
            "telegram_token": SecretStr(""),
            "alert_mail": "",
            "alert_command": "",
        }
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Mistake(f"can not listen on {host}, port {port}: {error.strerror}") from error


async def _ready(address: str, demo: bool, opened: House) -> None:
    """Tell where everything is, once it is there."""
    found, world = opened.settings, opened.world
    if demo:
        await simulate.demo(world, opened.intake.take, found.municipality, clock.new_id, clock.new_code)
        async with world.engine.begin() as db:
            call = await funds.fill(db, world.keys, world.places, clock.new_id, clock.new_code, clock.now())
        # The counts come once an hour, which is longer than somebody looks at a demo.
        await releasing.once(world, found.publish_fewest)
        typer.echo(f"Apply      {address}/sok/{call}")
    typer.echo(f"Web chat   {address}/")
    typer.echo(f"Staff      {address}/ansatt")
    typer.echo(f"Telegram   {'on' if found.telegram_token.get_secret_value() else 'off'}")
    await _tell_first_login(found, world)


async def _tell_first_login(found: Settings, world: World) -> None:
    """How somebody of staff comes in who has no account yet; in production no password is printed unasked."""
    async with world.engine.begin() as db:
        if found.environment == "production":
            if not await staff.every(db):
                typer.echo("First staff login: lytt staff add NAME --role admin")
            return
        first = await accounts.add_first(db, accounts.console(world), sorted(world.places), clock.new_code)
    if first:
        typer.echo(f"First staff login: {first[0]}, one-time password {first[1]}")


@commands.command()
def telegram() -> None:
    """Run Telegram alone, asking for updates, until Ctrl-C."""
    found = settings()
    if not found.telegram_token.get_secret_value():
        raise Mistake("set LYTT_TELEGRAM_TOKEN to the token that @BotFather gave you")
    if found.telegram_webhook_url:
        raise Mistake("LYTT_TELEGRAM_WEBHOOK_URL is set: `lytt serve` takes what Telegram brings there")

    async def ready(opened: House) -> None:
        typer.echo("Telegram   on")

    run(house.serve_telegram(found, ready))


@commands.command()
def chat(
    lang: Lang = "nb",
    municipality: Where = None,
    receipt: Annotated[bool, typer.Option("--receipt", help="go on with an earlier one, read first")] = False,
) -> None:
    """Talk with Lytt here, or hand a whole conversation to standard input."""
    run(_chat(settings(), lang, municipality, receipt))


async def _chat(found: Settings, lang: str, municipality: str | None, receipt: bool) -> None:
    async with house.opened(found) as opened:
        words = opened.world.words
        await terminal.talk(
            partial(_take, opened),
            lines := terminal.typed("Receipt: " if receipt else "> "),
            typer.echo,
            clock.new_id,
            address=clock.new_token(),
            language=language_named(opened.world, lang),
            municipality=place_named(opened.world, municipality).municipality.key,
            receipt=await receipt_typed(lines) if receipt else None,
            help_label=lambda language: words.say(LABELS["help"], language),
            mine=partial(persons.as_file, opened.world, "terminal"),
        )


async def _take(opened: House, incoming: Incoming) -> Answer:
    """Hand in one thing; when nothing can be stored, help is still shown to who asks for it."""
    try:
        return await opened.intake.take(incoming)
    except Unavailable:
        for shown in opened.intake.straight(incoming):
            typer.echo(shown.text)
        raise


@commands.command("simulate")
def run_simulation(
    people: Annotated[int, typer.Option(min=1)] = 100,
    seed: Annotated[int, typer.Option(help="the same seed, the same people")] = 1,
    municipality: Where = None,
    as_json: AsJson = False,
) -> None:
    """Let invented people answer through the real conversation. For demo and test."""
    found = settings()
    if found.environment == "production":
        raise Mistake("invented people do not belong among real ones: this is production")
    _tell_counts(as_json, run(_simulate(found, people, seed, municipality)))


async def _simulate(
    found: Settings, people: int, seed: int, municipality: str | None
) -> dict[str, dict[str, int]]:
    async with house.opened(found) as opened:
        world, key = opened.world, place_named(opened.world, municipality).municipality.key
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Invented people answer", total=people)
            held, take = simulate.phrases(world.words), opened.intake.take
            done = partial(bar.advance, task)
            tally = await simulate.run(take, held, people, seed, key, clock.new_id, done)
        async with reading(world.engine) as db:
            asked = await kept_needs.counts(db, key, clock.now() + 1)
        return {**tally.table(), "people asking for": asked}


def _tell_counts(as_json: bool, tables: dict[str, dict[str, int]]) -> None:
    lines = [
        f"{name}: " + ", ".join(f"{key} {count}" for key, count in table.items())
        for name, table in tables.items()
    ]
    tell(as_json, tables, lines)
