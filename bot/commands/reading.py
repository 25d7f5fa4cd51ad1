"""The command that shows what free text is understood as."""

from __future__ import annotations

from typing import Annotated, TextIO

import typer

from bot import understanding
from bot.commands.shared import USERS_MISTAKE, AsJson, tell
from bot.exports.as_jsonl import ALSO_END_LINES
from bot.understanding import lines as understood
from dialogs.categories import label

commands = typer.Typer()


@commands.command()
def understand(
    text: Annotated[str | None, typer.Argument(help="else it is read from standard input")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='read lines of {"text": ...}, write a line for each')
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what free text is understood as; nothing is stored."""
    if jsonl and text is not None:
        raise typer.BadParameter("--jsonl reads standard input, so there is no TEXT beside it")
    if jsonl:
        raise typer.Exit(_understand_lines())
    heard = understanding.read(text if text is not None else _standard_input().read())
    needs = [label(key).msgid for key in heard.chosen]
    danger = f"{heard.grave.kind}, {heard.grave.strength}" if heard.grave else "none heard"
    told = [
        f"Needs      {', '.join(needs) or 'none heard'}",
        f"Danger     {danger}",
        f"Kept as    {heard.masked}",
    ]
    tell(as_json, understood.understood(heard), told)


def _understand_lines() -> int:
    well = True
    for answer, read in understood.answers(_standard_input()):
        typer.echo(answer.translate(ALSO_END_LINES))
        well = well and read
    return 0 if well else USERS_MISTAKE


def _standard_input() -> TextIO:
    """What is piped in: UTF-8 whatever the machine is set to, and lines that only a line feed ends."""
    return open(0, encoding="utf-8", errors="replace", newline="\n", closefd=False)
