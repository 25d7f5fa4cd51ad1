"""Commands that look after an installation: keys, backups, retention, alerts, doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot import clock
from bot.commands.shared import USERS_MISTAKE, AsJson, run, settings, stored, tell
from bot.intake import World
from bot.operations import alerts, backup, doctor, retention, rotation
from bot.operations.backup import KEPT_DAYS
from bot.operations.routes import route_of
from bot.settings import Settings
from bot.store.crypto import Keys, create_keys, read_keys
from bot.store.engine import migrate, open_engine
from bot.store.presence import at_work

keys = typer.Typer(no_args_is_help=True, help="The keys that encrypt what people say.")
alert = typer.Typer(no_args_is_help=True, help="The way staff are told that something waits.")
forget = typer.Typer(no_args_is_help=True, help="Forget what has had its time.")
commands = typer.Typer()
commands.add_typer(keys, name="keys")
commands.add_typer(alert, name="alert")
commands.add_typer(forget, name="retention")


@keys.command("create")
def keys_create() -> None:
    """Write a new key file. Without it nothing that was said can be read again: keep a copy elsewhere."""
    path = settings().secret_key_file
    create_keys(path)
    typer.echo(f"{path} is written. Keep a copy of it, and not beside the backups.")


@keys.command("rotate")
def keys_rotate(
    finish: Annotated[bool, typer.Option("--finish", help="drop the old keys that nothing needs")] = False,
) -> None:
    """Encrypt everything under a new key, while Lytt is stopped; if it is cut off, run it again."""
    found = settings()
    read_keys(found.secret_key_file)
    with at_work(found.secret_key_file, alone=True):
        run(_finish_rotation(found) if finish else _rotate(found))


async def _rotate(found: Settings) -> None:
    engine = open_engine(found.database_url)
    try:
        await migrate(engine)
        changed, left = await rotation.begin(engine, found.secret_key_file)
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Encrypting anew", total=left)
            await rotation.go_on(engine, changed, clock.now(), partial(bar.advance, task))
    finally:
        await engine.dispose()
    typer.echo("Done. Copy the key file now. The old key stays: lytt keys rotate --finish drops it in time.")


async def _finish_rotation(found: Settings) -> None:
    engine = open_engine(found.database_url)
    try:
        await migrate(engine)
        old = await rotation.finish(engine, found.secret_key_file, found.journal, clock.now())
    finally:
        await engine.dispose()
    for each in old:
        why = f"stays for {'; '.join(each.reasons)}" if each.reasons else "is dropped"
        typer.echo(f"key {each.id.hex()} {why}")
    if not old:
        typer.echo("There is no old key")


@commands.command("doctor")
def examine(as_json: AsJson = False) -> None:
    """Show each setting and where it came from, and whether everything it points at is well."""
    found = settings()
    findings = [*doctor.settings_found(found), *run(doctor.examined(found, clock.now()))]
    lines = [f"{each.state:8} {each.name:28} {each.value}  {each.about}".rstrip() for each in findings]
    tell(as_json, [asdict(each) for each in findings], lines)
    if any(each.state in ("missing", "wrong") for each in findings):
        raise typer.Exit(USERS_MISTAKE)


@alert.command("test")
def alert_test() -> None:
    """Send a test alert to everybody in the rosters. Production does not start on a route never tested."""
    found = settings()

    async def work(world: World) -> int:
        return await alerts.test(world, route_of(found))

    typer.echo(f"{run(stored(found, work))} told. Ask them whether it came.")


@commands.command("backup")
def make_backup(
    file: Path,
    keep: Annotated[int, typer.Option(min=0, help="days; older ones beside it go, with 0 none")] = KEPT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Write everything to one encrypted file, also while Lytt runs; old ones in its folder go."""

    async def work(world: World) -> dict[str, int]:
        return await backup.make(world.engine, world.keys, file, clock.now())

    counts = run(stored(settings(), work))
    gone = [path.name for path in backup.expire(file.parent, keep, clock.now(), but=file)] if keep else []
    lines = [f"{file} holds {sum(counts.values())} rows", *(f"{name} had its time" for name in gone)]
    tell(as_json, {"rows": counts, "removed": gone}, lines)


@commands.command("restore")
def restore_backup(file: Path, as_json: AsJson = False) -> None:
    """Fill an empty database from a backup; who was erased since is erased again."""
    found = settings()
    held = read_keys(found.secret_key_file)
    with at_work(found.secret_key_file, alone=True):
        counts = run(_restore(found, held, file))
    tell(as_json, {"rows": counts}, [f"{sum(counts.values())} rows are back"])


async def _restore(found: Settings, held: Keys, file: Path) -> dict[str, int]:
    engine = open_engine(found.database_url)
    try:
        return await backup.restore(engine, held, file, found.journal)
    finally:
        await engine.dispose()


@forget.command("run")
def retention_run(
    yes: Annotated[bool, typer.Option("--yes", help="erase without asking")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what has had its time, after showing how much that is; also runs by itself."""

    async def look(world: World) -> dict[str, int]:
        return await retention.waiting(world.engine, clock.now())

    async def work(world: World) -> dict[str, int]:
        return await retention.once(world, sure=True)

    found = settings()
    waiting = run(stored(found, look))
    for kind, count in waiting.items() if not as_json else ():
        typer.echo(f"{count:8} {kind}")
    agreed = yes or bool(waiting and sys.stdin.isatty() and not as_json and typer.confirm("Erase this?"))
    erased = run(stored(found, work)) if agreed else {}
    told = "Erased" if erased else "Nothing is erased: add --yes" if waiting else "Nothing has had its time"
    tell(as_json, {"waiting": waiting, "erased": erased}, [told])
