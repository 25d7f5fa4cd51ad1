"""Commands for the accounts of staff, and for the log of what they did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot import clock
from bot.commands.shared import (
    USERS_MISTAKE,
    AsJson,
    place_named,
    run,
    settings,
    stored,
    tell,
)
from bot.intake import World
from bot.mistakes import Mistake
from bot.operations import accounts
from bot.operations.accounts import console
from bot.store import audit, staff
from bot.store.audit import Verdict
from bot.store.engine import reading
from bot.store.staff import Account

accounts_commands = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
log = typer.Typer(no_args_is_help=True, help="The log of what staff did.")
commands = typer.Typer()
commands.add_typer(accounts_commands, name="staff")
commands.add_typer(log, name="audit")

Roles = Annotated[list[str], typer.Option("--role", help=f"{', '.join(staff.ROLES)}; may be repeated")]
Municipalities = Annotated[list[str] | None, typer.Option("--municipality", help="may be repeated")]


@accounts_commands.command("add")
def staff_add(
    name: str,
    role: Roles,
    municipality: Municipalities = None,
    as_json: AsJson = False,
) -> None:
    """Make an account, and show its one-time password."""

    async def work(world: World) -> str:
        where = [place_named(world, key).municipality.key for key in municipality or [world.place]]
        async with world.engine.begin() as db:
            return await accounts.add(db, console(world), name, role, where, clock.new_code)

    _show_password(as_json, name, run(stored(settings(), work)))


@accounts_commands.command("reset")
def staff_reset(name: str, as_json: AsJson = False) -> None:
    """Give an account a new one-time password; its code app must be set up again."""

    async def work(world: World) -> str:
        async with world.engine.begin() as db:
            return await accounts.reset(db, console(world), name, clock.new_code)

    _show_password(as_json, name, run(stored(settings(), work)))


@accounts_commands.command("disable")
def staff_disable(name: str) -> None:
    """Stop an account from signing in."""

    async def work(world: World) -> None:
        async with world.engine.begin() as db:
            await accounts.disable(db, console(world), name)

    run(stored(settings(), work))
    typer.echo(f"{name} can not sign in any more")


@accounts_commands.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """Show all accounts."""

    async def work(world: World) -> list[dict[str, Any]]:
        async with reading(world.engine) as db:
            return [_told(account) for account in await staff.every(db)]

    found = run(stored(settings(), work))
    lines = [
        f"{each['name']:20} {each['role']:12} {' '.join(each['municipalities'])}"
        f"{'  disabled' if each['disabled'] else ''}"
        for each in found
    ]
    tell(as_json, found, lines or ["There are no accounts: lytt staff add NAME --role ROLE"])


def _told(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": " ".join(account.roles),
        "municipalities": list(account.municipalities),
        "disabled": account.disabled,
    }


def _show_password(as_json: bool, name: str, password: str) -> None:
    text = f"{name}: one-time password {password}\nIt is shown once, and changed at the first sign-in."
    tell(as_json, {"name": name, "password": password}, [text])


@log.command("verify")
def audit_verify(
    mark: Annotated[
        str | None, typer.Option(help="NUMBER:HASH, as an earlier run showed it: is that line still there?")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the log against its hashes, and name each line that was changed, moved or taken away."""
    number, hash = _mark(mark)

    async def work(world: World) -> Verdict:
        async with reading(world.engine) as db:
            return await audit.verify(db, world.keys, number, hash)

    verdict = run(stored(settings(), work))
    told = (
        f"{verdict.count} lines, {verdict.first} to {verdict.last}. Keep this mark elsewhere: {verdict.mark}"
    )
    tell(as_json, asdict(verdict), [*verdict.wrong, told])
    if verdict.wrong:
        raise typer.Exit(USERS_MISTAKE)


def _mark(mark: str | None) -> tuple[int, str]:
    number, _, hash = (mark or "0:").partition(":")
    if not number.isdecimal():
        raise Mistake("a mark is NUMBER:HASH, as lytt audit verify shows it")
    return int(number), hash
