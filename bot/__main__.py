"""The command line."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal, TextIO, TypeVar

import typer
import uvloop
from pydantic import SecretStr, ValidationError
from rich.console import Console
from rich.progress import Progress

from bot import app as house
from bot import clock, logs, understanding
from bot.app import House, NotReady
from bot.channels import terminal
from bot.channels.base import Answer, Incoming, Unavailable
from bot.exports import CannotExport
from bot.exports.as_jsonl import ALSO_END_LINES
from bot.intake import World
from bot.municipalities import Place, WrongMunicipality
from bot.operations import (
    accounts,
    alerts,
    backup,
    doctor,
    handing_out,
    persons,
    poster,
    retention,
    rotation,
    simulate,
)
from bot.operations.accounts import WrongAccount
from bot.operations.backup import KEPT_DAYS, BackupError
from bot.operations.handing_out import Wish
from bot.operations.persons import NoSuchPerson
from bot.operations.routes import RouteError, route_of
from bot.settings import Settings
from bot.store import codes as kept_codes
from bot.store import needs as kept_needs
from bot.store import staff as kept_staff
from bot.store.crypto import KeyFileError, Keys, WrongKey, create_keys, read_keys
from bot.store.engine import migrate, open_engine, reading
from bot.store.presence import InUse, at_work
from bot.understanding import lines as understood
from dialogs.categories import label
from dialogs.commands import LABELS

T = TypeVar("T")
USERS_MISTAKE, OUR_FAULT = 1, 70
MOST_CODES = 1000
DEMO_PEOPLE = 60
DEMO_SEED = 1


class Mistake(Exception):
    """What the person at the command line must put right; the text says it in plain words."""


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
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
export = typer.Typer(no_args_is_help=True, help="Write what may leave to a file.")
codes = typer.Typer(no_args_is_help=True, help="Worker's codes.")
person = typer.Typer(no_args_is_help=True, help="What one person's receipt opens, read from standard input.")
keys = typer.Typer(no_args_is_help=True, help="The keys that encrypt what people say.")
staff = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
alert = typer.Typer(no_args_is_help=True, help="The way staff are told that something waits.")
forget = typer.Typer(no_args_is_help=True, help="Forget what has had its time.")
app.add_typer(export, name="export")
app.add_typer(codes, name="codes")
app.add_typer(person, name="person")
app.add_typer(keys, name="keys")
app.add_typer(staff, name="staff")
app.add_typer(alert, name="alert")
app.add_typer(forget, name="retention")

AsJson = Annotated[bool, typer.Option("--json", help="answer for programs")]
Where = Annotated[str | None, typer.Option("--municipality", help="its key; else LYTT_MUNICIPALITY")]
Lang = Annotated[str, typer.Option("--lang", help="nb, nn or en")]
Output = Annotated[Path, typer.Option("--output", "-o", help="the file to write")]


@app.callback()
def lytt() -> None:
    """Lytt asks people what they need, and keeps what they say."""


# --- run --------------------------------------------------------------------------------------


@app.command()
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
        people = simulate.phrases(world.words)
        await simulate.run(
            opened.intake.take, people, DEMO_PEOPLE, DEMO_SEED, found.municipality, clock.new_id
        )
    typer.echo(f"Web chat   {address}/")
    typer.echo(f"Staff      {address}/ansatt")
    typer.echo(f"Telegram   {'on' if found.telegram_token.get_secret_value() else 'off'}")
    if found.environment == "production":
        return
    async with world.engine.begin() as db:
        first = await accounts.add_first(db, sorted(world.places), clock.new_code, clock.now())
    if first:
        typer.echo(f"First staff login: {first[0]}, one-time password {first[1]}")


@app.command()
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


@app.command()
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
            language=_language(opened.world, lang),
            municipality=_place(opened.world, municipality).municipality.key,
            receipt=await _receipt(lines) if receipt else None,
            help_label=lambda language: words.say(LABELS["help"], language),
        )


async def _take(opened: House, incoming: Incoming) -> Answer:
    """Hand in one thing; when nothing can be stored, help is still shown to who asks for it."""
    try:
        return await opened.intake.take(incoming)
    except Unavailable:
        for shown in opened.intake.straight(incoming):
            typer.echo(shown.text)
        raise


async def _receipt(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        return line.strip()
    raise Mistake("the first line must be the receipt")


@app.command()
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
    _tell(as_json, understood.understood(heard), told)


def _understand_lines() -> int:
    well = True
    for answer, read in understood.answers(_standard_input()):
        typer.echo(answer.translate(ALSO_END_LINES))
        well = well and read
    return 0 if well else USERS_MISTAKE


def _standard_input() -> TextIO:
    """What is piped in: UTF-8 whatever the machine is set to, and lines that only a line feed ends."""
    return open(0, encoding="utf-8", errors="replace", newline="\n", closefd=False)


# --- take out ---------------------------------------------------------------------------------


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
            _place(world, municipality)
        production = found.environment == "production"
        return await handing_out.needs_file(world.engine, world.keys, wish, production=production)

    count = run(_stored(found, work))
    typer.echo(f"{count} {'need' if count == 1 else 'needs'} in {output}")


@app.command("poster")
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
        where, language = _place(world, municipality).municipality, _language(world, lang)
        return poster.html(world.words, language, where, found.web_address, place or (), code)

    _write(output, run(_stored(found, work)))
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
        where = _place(world, municipality).municipality.key
        async with world.engine.begin() as db:
            await kept_codes.keep(db, world.keys, made, kind, where, place, clock.now())
        return where

    where, address = run(_stored(found, work)), found.web_address
    lines = [f"{code}  {poster.link(address, where, code)}" if address else code for code in made]
    _tell(as_json, made, lines)


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


# --- one person -------------------------------------------------------------------------------


@person.command("show")
def person_show() -> None:
    """Show everything that is kept of a person, as JSON for them to take along."""

    async def work(world: World) -> str:
        return persons.as_json(await persons.show(world, await _receipt(terminal.typed("Receipt: "))))

    typer.echo(run(_stored(settings(), work)))


@person.command("erase")
def person_erase() -> None:
    """Erase everything that is kept of a person, for good."""

    async def work(world: World) -> None:
        await persons.erase_all(world, await _receipt(terminal.typed("Receipt: ")))

    run(_stored(settings(), work))
    typer.echo("Erased. No backup brings it back.")


# --- staff ------------------------------------------------------------------------------------


@staff.command("add")
def staff_add(
    name: str,
    role: Annotated[str, typer.Option(help=", ".join(kept_staff.ROLES))],
    municipality: Annotated[list[str] | None, typer.Option(help="may be repeated")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account, and show its one-time password."""

    async def work(world: World) -> str:
        where = [_place(world, key).municipality.key for key in municipality or [world.place]]
        async with world.engine.begin() as db:
            return await accounts.add(db, name, role, where, clock.new_code, clock.now())

    _show_password(as_json, name, run(_stored(settings(), work)))


@staff.command("reset")
def staff_reset(name: str, as_json: AsJson = False) -> None:
    """Give an account a new one-time password."""

    async def work(world: World) -> str:
        async with world.engine.begin() as db:
            return await accounts.reset(db, name, clock.new_code)

    _show_password(as_json, name, run(_stored(settings(), work)))


@staff.command("disable")
def staff_disable(name: str) -> None:
    """Stop an account from signing in."""

    async def work(world: World) -> None:
        async with world.engine.begin() as db:
            await accounts.disable(db, name)

    run(_stored(settings(), work))
    typer.echo(f"{name} can not sign in any more")


@staff.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """Show all accounts."""

    async def work(world: World) -> list[dict[str, Any]]:
        async with reading(world.engine) as db:
            return [asdict(account) for account in await kept_staff.every(db)]

    found = run(_stored(settings(), work))
    lines = [
        f"{each['name']:20} {each['role']:12} {' '.join(each['municipalities'])}"
        f"{'  disabled' if each['disabled'] else ''}"
        for each in found
    ]
    _tell(as_json, found, lines or ["There are no accounts: lytt staff add NAME --role ROLE"])


def _show_password(as_json: bool, name: str, password: str) -> None:
    text = f"{name}: one-time password {password}\nIt is shown once, and changed at the first sign-in."
    _tell(as_json, {"name": name, "password": password}, [text])


# --- look after -------------------------------------------------------------------------------


@app.command("doctor")
def examine(as_json: AsJson = False) -> None:
    """Show each setting and where it came from, and whether everything it points at is well."""
    found = settings()
    findings = [*doctor.settings_found(found), *run(doctor.examined(found, clock.now()))]
    lines = [f"{each.state:8} {each.name:28} {each.value}  {each.about}".rstrip() for each in findings]
    _tell(as_json, [asdict(each) for each in findings], lines)
    if any(each.state in ("missing", "wrong") for each in findings):
        raise typer.Exit(USERS_MISTAKE)


@alert.command("test")
def alert_test() -> None:
    """Send a test alert to everybody in the rosters. Production does not start on a route never tested."""
    found = settings()

    async def work(world: World) -> int:
        return await alerts.test(world, route_of(found))

    typer.echo(f"{run(_stored(found, work))} told. Ask them whether it came.")


@app.command("backup")
def make_backup(
    file: Path,
    keep: Annotated[int, typer.Option(min=0, help="days; older ones beside it go, with 0 none")] = KEPT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Write everything to one encrypted file, also while Lytt runs; old ones in its folder go."""

    async def work(world: World) -> dict[str, int]:
        return await backup.make(world.engine, world.keys, file, clock.now())

    counts = run(_stored(settings(), work))
    gone = [path.name for path in backup.expire(file.parent, keep, clock.now(), but=file)] if keep else []
    lines = [f"{file} holds {sum(counts.values())} rows", *(f"{name} had its time" for name in gone)]
    _tell(as_json, {"rows": counts, "removed": gone}, lines)


@app.command("restore")
def restore_backup(file: Path, as_json: AsJson = False) -> None:
    """Fill an empty database from a backup; who was erased since is erased again."""
    found = settings()
    held = read_keys(found.secret_key_file)
    with at_work(found.secret_key_file, alone=True):
        counts = run(_restore(found, held, file))
    _tell(as_json, {"rows": counts}, [f"{sum(counts.values())} rows are back"])


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
    waiting = run(_stored(found, look))
    for kind, count in waiting.items() if not as_json else ():
        typer.echo(f"{count:8} {kind}")
    agreed = yes or bool(waiting and sys.stdin.isatty() and not as_json and typer.confirm("Erase this?"))
    erased = run(_stored(found, work)) if agreed else {}
    told = "Erased" if erased else "Nothing is erased: add --yes" if waiting else "Nothing has had its time"
    _tell(as_json, {"waiting": waiting, "erased": erased}, [told])


@app.command("simulate")
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
        world, key = opened.world, _place(opened.world, municipality).municipality.key
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
    _tell(as_json, tables, lines)


# --- what the commands share ------------------------------------------------------------------


def settings() -> Settings:
    """The settings of this run, with the logs set up to hide its secrets."""
    try:
        found = Settings()
    except ValidationError as error:  # its own text would show the value, which may be a secret
        wrong = [f"LYTT_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise Mistake("; ".join(wrong)) from error
    secrets = [value.get_secret_value() for _, value in found if isinstance(value, SecretStr)]
    logs.setup(secrets, found.log_level)
    return found


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a piece of work to its end, on the faster loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _stored(found: Settings, work: Callable[[World], Awaitable[T]]) -> T:
    async with house.stored(found) as world:
        return await work(world)


def _place(world: World, key: str | None) -> Place:
    try:
        return world.places[key or world.place]
    except KeyError:
        known = ", ".join(sorted(world.places))
        raise Mistake(f"{key} is no municipality here; there are {known}") from None


def _language(world: World, code: str) -> str:
    if code not in world.words.languages:
        raise Mistake(f"{code} is no language here; there are {', '.join(world.words.languages)}")
    return code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from error


def _tell(as_json: bool, held: object, lines: Sequence[str]) -> None:
    typer.echo(json.dumps(held, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def main() -> None:
    """The command `lytt`; a user's mistake is one line, a fault of ours says where and never what."""
    try:
        app()
    except Exception as error:
        status, told = fault(error)
        typer.echo(f"lytt: {told}", err=True)
        sys.exit(status)


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
