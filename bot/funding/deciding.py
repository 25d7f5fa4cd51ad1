"""Decide by name: what is given, what it changes against the proposal, and what that costs whom."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation.account import Account, account, canonical
from bot.allocation.allocate import allocate
from bot.allocation.checks import kroner
from bot.allocation.course import Course
from bot.allocation.demand import Demand
from bot.allocation.model import Lot, Outcome, Standing, Step
from bot.allocation.publish import published
from bot.clock import moment
from bot.funding.proposing import told_before
from bot.funding.rounds import Competition, is_as_heard
from bot.mistakes import Mistake
from bot.store import calls, decisions, reports
from bot.store.crypto import Keys
from bot.store.decisions import Decision
from dialogs.text import N_, Text

Units: TypeAlias = Mapping[tuple[str, int], int]
"""Units given, by measure and period (its place in the call)."""

DECIDED = "decided"


class WrongDecision(Mistake):
    """A decision that can not be made; the text says why in plain words."""


class AlreadyDecided(WrongDecision):
    """Somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Change:
    """Where a decision gives something else than the proposal."""

    measure: str
    proposed: int
    decided: int
    money: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision beside the proposal it came from; `faults` are what the call does not allow."""

    proposal: Account
    decided: Account
    units: Units
    changes: tuple[Change, ...]
    needs: tuple[tuple[str, int], ...]  # need, and how many more (or fewer) of its asks are met
    groups: tuple[tuple[str, int, int], ...]  # target group, how many more of its asks are met, how many then
    faults: tuple[Text, ...]

    @property
    def unasked(self) -> tuple[str, ...]:
        """The measures with more places that nobody asked for than the rule's last unit left."""
        pairs = zip(self.proposal["measures"], self.decided["measures"], strict=True)
        return tuple(after["measure"] for before, after in pairs if _empty(after) > max(_empty(before), 0))

    @property
    def digest(self) -> str:
        """Of what is given and all that it costs whom: who decides hands back that of what they saw."""
        return _digest(canonical({"proposal": self.proposal, "decided": self.decided}))


def units_of(outcome: Outcome, found: Competition) -> Units:
    """What a rule gives, as units by measure and period."""
    units: Counter[tuple[str, int]] = Counter()
    for step in outcome.steps:
        units[found.round.measures[step.lot.measure].id, step.lot.period] += step.lot.units
    return units


def weigh(found: Competition, rule: str, units: Units | None = None) -> Weighed:
    """What a rule proposes, and beside it what is given instead (None: just that)."""
    demand = Demand(found.round)
    outcome = allocate(found.round, rule, demand)
    proposal = account(found.round, rule, outcome, demand)
    given = units_of(outcome, found) if units is None else {key: n for key, n in units.items() if n}
    bought = _bought(found, demand, given)
    decided = account(found.round, DECIDED, _for_the_same_reason(bought, outcome), demand)
    changes, needs, groups = differences(proposal, decided)
    return Weighed(proposal, decided, given, changes, needs, groups, _faults(found, given, decided))


def differences(
    proposal: Account, decided: Account
) -> tuple[tuple[Change, ...], tuple[tuple[str, int], ...], tuple[tuple[str, int, int], ...]]:
    """What a decision gives otherwise than was proposed, and how much more or less of whose asks it meets."""
    return _changes(proposal, decided), _needs(proposal, decided), _groups(proposal, decided)


def _bought(found: Competition, demand: Demand, units: Units) -> Outcome:
    course = Course(found.round, demand)
    places = {measure.id: place for place, measure in enumerate(found.round.measures)}
    for (id, period), count in sorted(units.items()):
        place = places[id]
        lot = Lot(place, period, count, count * found.round.measures[place].cost)
        course.buy(Step(DECIDED, lot, Standing(place, demand.asked[place]), None))
    return course.finish()


def _for_the_same_reason(bought: Outcome, proposed: Outcome) -> Outcome:
    """What neither the rule nor a human gave anything got nothing for the reason that the rule had."""
    given = {step.lot.measure for each in (bought, proposed) for step in each.steps}
    for place, cap in proposed.stopped.items():
        if place not in given:
            bought.stopped[place] = cap
    return bought


def _changes(proposal: Account, decided: Account) -> tuple[Change, ...]:
    pairs = zip(proposal["measures"], decided["measures"], strict=True)
    return tuple(
        Change(before["measure"], before["units"], after["units"], after["cost"] - before["cost"])
        for before, after in pairs
        if before["periods"] != after["periods"]
    )


def _needs(proposal: Account, decided: Account) -> tuple[tuple[str, int], ...]:
    pairs = zip(proposal["needs"], decided["needs"], strict=True)
    moved = ((before["need"], after["met"] - before["met"]) for before, after in pairs)
    return tuple((need, more) for need, more in moved if more)


def _groups(proposal: Account, decided: Account) -> tuple[tuple[str, int, int], ...]:
    pairs = zip(proposal["groups"], decided["groups"], strict=True)
    moved = ((before["group"], after["met"] - before["met"], after["met"]) for before, after in pairs)
    return tuple(each for each in moved if each[1])


def _empty(each: Mapping[str, Any]) -> int:
    return each["units"] * each["places"] - each["met"] if each["places"] else 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _faults(found: Competition, units: Units, decided: Account) -> tuple[Text, ...]:
    """What a decision may not do: a named human chooses within the call, never beyond it."""
    return (
        *_beyond_measures(found, units),
        *_beyond_money(found, units),
        *_beyond_groups(found, units),
        *_beyond_sources(found, decided),
    )


def _beyond_money(found: Competition, units: Units) -> Iterator[Text]:
    limits, spent = found.round.limits, _spent(found, units)
    if spent.total() > limits.money:
        yield N_("Til sammen er dette mer enn de {money} kronene som finnes.", money=kroner(limits.money))
    for place, most in enumerate(limits.periods):
        if most is not None and sum(money for (_, period), money in spent.items() if period == place) > most:
            days = found.held.call.periods[place].dates
            yield N_("I perioden {period} er dette mer enn {money} kroner.", period=days, money=kroner(most))


def _beyond_groups(found: Competition, units: Units) -> Iterator[Text]:
    limits, spent = found.round.limits, _spent(found, units)
    for applicant in sorted(
        {applicant for (applicant, _), money in spent.items() if _over(limits.cap, money)}
    ):
        title, cap = found.title(applicant), kroner(limits.cap or 0)
        yield N_("{title} får mer enn {cap} kroner i en periode.", title=title, cap=cap)
    given = {applicant for (applicant, _), money in spent.items() if money}
    if _over(limits.applicants, len(given)):
        yield N_("For mange søknader får penger. Det kan være høyst {count}.", count=limits.applicants or 0)


def _over(limit: int | None, value: int) -> bool:
    return limit is not None and value > limit


def _beyond_sources(found: Competition, decided: Account) -> Iterator[Text]:
    """In a merged pot each krone comes from a source that may pay for its purpose."""
    paid = sum(each["cost"] for each in decided["sources"])
    if found.round.limits.sources and paid < decided["spent"]:
        missing = kroner(decided["spent"] - paid)
        yield N_("Ingen av pengekildene kan betale {money} kroner av dette.", money=missing)


def _spent(found: Competition, units: Units) -> Counter[tuple[str, int]]:
    """Øre by applicant and period."""
    measures = {measure.id: measure for measure in found.round.measures}
    spent: Counter[tuple[str, int]] = Counter()
    for (id, period), count in units.items():
        spent[measures[id].applicant, period] += count * measures[id].cost
    return spent


def _beyond_measures(found: Competition, units: Units) -> Iterator[Text]:
    measures = {measure.id: measure for measure in found.round.measures}
    for (id, period), count in sorted(units.items()):
        measure = measures[id]
        if period not in measure.periods or not measure.least <= count <= measure.most:
            bounds = {"least": measure.least, "most": measure.most}
            yield N_("{name}: fra {least} til {most} enheter.", name=found.measure(id), **bounds)


# --- the decision ---------------------------------------------------------------------------------


def body_of(
    found: Competition, rule: str, weighed: Weighed, seed: str, released: Mapping[str, int], fewest: int
) -> dict[str, Any]:
    """All of a decision; what `shown` holds may be published, the rest stays inside."""
    return {
        "call": {"key": found.held.call.key, "digest": found.held.call.digest},
        "rule": rule,
        "seed": seed,
        "proposal": weighed.proposal,
        "decided": weighed.decided,
        "shown": shown_of(weighed, released, fewest),
        "names": {
            "measures": {measure.id: found.measure(measure.id) for measure in found.round.measures},
            "applicants": {entry.id: entry.application.title for entry in found.entries},
            "needs": {measure.id: sorted(measure.needs) for measure in found.round.measures},
        },
        "applications": {entry.id: entry.kept_id for entry in found.entries},
        "changes": [[each.measure, each.proposed, each.decided, each.money] for each in weighed.changes],
    }


def shown_of(weighed: Weighed, released: Mapping[str, int], fewest: int) -> dict[str, Any]:
    """What may be published, and of which measures a human gave more or less than the rule.

    Where few asked for any measure that is not told, as nothing is of another rule: that one got what the
    rule gave it says how many asked for the other.
    """
    shown = published(weighed.decided, released, fewest)
    moved = {each.measure: each.decided - each.proposed for each in weighed.changes if not shown["few_asked"]}
    return shown | {
        "people": None,  # those who asked in this call are not all who have answered
        "more": sorted(id for id, units in moved.items() if units > 0),
        "less": sorted(id for id, units in moved.items() if units < 0),
    }


async def decide(
    db: AsyncConnection,
    keys: Keys,
    found: Competition,
    units: Units | None,
    by: str,
    reason: str,
    now: int,
    fewest: int,
    by_name: str | None = None,
) -> Decision:
    """One named person decides; where the call asks for two, it is final when another agrees.

    `fewest`: people behind a number that is published; `by_name`: the full name that is published.
    """
    held = found.held
    if not reason.strip():
        raise WrongDecision("a decision needs a reason, in words that are published")
    if held.closed_at is None and not held.call.is_past(moment(now)):
        raise WrongDecision(f"{held.call.key} still takes applications; close it first")
    await calls.close(db, keys, held.call.key, now)
    if not await is_as_heard(db, keys, found):
        raise WrongDecision(f"somebody answered while {held.call.key} closed; look at the proposal once more")
    weighed = weigh(found, held.call.rule, units)
    if weighed.faults:
        raise WrongDecision(f"the call does not allow this: {len(weighed.faults)} faults")
    seed = await calls.seed(db, keys, held.call.key)
    released = await told_before(db, held.call.municipalities)
    body = canonical(body_of(found, held.call.rule, weighed, seed, released, fewest))
    digest = _digest(body)
    alone = held.call.deciders == 1
    kept = (held.call.key, body, digest, reason.strip(), by, now)
    if not await decisions.keep(db, *kept, final=alone, by_name=by_name):
        raise AlreadyDecided(f"{held.call.key} is decided, and a decision can not be changed")
    return await _made(db, found, now)


async def agree(
    db: AsyncConnection, found: Competition, by: str, now: int, by_name: str | None = None
) -> Decision:
    """Another named person agrees, and the decision is final."""
    if not await decisions.agree(db, found.held.call.key, by, now, by_name):
        raise WrongDecision("there is nothing for another person to agree to")
    return await _made(db, found, now)


async def _made(db: AsyncConnection, found: Competition, now: int) -> Decision:
    decision = await decisions.of_call(db, found.held.call.key)
    assert decision is not None  # it was just kept
    if decision.final:
        await reports.expect(db, found.held.call, decision)
    return decision
