"""The command that proposes who gets what of a call's money, and tells why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from bot import clock
from bot.allocation import pabulib
from bot.allocation.allocate import allocate
from bot.allocation.audit import owed
from bot.allocation.demand import Demand
from bot.allocation.model import Attester, Outcome, Round
from bot.allocation.pabulib import WrongElection
from bot.allocation.rules import KRONE, RULES
from bot.commands.shared import USERS_MISTAKE, AsJson, run, settings, stored, tell
from bot.funding import proposing, verifying
from bot.funding.proposing import Files, Proposal
from bot.funding.rounds import Competition, attesters, competition
from bot.funding.verifying import WrongProposal
from bot.i18n import Words
from bot.intake import World
from bot.mistakes import Mistake
from bot.settings import ROOT
from bot.store.engine import reading

COMPARED = ("most-requested", "equal-shares-completed", "equal-shares", "phragmen", "proportional")
INSIDE_ALONE = "There is no public/ in it: that is made once, when the call is closed, by the call's own rule"
MOST_BYTES = 200_000_000
MUCH_MEMORY = 500_000_000  # bytes
commands = typer.Typer()


@commands.command("allocate")
def propose(
    call: Annotated[str | None, typer.Argument(help="the call's key")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="the folder to write")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help=", ".join(RULES))] = None,
    compare: Annotated[bool, typer.Option("--compare", help="what each rule would come to")] = False,
    verify: Annotated[Path | None, typer.Option("--verify", help="make a folder's files once more")] = None,
    pb: Annotated[Path | None, typer.Option("--pb", help="an election in the Pabulib format")] = None,
    as_json: AsJson = False,
) -> None:
    """Propose who gets what of a call's money, with a reason for each krone; a named human decides."""
    if verify is not None:
        _verify(verify)
    elif pb is not None:
        _election(pb, _rule_named(rule or "most-requested"), as_json)
    elif call is None or not (output or compare):
        raise Mistake("name a call and a folder (-o), or use --compare, --verify or --pb")
    else:
        _call(call, _rule_named(rule) if rule else None, output, compare, as_json)


def _rule_named(rule: str) -> str:
    if rule not in RULES:
        raise Mistake(f"{rule} is no rule; there are {', '.join(RULES)}")
    return rule


# --- a call ---------------------------------------------------------------------------------------


def _call(key: str, rule: str | None, output: Path | None, compare: bool, as_json: bool) -> None:
    async def work(world: World) -> tuple[Competition, Round, Sequence[Attester] | None, dict[str, int]]:
        async with reading(world.engine) as db:
            found = await competition(db, world.keys, key, world.places)
            call = found.held.call
            attested = call.voices != "attested"
            other = await competition(db, world.keys, key, world.places, attested=attested)
            known = await attesters(db, world.keys, found)
            return found, other.round, known, await proposing.told_before(db, call.municipalities)

    wanted = settings()
    found, other, known, released = run(stored(wanted, work))
    rule, where = rule or found.held.call.rule, list[str]()
    if output is not None:
        salt, fewest = clock.new_token(), wanted.publish_fewest
        proposal = Proposal(found, rule, fewest, released, salt, other, known)
        _keep(output, proposing.propose(proposal, _words()))
        where = [f"A proposal is in {output}; it becomes a decision with lytt decide"]
        where += [] if proposal.may_be_published else [INSIDE_ALONE]
    rows = _rows(found.round, COMPARED if compare else (rule,))
    lines = ["{rule:24} {spent:>14} {applicants:>3} applicants {met:>6} asks met".format_map(r) for r in rows]
    tell(as_json, rows, [*lines, *where])


def _words() -> Words:
    return Words(ROOT / "locales", ("dialogs", "money"))


def _rows(given: Round, rules: tuple[str, ...]) -> list[Mapping[str, str | int]]:
    demand = Demand(given)
    rows: list[Mapping[str, str | int]] = []
    for rule in rules:
        outcome = allocate(given, rule, demand)
        applicants = {given.measures[step.lot.measure].applicant for step in outcome.steps}
        met = sum(step.met for step in outcome.steps)
        row: dict[str, str | int] = {
            "rule": rule,
            "spent": _money(outcome.cost),
            "applicants": len(applicants),
            "met": met,
        }
        row["unexplained"] = len(_unexplained(given, demand, outcome))
        rows.append(row)
    return rows


def _money(øre: int) -> str:
    return f"{Decimal(øre) / KRONE:f}"


def _keep(folder: Path, files: Files) -> None:
    """Write the files; a folder that holds others is left alone."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise Mistake(f"{folder} is not empty; name a new folder")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(content)
    except OSError as error:
        raise Mistake(f"{folder}: {error.strerror}") from error


# --- made once more -------------------------------------------------------------------------------


def _verify(folder: Path) -> None:
    try:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        other = verifying.verify(files, _words())
    except OSError as error:
        raise Mistake(f"{folder}: {error.strerror}") from error
    except WrongProposal as error:
        raise Mistake(f"{folder}: {error}") from error
    for name in other:
        typer.echo(f"{name} is not what the snapshot comes to")
    if other:
        raise typer.Exit(USERS_MISTAKE)
    digest, seed_hash = verifying.published_with(files)
    typer.echo(f"{len(files)} files, the same to the last byte, if this is what was published with the call:")
    typer.echo(f"the call's SHA-256 {digest}")
    typer.echo(f"its seed's SHA-256 {seed_hash}")


# --- an election ----------------------------------------------------------------------------------


def _election(path: Path, rule: str, as_json: bool) -> None:
    given = _read(path)
    if (needed := memory(given)) > MUCH_MEMORY and rule.startswith("equal-shares"):
        typer.echo(f"This may take hours, and up to {-(-needed // 10**9)} GB of memory", err=True)
    demand = Demand(given)
    outcome = allocate(given, rule, demand)
    chosen = [given.measures[step.lot.measure].id for step in outcome.steps]
    unexplained, cost = _unexplained(given, demand, outcome), _money(outcome.cost)
    lines = [*chosen, f"cost {cost} of {_money(given.limits.money)}"]
    lines += [f"owed and not chosen: {', '.join(unexplained)}"] if unexplained else []
    tell(as_json, {"chosen": chosen, "cost": cost, "unexplained_ejr_plus": unexplained}, lines)


def memory(given: Round) -> int:
    """What exact shares may come to, in bytes: each different ballot has one, and each project that is bought
    may make it longer by the digits of the number of people."""
    return len(given.voices) * len(given.measures) * given.people.bit_length() // 8


def _unexplained(given: Round, demand: Demand, outcome: Outcome) -> list[str]:
    found = owed(given, demand, outcome)
    return sorted(given.measures[each.measure].id for each in found if not each.explained)


def _read(path: Path) -> Round:
    try:
        if path.exists() and not path.is_file():
            raise Mistake(f"{path} is no file")
        with path.open("rb") as file:  # never more than may be: what a name stands for may have changed
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Mistake(f"{path} is larger than {MOST_BYTES // 1_000_000} MB")
        return pabulib.read(content.decode("utf-8-sig"))
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Mistake(f"{path} is not UTF-8") from error
    except WrongElection as error:
        raise Mistake(f"{path}: {error}") from error
