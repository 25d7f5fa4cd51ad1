"""Commands that write what may leave to a file."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.commands.shared import (
    Lang,
    Output,
    Where,
    language_named,
    place_named,
    run,
    settings,
    stored,
    write,
)
from bot.exports import CannotExport, summaries
from bot.funding import rounds, sharing
from bot.i18n import Words
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations import handing_out, releasing
from bot.operations.handing_out import Wish
from bot.settings import ROOT
from bot.store import decisions as kept_decisions
from bot.store.engine import reading

export = typer.Typer(no_args_is_help=True, help="Write what may leave to a file.")
commands = typer.Typer()
commands.add_typer(export, name="export")


@export.command("needs")
def export_needs(
    output: Output,
    municipality: Where = None,
    by: Annotated[str | None, typer.Option(help="the staff account that answers for it")] = None,
    reason: Annotated[str | None, typer.Option(help="why it is taken out")] = None,
    words: Annotated[
        bool, typer.Option("--words", help="with people's own words, in production too")
    ] = False,
    bom: Annotated[bool, typer.Option("--bom", help="begin a .csv with the mark Excel looks for")] = False,
) -> None:
    """Write one row for each need that was sent: .csv, .xlsx, .json or .jsonl. Never to be published."""
    wish = Wish(output, municipality, by, reason, words, bom)
    found = settings()

    async def work(world: World) -> int:
        if municipality:
            place_named(world, municipality)
        production = found.environment == "production"
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Needs are written", total=None)

            def done(count: int, total: int) -> None:
                bar.update(task, completed=count, total=total)

            return await handing_out.needs_file(world, wish, production=production, done=done)

    count = run(stored(found, work))
    typer.echo(f"{count} {'need' if count == 1 else 'needs'} in {output}")


@export.command("summary")
def export_summary(
    output: Output,
    lang: Lang = "nb",
    bom: Annotated[bool, typer.Option("--bom", help="begin a .csv with the mark Excel looks for")] = False,
) -> None:
    """Write the counts that may be published: .csv, .xlsx, .json, .html or .pdf."""
    found = settings()

    async def work(world: World) -> int:
        language = language_named(world, lang)
        release = await releasing.released(world, found.publish_fewest)
        if release is None:
            raise CannotExport(f"fewer than {found.publish_fewest} people have sent anything yet")
        words = Words(ROOT / "locales", ("dialogs", "reports"))
        async with reading(world.engine) as db:
            labels = await releasing.labels(db, world.places)
        paper = summaries.Paper(release, labels, words, language)
        return summaries.write(output, paper, bom=bom)

    typer.echo(f"{run(stored(found, work))} figures in {output}")


# --- the field's own formats ----------------------------------------------------------------------


@export.command("pabulib")
def export_pabulib(key: str, output: Output) -> None:
    """Write a call's measures as a Pabulib file, with a ballot for each wish that is published."""
    wanted = settings()

    async def work(world: World) -> str:
        release = await releasing.released(world, wanted.publish_fewest)
        async with reading(world.engine) as db:
            return sharing.pabulib(await rounds.competition(db, world.keys, key, world.places), release)

    write(output, run(stored(wanted, work)))
    typer.echo(f"{key} in {output}")


@export.command("360giving")
def export_giving(key: str, output: Output) -> None:
    """Write the grants of a decided call by the 360Giving standard."""

    async def work(world: World) -> tuple[str, int]:
        async with reading(world.engine) as db:
            decision = await kept_decisions.of_call(db, key)
            if decision is None or not decision.final:
                raise Mistake(f"{key} is not decided yet")
            found = await rounds.competition(db, world.keys, key, world.places)
            return sharing.giving(found, decision, world.places)

    text, hidden = run(stored(settings(), work))
    if not json.loads(text)["grants"]:
        raise Mistake(f"{key} has no grant that may be published")
    write(output, text)
    left_out = f"; {hidden} left out, for their sum would tell of a few people" if hidden else ""
    typer.echo(f"{key} in {output}{left_out}")
