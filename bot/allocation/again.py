"""The same allocation once more, by the shortest road: what two implementations agree on can be trusted.

Nothing is shared with the first one but the nouns, and nothing is clever: people who want the same are
counted together, money is fractions, and every choice looks at every measure anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from bot.allocation.model import Cap, Lot, Measure, Outcome, Round, Standing, Step

PHASES = {
    "most-requested": ("most-requested",),
    "equal-shares": ("equal-shares",),
    "equal-shares-completed": ("equal-shares", "most-requested"),
    "phragmen": ("phragmen",),
    "proportional": ("proportional",),
    "equal-shares-add1": ("equal-shares-add1",),
}
Ranked: TypeAlias = tuple[Fraction, tuple[object, ...], int, Lot]
Node: TypeAlias = int | str
Room: TypeAlias = dict[Node, dict[Node, int]]
"""How much more can go from where to where; measures are known by their number."""


def serves(measure: Measure, need: str, group: str) -> bool:
    return need in measure.needs and (measure.groups is None or group in measure.groups)


class Ask(NamedTuple):
    """A need of one person, and the measures that can meet it, ascending."""

    need: str
    able: tuple[int, ...]


Part: TypeAlias = tuple[Ask, ...]
"""Asks of one person that measures join."""


def push(room: Room, start: Node, most: int) -> int:
    """Send as much as can go from a node to "end", `most` at most; how much that was."""
    total = 0
    while total < most and (way := _way(room, start)):
        amount = min(most - total, *(room[here][there] for here, there in pairwise(way)))
        for here, there in pairwise(way):
            room[here][there] -= amount
            room[there][here] = room[there].get(here, 0) + amount
        total += amount
    return total


def _way(room: Room, start: Node) -> list[Node]:
    """A shortest way from a node to "end" with room all along; none where there is none."""
    came: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting and "end" not in came:
        here = waiting.popleft()
        fresh = [there for there, free in room[here].items() if free and there not in came]
        came.update(dict.fromkeys(fresh, here))
        waiting.extend(fresh)
    way: list[Node] = ["end"] if "end" in came else []
    while way and way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def apart(asks: Iterable[Ask]) -> list[Part]:
    """The asks of one person in parts that no measure joins: each is met whatever becomes of the others."""
    parts: list[list[Ask]] = []
    for ask in sorted(asks):
        near = [part for part in parts if touched(part) & set(ask.able)]
        parts = [part for part in parts if part not in near] + [[*chain(*near), ask]]
    return [tuple(sorted(part)) for part in parts]


def touched(part: Iterable[Ask]) -> set[int]:
    return {place for ask in part for place in ask.able}


def together(parts: Iterable[Part], measures: int) -> list[set[int]]:
    """The measures in sets that do not compete for anybody, at any remove."""
    fields = [{place} for place in range(measures)]
    for part in parts:
        joined = set().union(*(field for field in fields if field & touched(part)))
        fields = [field for field in fields if not field & touched(part)] + [joined]
    return fields


def network(parts: Counter[Part], measures: int) -> Room:
    """From each measure to those it can serve: an ask holds one place, a person one in offers of the same."""
    room: Room = {"end": {}} | {place: {} for place in range(measures)}
    for number, (part, people) in enumerate(parts.items()):
        room |= {f"{number} ask {ask.need}": {"end": people} for ask in part}
        for place in touched(part):
            met = [f"{number} ask {ask.need}" for ask in part if place in ask.able]
            before, after = f"{number} before {met}", f"{number} after {met}"
            room[place][before] = people
            room[before] = {after: people}
            room[after] = dict.fromkeys(met, people)
    return room


class Again:
    """A round under way: what was bought, and what room is left among those who asked."""

    def __init__(self, given: Round) -> None:
        self.given = given
        self.count = sum(voices.people for voices in given.voices if voices.asks)
        self.first: Counter[int] = Counter()  # by measure, people for whom it is what they need first
        alike, parts = Counter[frozenset[int]](), Counter[Part]()
        for voices in given.voices:
            asks = [ask for need in voices.asks if (ask := self._ask(need, voices.group)).able]
            alike[frozenset(touched(asks))] += voices.people
            first = touched(ask for ask in asks if ask.need == voices.first)
            self.first.update(dict.fromkeys(first, voices.people))
            for part in apart(asks):
                parts[part] += voices.people
        places = range(len(given.measures))
        self.people = [*alike.values()]  # by what could serve them
        self.asking = [[kind for kind, wanted in enumerate(alike) if place in wanted] for place in places]
        self.asked = [sum(self.people[kind] for kind in kinds) for kinds in self.asking]
        self.fields = together(parts, len(places))
        self.room = network(parts, len(places))
        self.units: Counter[tuple[int, int]] = Counter()  # by measure and period
        self.paid: Counter[tuple[object, ...]] = Counter()  # in all, by period, by period and applicant
        self.steps: list[Step] = []
        self.closed: dict[int, int] = {}
        self.boundless = False  # as if there were no end to the money

    def _ask(self, need: str, group: str) -> Ask:
        measures = enumerate(self.given.measures)
        able = (place for place, measure in measures if serves(measure, need, group))
        return Ask(need, tuple(able))

    def copy(self) -> Again:
        other = copy(self)
        other.room = {node: dict(ways) for node, ways in self.room.items()}
        other.units, other.paid = self.units.copy(), self.paid.copy()
        other.steps, other.closed = [*self.steps], dict(self.closed)
        return other

    def unmet(self, place: int) -> int:
        """How many more people a measure could serve, others moving where they can."""
        if place not in self.closed:
            trial = {node: dict(ways) for node, ways in self.room.items()}
            self.closed[place] = push(trial, place, self.count)
        return self.closed[place]

    # --- what may be bought -----------------------------------------------------------------------

    def spent(self) -> int:
        return self.paid[()]

    def next(self, place: int) -> Lot | Cap:
        """The next lot, or what stops it."""
        unmet = self.unmet(place)
        if not unmet:
            return Cap("asked")
        found = self._within(place)
        if isinstance(found, Cap):
            return found
        each = self.given.measures[place].places
        places = unmet if each is None else each * found.units
        met = min(places, unmet)
        return found if Fraction(met, places) >= self.given.limits.fill else Cap("asked")

    def _within(self, place: int) -> Lot | Cap:
        measure, first = self.given.measures[place], Cap("most")
        for period in measure.periods:
            have = self.units[place, period]
            units = 1 if have else measure.least
            lot = Lot(place, period, units, units * measure.cost)
            cap = Cap("most", period) if have + units > measure.most else self._stops(lot, measure)
            if cap is None:
                return lot
            first = cap if first.kind == "most" else first
        return first

    def _stops(self, lot: Lot, measure: Measure) -> Cap | None:
        limits, period = self.given.limits, lot.period
        own = limits.periods[period]
        if limits.cap is not None and self.paid[period, measure.applicant] + lot.cost > limits.cap:
            return Cap("applicant", period)
        if own is not None and self.paid[period,] + lot.cost > own:
            return Cap("period", period)
        if self.spent() + lot.cost > limits.money and not self.boundless:
            return Cap("money")
        return None if not limits.sources or self._paid_with(lot) else Cap("source")

    def _paid_with(self, lot: Lot) -> bool:
        """Whether the sources can pay it all with one lot more, each only what it is for."""
        measures, sources = self.given.measures, self.given.limits.sources
        costs = Counter({lot.measure: lot.cost})
        for (place, _), units in self.units.items():
            costs[place] += units * measures[place].cost
        room: Room = {"end": {}, "start": {}}
        room |= {f"source {source.id}": {"end": source.money} for source in sources}
        for place, cost in costs.items():
            room["start"][place] = cost
            payers = (source.id for source in sources if source.pays(measures[place]))
            room[place] = {f"source {id}": cost for id in payers}
        return push(room, "start", costs.total()) == costs.total()

    def buy(self, step: Step) -> None:
        lot, unmet = step.lot, self.unmet(step.lot.measure)
        measure = self.given.measures[lot.measure]
        met = unmet if measure.places is None else min(measure.places * lot.units, unmet)
        push(self.room, lot.measure, met)
        self.units[lot.measure, lot.period] += lot.units
        for paid in ((), (lot.period,), (lot.period, measure.applicant)):
            self.paid[paid] += lot.cost
        self.steps.append(step._replace(met=met))
        rivals = next(field for field in self.fields if lot.measure in field)
        self.closed = {place: left for place, left in self.closed.items() if place not in rivals or not left}
        self.closed[lot.measure] = unmet - met


def allocate(given: Round, rule: str) -> Outcome:
    """What a rule makes of a round."""
    begun, most = Again(given), given.limits.applicants
    free = _run(begun.copy(), rule, range(len(given.measures)))
    if most is None or len({given.measures[step.lot.measure].applicant for step in free.steps}) <= most:
        return _outcome(free, None, set())
    chosen = _chosen(begun.copy(), most)
    among = [place for place, measure in enumerate(given.measures) if measure.applicant in chosen]
    return _outcome(*_filled_up(_run(begun, rule, among), rule, chosen, most))


def _filled_up(
    course: Again, rule: str, chosen: list[str], most: int
) -> tuple[Again, tuple[str, ...], set[str]]:
    """Where one who got in ends with nothing, the next who would not; and those whose turn never came."""
    measures = course.given.measures
    waiting = {measure.applicant for measure in measures} - set(chosen)
    while waiting and len(funded := {measures[step.lot.measure].applicant for step in course.steps}) < most:
        tried = {each: _alone(course, each) for each in waiting}
        applicant = min(waiting, key=lambda each: tried[each][0])
        waiting.remove(applicant)
        if len(tried[applicant][1].steps) > len(course.steps):
            chosen = [each for each in chosen if each in funded] + [applicant]
            own = [place for place, measure in enumerate(measures) if measure.applicant == applicant]
            course = _run(course, rule, own)
    return course, tuple(chosen), waiting


def _outcome(course: Again, chosen: tuple[str, ...] | None, waiting: set[str]) -> Outcome:
    stopped = {}
    for place, measure in enumerate(course.given.measures):
        found = course.next(place)
        stopped[place] = Cap("rule") if isinstance(found, Lot) else found
        if measure.applicant in waiting and stopped[place].kind != "asked":
            stopped[place] = Cap("slots")
    return Outcome(course.steps, stopped, chosen)


def _run(course: Again, rule: str, among: Sequence[int]) -> Again:
    measures = course.given.measures
    for tier in sorted({measures[place].tier for place in among}):
        for phase in PHASES[rule]:
            of_tier = [place for place in among if measures[place].tier == tier]
            if phase == "equal-shares-add1":
                course = _with_more(course, of_tier)
            else:
                if phase == "phragmen":
                    of_tier = [place for place in of_tier if isinstance(course.next(place), Lot)]
                course.boundless = phase == "phragmen"
                _phase(course, phase, of_tier, _share(course))
                course.boundless = False
    return course


def _share(course: Again) -> Fraction:
    return Fraction(course.given.limits.money - course.spent(), course.count or 1)


def _with_more(course: Again, among: Sequence[int]) -> Again:
    """Equal shares, a krone more for each person as long as what is bought can be paid."""
    best, share = course, _share(course)
    while True:
        trial = course.copy()
        trial.boundless = True
        _phase(trial, "equal-shares", among, share)
        trial.boundless = False
        if trial.spent() > course.given.limits.money:
            return best
        best, share = trial, share + 100
        if all(isinstance(best.next(place), Cap) for place in among):
            return best


def _phase(course: Again, phase: str, among: Sequence[int], share: Fraction) -> None:
    shares = [Fraction(0) if phase == "phragmen" else share for _ in course.people]
    before: Counter[int] = Counter()
    while True:
        open_lots = ((place, course.next(place)) for place in among)
        ranked = sorted(
            (rank, _tie(course, place), place, lot)
            for place, lot in open_lots
            if isinstance(lot, Lot) and (rank := _rank(course, phase, lot, shares, before)) is not None
        )
        beyond = course.given.limits.money - course.spent()
        first = [each for each in ranked if each[0] == ranked[0][0]]
        if not ranked or (phase == "phragmen" and max(each[3].cost for each in first) > beyond):
            return
        _take(course, phase, ranked, shares)
        before[ranked[0][2]] += ranked[0][3].cost


def _rank(
    course: Again, phase: str, lot: Lot, shares: list[Fraction], before: Counter[int]
) -> Fraction | None:
    """The least is bought first."""
    if phase == "most-requested":
        return Fraction(-course.unmet(lot.measure))
    if phase == "proportional":
        return Fraction(before[lot.measure] + lot.cost, course.asked[lot.measure])
    held = [(shares[kind], course.people[kind]) for kind in course.asking[lot.measure]]
    if phase == "phragmen":
        saved = sum((share * people for share, people in held), Fraction(lot.cost))
        return saved / course.asked[lot.measure]
    price = level(held, lot.cost)
    return None if price is None else price / lot.cost


def level(shares: Sequence[tuple[Fraction, int]], cost: int) -> Fraction | None:
    """The price that pays a cost when each of so many pays it, or all they have."""
    due, waiting = Fraction(cost), sum(people for _, people in shares)
    for share, people in sorted(shares, key=itemgetter(0)):
        if share * waiting >= due:
            return due / waiting
        due, waiting = due - share * people, waiting - people
    return None


def _tie(course: Again, place: int) -> tuple[object, ...]:
    measure, seed = course.given.measures[place], course.given.seed
    if seed is None:
        return (measure.id,)
    lot = hashlib.sha256(f"{seed}\n{measure.id}".encode()).hexdigest()
    asking, first = course.asked[place], course.first[place]
    by = {"unit_cost": measure.cost, "asked": -asking, "first": -first, "lot": lot}
    return (*(by[each] for each in course.given.ties), measure.id)


def _take(course: Again, phase: str, ranked: list[Ranked], shares: list[Fraction]) -> None:
    """Buy the first, and take the price from those who asked."""
    standings = [_standing(course, phase, each) for each in ranked[:2]]
    ties = tuple(each[2] for each in ranked[1:] if each[0] == ranked[0][0])
    rank, _, place, lot = ranked[0]
    payers = 0
    if phase == "phragmen":
        for kind in course.asking[place]:
            shares[kind] = rank
    if phase == "equal-shares":
        payers = _pay(course, place, rank * lot.cost, shares)
    course.buy(Step(phase, lot, standings[0], standings[1] if ranked[1:] else None, ties, payers))


def _pay(course: Again, place: int, price: Fraction, shares: list[Fraction]) -> int:
    able = [kind for kind in course.asking[place] if shares[kind]]
    for kind in able:
        shares[kind] -= min(price, shares[kind])
    return sum(course.people[kind] for kind in able)


def _standing(course: Again, phase: str, ranked: Ranked) -> Standing:
    rank, _, place, lot = ranked
    if phase == "most-requested":
        return Standing(place, int(-rank))
    price = rank * lot.cost if phase == "equal-shares" else rank
    return Standing(place, course.asked[place], price)


def _chosen(course: Again, most: int) -> list[str]:
    """The applicants that get in, one by one: who can meet most asks that nobody chosen meets."""
    chosen: list[str] = []
    waiting = sorted({measure.applicant for measure in course.given.measures})
    while waiting and len(chosen) < most:
        tried = [_alone(course, applicant) for applicant in waiting]
        best = min(range(len(waiting)), key=lambda number: tried[number][0])
        applicant, after = waiting.pop(best), tried[best][1]
        if len(after.steps) > len(course.steps):
            course = after
            chosen.append(applicant)
    return chosen


def _alone(course: Again, applicant: str) -> tuple[tuple[object, ...], Again]:
    measures = course.given.measures
    own = [place for place, measure in enumerate(measures) if measure.applicant == applicant]
    after = course.copy()
    _phase(after, "most-requested", own, Fraction(0))
    met = sum(step.met for step in after.steps)
    tier = min(measures[place].tier for place in own)
    return (tier, -met, after.spent(), min(_tie(course, place) for place in own)), after


# --- what it came to ------------------------------------------------------------------------------


def adds_up(given: Round, outcome: Outcome, held: Mapping[str, Any]) -> bool:
    """Whether an account tells the money, every øre once, the units and the asks met of what was bought."""
    units, met, lined = Counter[str](), Counter[int](), Counter[str]()
    for step in outcome.steps:
        units[given.measures[step.lot.measure].id] += step.lot.units
        met[step.lot.measure] += step.met
    bought = [line for line in held["lines"] if line["kind"] == "spent"]
    for line in bought:
        lined[line["measure"]] += line["last_unit"] - line["first_unit"] + 1
    spent = sum(measure.cost * units[measure.id] for measure in given.measures)
    return (
        spent == held["spent"] == sum(line["cost"] for line in bought)
        and given.limits.money == held["money"] == sum(line["cost"] for line in held["lines"])
        and units == lined == Counter({each["measure"]: each["units"] for each in held["measures"]})
        and met_by_need(given, met) == {each["need"]: each["met"] for each in held["needs"]}
    )


def met_by_need(given: Round, met: Counter[int]) -> dict[str, int]:
    """Whose asks the places of each measure meet, where there is a choice: what most people ask for first."""
    asks: Counter[str] = Counter()
    for voices in given.voices:
        asks.update(dict.fromkeys(voices.asks if voices.people else (), voices.people))
    room, found = Again(given).room, {}
    room["start"] = dict(met.items())
    ends = [(node, ways.pop("end")) for node, ways in room.items() if "end" in ways]
    for need in sorted(asks, key=lambda need: (-asks[need], need)):
        for node, people in ends:
            if str(node).partition(" ask ")[2] == need:
                room[node]["end"] = people
        found[need] = push(room, "start", met.total())
    return found
