"""Commands for the tokens of the data API."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import clock
from bot.commands.shared import AsJson, place_named, run, settings, stored, tell
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations.accounts import console
from bot.store import audit, tokens
from bot.store.audit import Deed
from bot.store.engine import reading
from bot.store.tokens import Token

NAME_LENGTH = 64

tokens_commands = typer.Typer(no_args_is_help=True, help="Tokens of the data API.")
commands = typer.Typer()
commands.add_typer(tokens_commands, name="tokens")


@tokens_commands.command("add")
def tokens_add(
    name: Annotated[str, typer.Argument(help="what it is for")],
    municipality: Annotated[list[str] | None, typer.Option(help="its key; may be repeated")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token that reads the published counts of a municipality, and show it once."""
    token = clock.new_token()

    async def work(world: World) -> None:
        where = [place_named(world, key).municipality.key for key in municipality or [world.place]]
        async with world.engine.begin() as db:
            if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
                raise Mistake(f"a name has 1 to {NAME_LENGTH} characters")
            if any(each.name == name for each in await tokens.every(db)):
                raise Mistake(f"there is a token {name} already")
            await tokens.add(db, name, token, where, clock.now())
            await audit.note(db, console(world), Deed("add", "token", name, reason=", ".join(where)))

    run(stored(settings(), work))
    told = f"{name}: {token}\nIt is shown once. Programs send it as: Authorization: Bearer TOKEN"
    tell(as_json, {"name": name, "token": token}, [told])


@tokens_commands.command("list")
def tokens_list(as_json: AsJson = False) -> None:
    """Show all tokens: what they are for, and never the tokens themselves."""

    async def work(world: World) -> list[Token]:
        async with reading(world.engine) as db:
            return await tokens.every(db)

    found = run(stored(settings(), work))
    held = [
        {"name": each.name, "municipalities": list(each.municipalities), "disabled": each.disabled}
        for each in found
    ]
    lines = [
        f"{each.name:20} {' '.join(each.municipalities)}{'  disabled' if each.disabled else ''}"
        for each in found
    ]
    tell(as_json, held, lines or ["There are no tokens: lytt tokens add NAME"])


@tokens_commands.command("disable")
def tokens_disable(name: str) -> None:
    """Let a token open nothing any more."""

    async def work(world: World) -> None:
        async with world.engine.begin() as db:
            if not await tokens.disable(db, name):
                raise Mistake(f"there is no token {name}")
            await audit.note(db, console(world), Deed("disable", "token", name))

    run(stored(settings(), work))
    typer.echo(f"{name} opens nothing any more")
