"""The command that proposes who gets what of a call's money, and tells why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from bot.allocation import pabulib
from bot.allocation.allocate import allocate
from bot.allocation.audit import owed
from bot.allocation.demand import Demand
from bot.allocation.model import Round
from bot.allocation.rules import KRONE, RULES
from bot.commands.shared import AsJson, Mistake, tell

commands = typer.Typer()


@commands.command("allocate")
def propose(
    pb: Annotated[Path | None, typer.Option("--pb", help="an election in the Pabulib format")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help=", ".join(RULES))] = None,
    as_json: AsJson = False,
) -> None:
    """Propose who gets what of the money, with a reason for each krone."""
    if pb is None:
        raise Mistake("name a call, or an election with --pb")
    _election(pb, _rule_named(rule or "most-requested"), as_json)


def _rule_named(rule: str) -> str:
    if rule not in RULES:
        raise Mistake(f"{rule} is no rule; there are {', '.join(RULES)}")
    return rule


def _election(path: Path, rule: str, as_json: bool) -> None:
    given = _read(path)
    demand = Demand(given)
    outcome = allocate(given, rule, demand)
    chosen = [given.measures[step.lot.measure].id for step in outcome.steps]
    unexplained = [
        given.measures[each.measure].id for each in owed(given, demand, outcome) if not each.explained
    ]
    cost = str(Decimal(outcome.cost) / KRONE)
    lines = [*chosen, f"cost {cost} of {Decimal(given.limits.money) / KRONE}"]
    lines += [f"owed and not chosen: {', '.join(sorted(unexplained))}"] if unexplained else []
    tell(as_json, {"chosen": chosen, "cost": cost, "unexplained_ejr_plus": sorted(unexplained)}, lines)


def _read(path: Path) -> Round:
    try:
        return pabulib.read(path.read_text("utf-8"))
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, pabulib.WrongElection) as error:
        reason = "is not written in UTF-8" if isinstance(error, UnicodeDecodeError) else error
        raise Mistake(f"{path}: {reason}") from error
