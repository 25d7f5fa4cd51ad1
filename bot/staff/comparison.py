"""Both rules side by side for a coordinator, and what other limits or other voices would change."""

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
from bot.allocation.call import Call
from bot.allocation.checks import kroner
from bot.allocation.explain import RULE_NAMES, STOPPED, Names
from bot.allocation.tables import øre
from bot.exports.papers import CannotMakePaper
from bot.funding import deciding, proposing, rounds
from bot.funding.proposing import MAIN, Proposal, group_label
from bot.funding.rounds import Competition
from bot.staff import calls
from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store.audit import Deed
from dialogs.categories import label
from dialogs.text import N_, Text

PAPERS = {".pdf": "application/pdf", ".html": "text/html", ".md": "text/markdown"}
FEWEST = 5  # people behind a number that is shown
MOST_APPLICANTS = 9_999
NO_CAP = N_("Dette er ikke et beløp. Skriv kroner med tall, som 400 000.")
NO_COUNT = N_("Dette er ikke et antall søkere. Skriv et helt tall, som 8.")
NOBODY_MET = N_("En ansatt har møtt ingen av dem som svarte.")
NOBODY_ASKED = N_("Ingen det er for, ba om det.")
routes = APIRouter(prefix=calls.PAGE)


@dataclass(frozen=True, slots=True)
class Column:
    """What one rule would give, beside the others."""

    title: Text
    account: Account

    def units(self, measure: str) -> int:
        """Units of a measure, in all periods together."""
        return int(self._measure(measure)["units"])

    def cost(self, measure: str) -> int:
        """Øre for a measure."""
        return int(self._measure(measure)["cost"])

    def given(self, measure: str) -> Text:
        """What a measure gets, in words."""
        each = self._measure(measure)
        units, money = each["units"], kroner(each["cost"])
        counted = N_("1 enhet") if units == 1 else N_("{count} enheter", count=units)
        if each["places"] is None:
            return N_("{units}, {money} kr", units=counted, money=money)
        places = units * each["places"]
        room = N_("1 plass") if places == 1 else N_("{count} plasser", count=places)
        return N_("{units}, {places}, {money} kr", units=counted, places=room, money=money)

    def why(self, measure: str) -> Text:
        """Why a measure gets nothing."""
        each = self._measure(measure)
        return STOPPED[each["stopped"]] if each["asked"] else NOBODY_ASKED

    def met(self, need: str) -> int:
        """Asks of a need that places are given for."""
        return sum(int(each["met"]) for each in self.account["needs"] if each["need"] == need)

    def gained(self, first: Column) -> list[str]:
        """Measures that get something here, and nothing in the first."""
        return [id for id in self._funded() if not first.units(id)]

    def lost(self, first: Column) -> list[str]:
        """Measures that get something in the first, and nothing here."""
        return [id for id in first._funded() if not self.units(id)]

    def moved(self, first: Column) -> tuple[list[str], list[str]]:
        """Of those that get something in both: which get more here, and which get less."""
        both = {id: self.cost(id) - first.cost(id) for id in self._funded() if first.units(id)}
        return [id for id, more in both.items() if more > 0], [id for id, more in both.items() if more < 0]

    def _measure(self, id: str) -> Account:
        return next(each for each in self.account["measures"] if each["measure"] == id)

    def _funded(self) -> list[str]:
        return [each["measure"] for each in self.account["measures"] if each["units"]]

    def left_out(self, asked: Mapping[str, int]) -> list[str]:
        """Target groups that asked, whoever's voices count here, and whose asks nothing meets."""
        met = {each["group"]: each["met"] for each in self.account["groups"]}
        return [group for group, asks in asked.items() if asks >= FEWEST and not met.get(group)]


@dataclass(frozen=True, slots=True)
class Tried:
    """Limits that a coordinator tries in place of the call's; what can not be read is kept as typed."""

    call: Call
    cap: str
    applicants: str

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """The cap in øre and the number of applicants; where none is typed, the call's."""
        applicants = int(self.applicants) if _is_number(self.applicants) else self.call.groups
        return øre(self.cap) or self.call.cap, applicants

    def troubles(self) -> tuple[Text, ...]:
        """What can not be read."""
        wrong = ((NO_CAP, self.is_wrong_cap), (NO_COUNT, self.is_wrong_count))
        return tuple(trouble for trouble, is_wrong in wrong if is_wrong)

    @property
    def is_wrong_cap(self) -> bool:
        """Whether what is typed as a cap is no amount."""
        return bool(self.cap) and not øre(self.cap)

    @property
    def is_wrong_count(self) -> bool:
        """Whether what is typed as a number of applicants is none."""
        return bool(self.applicants) and not _is_number(self.applicants)

    def title(self) -> Text | None:
        """What is tried, in words; None where it is what the call says."""
        (cap, applicants), call = self.limits, self.call
        if cap != call.cap and applicants != call.groups:
            return N_("Med grense {cap} kr og {count} søkere", cap=kroner(cap or 0), count=applicants or 0)
        if cap != call.cap:
            return N_("Med grense {cap} kr", cap=kroner(cap or 0))
        return N_("Med {count} søkere", count=applicants or 0) if applicants != call.groups else None


def _is_number(typed: str) -> bool:
    return typed.isdecimal() and len(typed) <= len(str(MOST_APPLICANTS)) and int(typed) > 0


@routes.get("/{key}/fordeling")
async def compare(visit: Coordinating, key: str) -> Response:
    """Both rules, and what other limits or other voices would change."""
    found, other = await _both_voices(visit, key)
    call, query = found.held.call, visit.request.query_params
    tried = Tried(call, query.get("grense", "").strip(), query.get("sokere", "").strip())
    columns = await asyncio.to_thread(_columns, found, other, tried)
    everybody = found if call.voices == "all" else other
    return visit.show(
        "fordeling.html",
        columns=columns,
        tried=tried,
        nobody_met=NOBODY_MET if call.voices == "all" and not other.round.people else None,
        endings=tuple(PAPERS),
        asked=_asked(everybody),
        unreached=_unreached(everybody),
        measures=sorted(found.round.measures, key=lambda each: (-columns[0].cost(each.id), each.id)),
        names=Names({"names": found.names}),
        most=max((column.cost(each.id) for column in columns for each in found.round.measures), default=1),
        **shared(found),
    )


def _asked(found: Competition) -> Mapping[str, int]:
    """How many asks each target group has."""
    asked: Counter[str] = Counter()
    for each in found.round.voices:
        asked[target(each.group)] += each.people * len(each.asks)
    return dict(sorted(asked.items()))


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
    proposal = Proposal(found, call.rule, fewest, other=other.round, attesters=let_in)
    taken = proposing.snapshot_of(proposal, office.pages.words)
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


def _columns(found: Competition, other: Competition, tried: Tried) -> list[Column]:
    call = found.held.call
    rules = (call.rule, *(each for each in MAIN if each != call.rule))
    columns = [Column(RULE_NAMES[rule], deciding.weigh(found, rule).proposal) for rule in rules]
    if title := tried.title():
        moved = rounds.with_limits(found, *tried.limits)
        columns.append(Column(title, deciding.weigh(moved, call.rule).proposal))
    if call.voices == "all" and not other.round.people:
        return columns  # nobody was met by a worker: a column of nothing would say that no group is left out
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
