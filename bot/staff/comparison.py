"""Both rules side by side for a coordinator, and what another cap or other voices would change."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.allocation.account import Account, target
from bot.allocation.checks import kroner
from bot.allocation.explain import RULE_NAMES
from bot.allocation.tables import øre
from bot.exports.papers import CannotMakePaper
from bot.funding import deciding, proposing, rounds
from bot.funding.proposing import MAIN, group_label
from bot.funding.rounds import Competition
from bot.staff import calls
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store.audit import Deed
from dialogs.categories import label
from dialogs.text import N_, Text

PAPERS = {".pdf": "application/pdf", ".html": "text/html", ".md": "text/markdown"}
FEWEST = 5  # people behind a number that is shown
NO_CAP = N_("Dette er ikke et beløp. Skriv kroner med tall, som 400 000.")
routes = APIRouter(prefix=calls.PAGE)


@dataclass(frozen=True, slots=True)
class Column:
    """What one rule would give, beside the others."""

    title: Text
    account: Account

    def units(self, measure: str) -> int:
        """Units of a measure, in all periods together."""
        return next(int(each["units"]) for each in self.account["measures"] if each["measure"] == measure)

    def cost(self, measure: str) -> int:
        """Øre for a measure."""
        return next(int(each["cost"]) for each in self.account["measures"] if each["measure"] == measure)

    def met(self, need: str) -> int:
        """Asks of a need that places are given for."""
        return sum(int(each["met"]) for each in self.account["needs"] if each["need"] == need)

    def gained(self, first: Column) -> list[str]:
        """Measures that get something here, and nothing in the first."""
        return [id for id in self._funded() if not first.units(id)]

    def lost(self, first: Column) -> list[str]:
        """Measures that get something in the first, and nothing here."""
        return [id for id in first._funded() if not self.units(id)]

    def moved(self, first: Column) -> tuple[int, int]:
        """How many of those that get something in both get more here, and how many less."""
        both = [self.cost(id) - first.cost(id) for id in self._funded() if first.units(id)]
        return sum(more > 0 for more in both), sum(more < 0 for more in both)

    def _funded(self) -> list[str]:
        return [each["measure"] for each in self.account["measures"] if each["units"]]

    def left_out(self) -> list[str]:
        """Target groups that asked and whose asks nothing meets."""
        groups = self.account["groups"]
        return [each["group"] for each in groups if each["asks"] >= FEWEST and not each["met"]]


@routes.get("/{key}/fordeling")
async def compare(visit: Coordinating, key: str) -> Response:
    """Both rules, and what another cap or other voices would change."""
    found, other = await _both_voices(visit, key)
    typed = visit.request.query_params.get("grense", "")
    cap = øre(typed)
    columns = await asyncio.to_thread(_columns, found, other, cap)
    return visit.show(
        "fordeling.html",
        columns=columns,
        cap=cap,
        trouble=NO_CAP if typed and not cap else None,
        endings=tuple(PAPERS),
        unreached=_unreached(found),
        measures=sorted(found.round.measures, key=lambda each: (-columns[0].cost(each.id), each.id)),
        names={each.id: found.measure(each.id) for each in found.round.measures},
        most=max((column.cost(each.id) for column in columns for each in found.round.measures), default=1),
        **shared(found),
    )


def _unreached(found: Competition) -> set[str]:
    """Target groups that no application is for: nothing could have met what they ask."""
    everybody = {each.group for each in found.round.voices}
    groups = [everybody if each.groups is None else each.groups for each in found.round.measures]
    return {target(group) for group in everybody} - {target(group) for each in groups for group in each}


@routes.get("/{key}/forklaring")
async def explanation(visit: Coordinating, key: str) -> Response:
    """The proposal with a reason for each krone, as a file for who decides with the coordinator."""
    ending, language = visit.request.query_params.get("som", ".pdf"), visit.worker.language
    if ending not in PAPERS:
        return visit.go(f"{calls.PAGE}/{key}/fordeling")
    world, office = visit.office.world, visit.office
    found, other = await _both_voices(visit, key)
    async with visit.acting() as db:
        await note(db, visit, Deed("export", "allocation", key))
        let_in = await rounds.attesters(db, world.keys, found)
    fewest, call = office.settings.publish_fewest, found.held.call
    taken = proposing.snapshot_of(
        found, call.rule, office.pages.words, {}, "", fewest, other.round, attesters=let_in
    )
    try:
        file = await asyncio.to_thread(proposing.paper, taken, office.pages.words, ending, language)
    except CannotMakePaper as error:
        raise HTTPException(503) from error
    told = {"Content-Disposition": f'attachment; filename="lytt-{key}-{language}{ending}"'}
    return Response(file, media_type=PAPERS[ending], headers=told)


async def _both_voices(visit: Visit, key: str) -> tuple[Competition, Competition]:
    """The competition as the call counts voices, and as it would be with the other count."""
    world = visit.office.world
    async with visit.acting() as db:
        held = await calls.ours(visit, db, key)
        await note(db, visit, Deed("open", "allocation", key))
        found = await rounds.competition(db, world.keys, key, world.places)
        attested = held.call.voices != "attested"
        return found, await rounds.competition(db, world.keys, key, world.places, attested=attested)


def _columns(found: Competition, other: Competition, cap: int | None) -> list[Column]:
    call = found.held.call
    rules = (call.rule, *(each for each in MAIN if each != call.rule))
    columns = [Column(RULE_NAMES[rule], deciding.weigh(found, rule).proposal) for rule in rules]
    if cap:
        moved = deciding.weigh(rounds.with_cap(found, cap), call.rule).proposal
        columns.append(Column(N_("Med grense {cap} kr", cap=kroner(cap)), moved))
    title = N_("Bare dem en ansatt har møtt") if call.voices == "all" else N_("Med alle som har svart")
    return [*columns, Column(title, deciding.weigh(other, call.rule).proposal)]


def shared(found: Competition) -> Mapping[str, Any]:
    asks: Counter[str] = Counter()
    for voices in found.round.voices:
        asks.update(dict.fromkeys(voices.asks, voices.people))
    return {
        "found": found,
        "held": found.held,
        "rule_name": RULE_NAMES[found.held.call.rule],
        "fewest": FEWEST,
        "asked_most": max(asks.values(), default=1),
        "needs": sorted(asks.items(), key=lambda each: (-each[1], each[0])),
        "need_label": partial(label, added=found.held.added),
        "group_label": group_label,
        "few": lambda count: str(count) if count >= FEWEST or not count else f"< {FEWEST}",
        "kroner": kroner,
    }
