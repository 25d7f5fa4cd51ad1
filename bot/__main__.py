"""The command line."""

from __future__ import annotations

import gc
import sys

import typer

from bot import logs
from bot.app import NotReady
from bot.channels.base import Unavailable
from bot.commands import allocating, funding, keeping, leaving, running, staff, tokens
from bot.commands.shared import USERS_MISTAKE, Mistake
from bot.exports import CannotExport
from bot.funding.deciding import WrongDecision
from bot.municipalities import WrongMunicipality
from bot.operations.accounts import WrongAccount
from bot.operations.backup import BackupError
from bot.operations.persons import NoSuchPerson
from bot.operations.routes import RouteError
from bot.store.calls import WrongCallKey
from bot.store.crypto import KeyFileError, WrongKey
from bot.store.presence import InUse

OUR_FAULT = 70
MISTAKES = (
    Mistake,
    NotReady,
    CannotExport,
    WrongAccount,
    WrongMunicipality,
    KeyFileError,
    WrongKey,
    InUse,
    BackupError,
    NoSuchPerson,
    RouteError,
    WrongCallKey,
    WrongDecision,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in (running, leaving, keeping, staff, tokens, allocating, funding):
    app.add_typer(group.commands)


@app.callback()
def lytt() -> None:
    """Lytt asks people what they need, and keeps what they say."""


def main() -> None:
    """The command `lytt`; a user's mistake is one line, a fault of ours says where and never what."""
    try:
        app()
    except Exception as error:
        status, told = fault(error)
        typer.echo(f"lytt: {told}", err=True)
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
    if isinstance(error, MISTAKES):
        return USERS_MISTAKE, str(error)
    if isinstance(error, Unavailable):
        return OUR_FAULT, "the database can not be reached; what was said last is not stored"
    return OUR_FAULT, f"a fault of ours: {logs.trace(error)}"


if __name__ == "__main__":
    main()
