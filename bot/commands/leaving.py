"""Commands for what is handed out: posters, codes, and what one person told."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot import clock
from bot.channels import terminal
from bot.commands.shared import (
    AsJson,
    Lang,
    Output,
    Where,
    language_named,
    place_named,
    receipt_typed,
    run,
    settings,
    stored,
    tell,
    write,
)
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations import persons, poster
from bot.store import codes as kept_codes

MOST_CODES = 1000

codes = typer.Typer(no_args_is_help=True, help="Worker's codes.")
person = typer.Typer(no_args_is_help=True, help="What one person's receipt opens, read from standard input.")
commands = typer.Typer()
commands.add_typer(codes, name="codes")
commands.add_typer(person, name="person")


@commands.command("poster")
def make_poster(
    output: Output,
    municipality: Where = None,
    place: Annotated[list[str] | None, typer.Option(help="where a sheet will hang; may be repeated")] = None,
    code: Annotated[str | None, typer.Option(help="a worker's code to print on it")] = None,
    lang: Lang = "nb",
) -> None:
    """Write printable sheets with a QR code that opens the web chat."""
    found = settings()
    if not found.web_address:
        raise Mistake("set LYTT_PUBLIC_URL to the address that the code should open")

    async def work(world: World) -> str:
        where, language = place_named(world, municipality).municipality, language_named(world, lang)
        return poster.html(world.words, language, where, found.web_address, place or (), code)

    write(output, run(stored(found, work)))
    typer.echo(f"Print {output}")


@codes.command("new")
def codes_new(
    place: Annotated[str | None, typer.Option(help="where they are handed out")] = None,
    count: Annotated[int, typer.Option(min=1, max=MOST_CODES)] = 1,
    kind: Annotated[
        Literal["attested", "assisted"], typer.Option(help="assisted: a worker helps to fill it in")
    ] = "attested",
    municipality: Where = None,
    as_json: AsJson = False,
) -> None:
    """Make codes that can each be used once; they are shown now and never again."""
    found, made = settings(), [clock.new_code() for _ in range(count)]

    async def work(world: World) -> str:
        where = place_named(world, municipality).municipality.key
        async with world.engine.begin() as db:
            await kept_codes.keep(db, world.keys, made, kind, where, place, clock.now())
        return where

    where, address = run(stored(found, work)), found.web_address
    lines = [f"{code}  {poster.link(address, where, code)}" if address else code for code in made]
    tell(as_json, made, lines)


@person.command("show")
def person_show() -> None:
    """Show everything that is kept of a person, as JSON for them to take along."""

    async def work(world: World) -> str:
        return persons.as_json(await persons.show(world, await receipt_typed(terminal.typed("Receipt: "))))

    typer.echo(run(stored(settings(), work)))


@person.command("erase")
def person_erase() -> None:
    """Erase everything that is kept of a person, for good."""

    async def work(world: World) -> None:
        await persons.erase_all(world, await receipt_typed(terminal.typed("Receipt: ")))

    run(stored(settings(), work))
    typer.echo("Erased. No backup brings it back.")
