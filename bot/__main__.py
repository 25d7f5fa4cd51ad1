"""The command line."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from bot import logs
from bot.allocation.signs import visible
from bot.channels.base import Unavailable
from bot.commands import COMMANDS
from bot.commands.shared import USERS_MISTAKE
from bot.mistakes import Mistake

OUR_FAULT = 70


def command_line(words: Sequence[str]) -> typer.Typer:
    """The command `lytt`, with the files of the command that was typed; with all where none is named.

    What a command does not need is not loaded: the web alone takes longer than most commands.
    """
    typed = [file for file, names in COMMANDS.items() if words and words[0] in names]
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lytt)
    for file in typed or COMMANDS:
        app.add_typer(import_module(f"bot.commands.{file}").commands)
    return app


def lytt() -> None:
    """Lytt asks people what they need, and keeps what they say."""


def main() -> None:
    """The command `lytt`; a user's mistake is one line, a fault of ours says where and never what."""
    try:
        gc.disable()  # nothing of what is loaded is ever thrown away, so nobody needs to look for it
        app = command_line(sys.argv[1:])
        gc.freeze()
        gc.enable()
        app()
    except Exception as error:
        status, told = fault(error)
        typer.echo(f"lytt: {visible(told)}", err=True)
        sys.exit(status)
    finally:
        # All is closed by now. Python would look through every object once more before it ends, which took
        # ten times as long as closing: most of the time from a signal to the end of the process.
        gc.freeze()


def _single(error: BaseException) -> BaseException:
    """Of several things at work one failed: that one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def fault(error: BaseException) -> tuple[int, str]:
    """The exit status and the line for an error."""
    error = _single(error)
    if isinstance(error, Mistake):
        return USERS_MISTAKE, str(error)
    if isinstance(error, BrokenPipeError):
        return USERS_MISTAKE, "nobody reads what I answer any more, so I stop here"
    if isinstance(error, Unavailable):
        return OUR_FAULT, "the database can not be reached; what was said last is not stored"
    return OUR_FAULT, f"a fault of ours: {logs.trace(error)}"


if __name__ == "__main__":
    main()
