"""Commands for the accounts of staff."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot import clock
from bot.commands.shared import AsJson, place_named, run, settings, stored, tell
from bot.intake import World
from bot.operations import accounts
from bot.store import staff
from bot.store.engine import reading
from bot.store.staff import Account

commands = typer.Typer(no_args_is_help=True, help="Accounts of staff.")


@commands.command("add")
def staff_add(
    name: str,
    role: Annotated[list[str], typer.Option(help=f"{', '.join(staff.ROLES)}; may be repeated")],
    municipality: Annotated[list[str] | None, typer.Option(help="may be repeated")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account, and show its one-time password."""

    async def work(world: World) -> str:
        where = [place_named(world, key).municipality.key for key in municipality or [world.place]]
        async with world.engine.begin() as db:
            return await accounts.add(db, name, role, where, clock.new_code, clock.now())

    _show_password(as_json, name, run(stored(settings(), work)))


@commands.command("reset")
def staff_reset(name: str, as_json: AsJson = False) -> None:
    """Give an account a new one-time password."""

    async def work(world: World) -> str:
        async with world.engine.begin() as db:
            return await accounts.reset(db, name, clock.new_code)

    _show_password(as_json, name, run(stored(settings(), work)))


@commands.command("disable")
def staff_disable(name: str) -> None:
    """Stop an account from signing in."""

    async def work(world: World) -> None:
        async with world.engine.begin() as db:
            await accounts.disable(db, name)

    run(stored(settings(), work))
    typer.echo(f"{name} can not sign in any more")


@commands.command("list")
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
