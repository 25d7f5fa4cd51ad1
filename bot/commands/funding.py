"""Commands about money: calls, and who applies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import clock, municipalities
from bot.allocation import call as calls
from bot.allocation.call import WrongCall
from bot.allocation.checks import Reason, kroner
from bot.allocation.places import lines_of
from bot.allocation.tables import Fault, unknown
from bot.clock import moment
from bot.commands.shared import (
    USERS_MISTAKE,
    AsJson,
    Lang,
    language_named,
    run,
    settings,
    stored,
    tell,
)
from bot.funding import applying, deciding, files, rounds
from bot.funding import news as told
from bot.funding.files import WrongFile
from bot.i18n import Words
from bot.intake import World
from bot.mistakes import Mistake
from bot.settings import ROOT
from bot.store import applications as kept_applications
from bot.store import audit, staff
from bot.store import calls as kept_calls
from bot.store.applications import CODE_LENGTH
from bot.store.audit import Deed, Scribe
from bot.store.calls import Held
from bot.store.decisions import Decision
from bot.store.engine import reading

call = typer.Typer(no_args_is_help=True, help="Calls for funds, a TOML file each.")
application = typer.Typer(no_args_is_help=True, help="Applications for money.")
commands = typer.Typer()
commands.add_typer(call, name="calls")
commands.add_typer(application, name="applications")

MOST_BYTES = 500_000


def _words() -> Words:
    return Words(ROOT / "locales", ("dialogs", "money"))


# --- calls ----------------------------------------------------------------------------------------


@call.command("check")
def calls_check(file: Path, lang: Lang = "nb") -> None:
    """Read a call's file and list every fault in it, with its line."""
    checked = _read(file, lang)
    typer.echo(f"{file.name}: {checked.key} is well, {kroner(checked.money)} {checked.currency}")


def _read(file: Path, lang: str) -> calls.Call:
    """The call of a file; one whose municipalities are all unknown here could be decided by nobody."""
    text, known = _text(file), municipalities.load(settings().municipalities_dir)
    try:
        read = calls.read(text)
        if not known.keys() & set(read.municipalities):
            line = lines_of(text)["municipalities",]
            why = unknown(", ".join(read.municipalities), known.keys())
            raise WrongCall([Fault(line, "municipalities", why)])
        return read
    except WrongCall as error:
        words = _words()
        raise Mistake("\n".join(_told(file, fault, words, lang) for fault in error.faults)) from error


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Mistake(f"{file.name} is no call: it is larger than {MOST_BYTES // 1000} kB")
        return content.decode("utf-8-sig")  # Windows editors put a mark in front
    except OSError as error:
        raise Mistake(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Mistake(f"{file.name} is not UTF-8") from error


def _told(file: Path, fault: Fault, words: Words, lang: str) -> str:
    return f"{file.name}:{fault.line}: {fault.key} {words.say(fault.why, lang)}"


@call.command("add")
def calls_add(file: Path, lang: Lang = "nb") -> None:
    """Publish a call: from then on its file is frozen, and applications may come when it opens."""
    _read(file, lang)
    text = _text(file)

    async def work(world: World) -> Held:
        async with world.engine.begin() as db:
            return await kept_calls.add(db, world.keys, text, clock.new_token(), world.now())

    held = run(stored(settings(), work))
    typer.echo(f"{held.call.key} is published: SHA-256 {held.call.digest}")
    typer.echo(f"Lots are drawn with a seed whose SHA-256 is {held.seed_hash}")


@call.command("list")
def calls_list(as_json: AsJson = False) -> None:
    """Show every call, and whether it is open."""

    async def work(world: World) -> tuple[list[Held], int]:
        async with reading(world.engine) as db:
            return await kept_calls.every(db), world.now()

    found, now = run(stored(settings(), work))
    rows = [_row(held, now) for held in found]
    lines = ["{key:24} {state:8} {deadline}  {money}".format_map(row) for row in rows]
    tell(as_json, rows, lines or ["There are no calls"])


def _row(held: Held, now: int) -> dict[str, str]:
    return {
        "key": held.call.key,
        "state": state(held, now),
        "deadline": held.call.deadline.isoformat(),
        # A script splits it at ordinary spaces; the one that keeps a line whole is for pages.
        "money": f"{kroner(held.call.money)} {held.call.currency}".replace("\N{NO-BREAK SPACE}", " "),
        "digest": held.call.digest,
        "seed_hash": held.seed_hash,
    }


def state(held: Held, now: int) -> str:
    """Where a call stands, in a word."""
    if held.decided:
        return "decided"
    if held.is_open(now):
        return "open"
    return "coming" if held.closed_at is None and moment(now) < held.call.opens else "closed"


@call.command("close")
def calls_close(key: str) -> None:
    """Close a call for good, before its deadline too."""

    async def work(world: World) -> None:
        async with world.engine.begin() as db:
            await kept_calls.close(db, world.keys, key, world.now())

    run(stored(settings(), work))
    typer.echo(f"{key} is closed")


# --- applications ---------------------------------------------------------------------------------


@application.command("add")
def applications_add(key: str, file: Path, lang: Lang = "nb", as_json: AsJson = False) -> None:
    """Take the applications of a file: .csv, .toml or .json; each that is refused is told all the reasons."""
    found = _drafts(file, lang)

    async def work(world: World) -> list[applying.Added]:
        language_named(world, lang)
        async with world.engine.begin() as db:
            held = await kept_calls.named(db, key)
            drafts = [(world.new_id(), clock.new_code(CODE_LENGTH), draft) for draft in found]
            return await applying.add(db, world.keys, held, drafts, world.places, world.now())

    added, words = run(stored(settings(), work)), _words()
    lines = [_line(each, words, lang) for each in added]
    tell(as_json, [_outcome(each, words, lang) for each in added], lines)
    if not all(each.taken for each in added):
        raise typer.Exit(USERS_MISTAKE)


def _drafts(file: Path, lang: str) -> list[dict[str, Any]]:
    try:
        return files.read(file)
    except WrongFile as error:
        raise Mistake(f"{file.name}: {_words().say(error.why, lang)}") from error


def _outcome(added: applying.Added, words: Words, lang: str) -> dict[str, Any]:
    why = [{"rule": r.rule, "refuses": r.refuses, "why": words.say(r.why, lang)} for r in added.reasons]
    return {
        "title": added.title,
        "taken": added.taken,
        "code": added.code,
        "replaces": added.replaces,
        "reasons": why,
    }


def _line(added: applying.Added, words: Words, lang: str) -> str:
    state = "taken" if added.taken else "refused, kept as a draft"
    code = f", code {kept_applications.shown(added.code)}" if added.code else ""
    replaced = f", in place of {added.replaces}, which an earlier file began" if added.replaces else ""
    return "\n".join(
        [
            f"{' '.join(added.title.split()) or '?'}: {state}{code}{replaced}",
            *_reasons(added.reasons, words, lang),
        ]
    )


def _reasons(reasons: tuple[Reason, ...], words: Words, lang: str) -> list[str]:
    return [f"  {'-' if each.refuses else '!'} {words.say(each.why, lang)} [{each.rule}]" for each in reasons]


@application.command("list")
def applications_list(key: str, lang: Lang = "nb", as_json: AsJson = False) -> None:
    """Show the applications of a call, drafts too, and what each lacks."""

    async def work(world: World) -> list[dict[str, Any]]:
        language_named(world, lang)
        async with reading(world.engine) as db:
            held = await kept_calls.named(db, key)
            kept = await kept_applications.of_call(db, world.keys, key)
        return [_listed(held, each, world, lang) for each in kept]

    rows = run(stored(settings(), work))
    lines = [
        f"{row['state']:10} {' '.join(row['title'].split())}\n" + "\n".join(row["lines"]) for row in rows
    ]
    shown = [{name: value for name, value in row.items() if name != "lines"} for row in rows]
    tell(as_json, shown, [line.rstrip() for line in lines] or ["There are no applications"])


def _listed(held: Held, kept: kept_applications.Kept, world: World, lang: str) -> dict[str, Any]:
    looked = applying.look(held, kept.sent or kept.draft, world.places)
    words = _words()
    return {
        "id": kept.id,
        "title": looked.application.title,
        "state": "sent" if kept.counts else "withdrawn" if kept.withdrawn_at else "draft",
        "reasons": [each.rule for each in looked.reasons],
        "lines": _reasons(looked.reasons, words, lang),
    }


# --- the decision ---------------------------------------------------------------------------------


@commands.command("decide")
def decide(
    key: str,
    by: Annotated[str, typer.Option(help="the staff account that answers for it: a coordinator's")],
    reason: Annotated[str, typer.Option(help="why, in words that are published")] = "",
    full_name: Annotated[str, typer.Option(help="what is published; else that of the account")] = "",
    agree: Annotated[
        bool, typer.Option("--agree", help="as the second, where the call asks for two")
    ] = False,
) -> None:
    """Make the proposal of a closed call final, in a named person's name; it can not be changed after."""

    wanted = settings()

    async def work(world: World) -> Decision:
        async with world.engine.begin() as db:
            found = await rounds.competition(db, world.keys, key, world.places)
            account = await _coordinator(db, by, found.held)
            named, now = full_name or account.full_name, world.now()
            if not named:
                raise Mistake(f"{by} has no full name, which is published: add --full-name")
            if agree:
                made = await deciding.agree(db, found, account.name, now, named)
            else:
                fewest = wanted.publish_fewest
                given = (None, account.name, reason, now, fewest, named)
                made = await deciding.decide(db, world.keys, found, *given)
            scribe = Scribe(world.keys, account.name, world.new_id, world.now)
            await audit.note(
                db, scribe, Deed("agree" if agree else "decide", "call", key, reason=reason or None)
            )
            return made

    made = run(stored(wanted, work))
    state = "final" if made.final else "kept until another coordinator agrees: add --agree"
    typer.echo(f"{key} is decided by {made.decider}, and {state}. SHA-256 {made.digest}")


async def _coordinator(db: AsyncConnection, name: str, held: Held) -> staff.Account:
    """An account that may decide in this call."""
    account = await staff.named(db, name)
    here = account is not None and set(account.municipalities) & set(held.call.municipalities)
    if account is None or not here or account.disabled or "coordinator" not in account.roles:
        raise Mistake(f"{name} is no coordinator of {', '.join(held.call.municipalities)}")
    return account


@commands.command("news")
def news(key: str) -> None:
    """Tell the people who asked what a call's decision came to; each person is told once."""

    async def work(world: World) -> int:
        async with world.engine.begin() as db:
            return (await told.tell(db, world, _words(), key)).people

    typer.echo(f"{run(stored(settings(), work))} people are told")
