"""The same allocation once more, by the shortest road: what two implementations agree on can be trusted.

Nothing here is quick, and nothing is shared with the first one but the nouns: people are counted one by one,
money is fractions, and every choice looks at every measure anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

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


def serves(measure: Measure, need: str, group: str) -> bool:
    return need in measure.needs and (measure.groups is None or group in measure.groups)


def flow(room: dict[str, dict[str, int]]) -> int:
    """As much as can go from "start" to "end"."""
    total = 0
    while True:
        came, waiting = {"start": ""}, deque(["start"])
        while waiting and "end" not in came:
            here = waiting.popleft()
            fresh = [there for there, free in room[here].items() if free and there not in came]
            came.update(dict.fromkeys(fresh, here))
            waiting.extend(fresh)
        if "end" not in came:
            return total
        way = ["end"]
        while way[-1] != "start":
            way.append(came[way[-1]])
        amount = min(room[here][there] for there, here in pairwise(way))
        for there, here in pairwise(way):
            room[here][there] -= amount
            room[there][here] = room[there].get(here, 0) + amount
        total += amount


class Wish(NamedTuple):
    """One ask of one person."""

    person: int
    need: str


Node: TypeAlias = int | Wish
"""A measure that is to find somebody, or a wish that is to find another place."""


class Again:
    """A round under way, kept as the list of what was bought and who holds a place in what."""

    def __init__(self, given: Round) -> None:
        self.given = given
        people = [voices for voices in given.voices if voices.asks for _ in range(voices.people)]
        self.count = len(people)
        wishes = [
            (Wish(number, need), each.group) for number, each in enumerate(people) for need in each.asks
        ]
        self.wishes = [
            [wish for wish, group in wishes if serves(m, wish.need, group)] for m in given.measures
        ]
        self.asking = [{wish.person for wish in wishes} for wishes in self.wishes]
        self.gates: dict[tuple[int, int], frozenset[Wish]] = {}  # the wishes of a person that a measure meets
        for place, found in enumerate(self.wishes):
            for wish in found:
                before = self.gates.get((place, wish.person), frozenset())
                self.gates[place, wish.person] = before | {wish}
        self.bought: list[Lot] = []
        self.holds: dict[Wish, int] = {}
        self.steps: list[Step] = []
        self.closed: dict[int, int] = {}
        self.boundless = False  # as if there were no end to the money

    def copy(self) -> Again:
        other = copy(self)
        other.bought, other.steps = [*self.bought], [*self.steps]
        other.holds, other.closed = dict(self.holds), dict(self.closed)
        return other

    # --- who is there for a place -----------------------------------------------------------------

    def seat(self, place: int) -> bool:
        """Give one place to somebody, others moving where they can; False where nobody is left."""
        came: dict[Node, tuple[Node, Wish | None] | None] = {place: None}
        waiting: deque[Node] = deque([place])
        while waiting:
            here = waiting.popleft()
            for there, taken in self._from(here):
                if there not in came:
                    came[there] = (here, taken)
                    waiting.append(there)
                if isinstance(there, Wish) and there not in self.holds:
                    self._move(there, came)
                    return True
        return False

    def _from(self, here: Node) -> Iterator[tuple[Node, Wish | None]]:
        """Where one who must move can go, and the wish it takes over on the way, if it does."""
        if isinstance(here, Wish):
            holder = self.holds[here]
            yield from ((wish, wish) for wish in self.gates[holder, here.person])
            yield holder, None
            return
        for person in self.asking[here]:
            gate = self.gates[here, person]
            inside = [wish for wish in gate if self.gates.get((self.holds.get(wish, -1), person)) == gate]
            yield from ((self.holds[wish], wish) for wish in inside)
            yield from ((wish, wish) for wish in gate if not inside)

    def _move(self, here: Node, came: dict[Node, tuple[Node, Wish | None] | None]) -> None:
        """Everybody on the way takes what the next one leaves."""
        way = [here]
        while (step := came[way[-1]]) is not None:
            way.append(step[0])
        mover = way.pop()
        assert isinstance(mover, int)
        for node in reversed(way):
            _, taken = came[node] or (None, None)
            if taken is not None:
                mover, self.holds[taken] = self.holds.get(taken, -1), mover

    def unmet(self, place: int) -> int:
        """How many more people a measure could serve."""
        if place not in self.closed:
            trial = copy(self)
            trial.holds = dict(self.holds)
            self.closed[place] = sum(1 for _ in iter(lambda: trial.seat(place), False))
        return self.closed[place]

    # --- what may be bought -----------------------------------------------------------------------

    def spent(self, wanted: Callable[[Lot], bool] = lambda lot: True) -> int:
        return sum(lot.cost for lot in self.bought if wanted(lot))

    def next(self, place: int) -> Lot | Cap:
        """The next lot, or what stops it."""
        unmet, found = self.unmet(place), self._within(place)
        if not unmet:
            return Cap("asked")
        if isinstance(found, Cap):
            return found
        each = self.given.measures[place].places
        places = unmet if each is None else each * found.units
        met = min(places, unmet)
        enough = met >= 1 and met >= self.given.limits.fill * places
        return found if enough else Cap("asked")

    def _within(self, place: int) -> Lot | Cap:
        measure, first = self.given.measures[place], Cap("most")
        for period in measure.periods:
            have = sum(lot.units for lot in self.bought if (lot.measure, lot.period) == (place, period))
            units = 1 if have else measure.least
            lot = Lot(place, period, units, units * measure.cost)
            cap = Cap("most", period) if have + units > measure.most else self._stops(lot, measure)
            if cap is None:
                return lot
            first = cap if first.kind == "most" else first
        return first

    def _stops(self, lot: Lot, measure: Measure) -> Cap | None:
        limits, measures = self.given.limits, self.given.measures
        own = limits.periods[lot.period]
        in_period = self.spent(lambda each: each.period == lot.period)
        by_applicant = self.spent(
            lambda each: each.period == lot.period and measures[each.measure].applicant == measure.applicant
        )
        if limits.cap is not None and by_applicant + lot.cost > limits.cap:
            return Cap("applicant", lot.period)
        if own is not None and in_period + lot.cost > own:
            return Cap("period", lot.period)
        if self.spent() + lot.cost > limits.money and not self.boundless:
            return Cap("money")
        return None if not limits.sources or self._paid([*self.bought, lot]) else Cap("source")

    def _paid(self, lots: Sequence[Lot]) -> bool:
        """Whether the sources can pay it all, each only what it is for."""
        room: dict[str, dict[str, int]] = {"end": {}}
        for source in self.given.limits.sources:
            room[source.id] = {"end": source.money}
        for number, lot in enumerate(lots):
            room.setdefault("start", {})[f"lot {number}"] = lot.cost
            paying = (
                each for each in self.given.limits.sources if each.pays(self.given.measures[lot.measure])
            )
            room[f"lot {number}"] = {source.id: lot.cost for source in paying}
        return flow(room) == sum(lot.cost for lot in lots)

    def buy(self, step: Step) -> None:
        lot, unmet = step.lot, self.unmet(step.lot.measure)
        each = self.given.measures[lot.measure].places
        places = unmet if each is None else each * lot.units
        met = sum(self.seat(lot.measure) for _ in range(min(places, unmet)))
        self.bought.append(lot)
        self.steps.append(Step(step.phase, lot, step.standing, step.following, step.ties, step.payers, met))
        touched = self._joined(lot.measure)
        self.closed = {place: left for place, left in self.closed.items() if place not in touched or not left}
        self.closed[lot.measure] = unmet - met

    def _joined(self, place: int) -> set[int]:
        """The measures that compete with one for people, at any remove."""
        found, waiting = {place}, [place]
        while waiting:
            asked = set(self.wishes[waiting.pop()])
            more = {
                each for each, wishes in enumerate(self.wishes) if each not in found and asked & set(wishes)
            }
            found |= more
            waiting += more
        return found


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
    while waiting and len(funded := {measures[lot.measure].applicant for lot in course.bought}) < most:
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
    shares = dict.fromkeys(range(course.count), Fraction(0) if phase == "phragmen" else share)
    before: Counter[int] = Counter()
    while True:
        open_lots = ((place, course.next(place)) for place in among)
        ranked = [
            (rank, _tie(course, place), place, lot)
            for place, lot in open_lots
            if isinstance(lot, Lot) and (rank := _rank(course, phase, lot, shares, before)) is not None
        ]
        beyond = course.given.limits.money - course.spent()
        first = [each for each in ranked if each[0] == min(ranked)[0]]
        if not ranked or (phase == "phragmen" and max(each[3].cost for each in first) > beyond):
            return
        _take(course, phase, sorted(ranked), shares)
        before[course.bought[-1].measure] += course.bought[-1].cost


def _rank(
    course: Again, phase: str, lot: Lot, shares: dict[int, Fraction], before: Counter[int]
) -> Fraction | None:
    """The least is bought first."""
    if phase == "most-requested":
        return Fraction(-course.unmet(lot.measure))
    if phase == "proportional":
        return Fraction(before[lot.measure] + lot.cost, len(course.asking[lot.measure]))
    if phase == "phragmen":
        asking = course.asking[lot.measure]
        return sum((shares[person] for person in asking), Fraction(lot.cost)) / len(asking)
    price = level([shares[person] for person in course.asking[lot.measure]], lot.cost)
    return None if price is None else price / lot.cost


def level(shares: Sequence[Fraction], cost: int) -> Fraction | None:
    """The price that pays a cost when each pays it, or all they have."""
    if sum(shares) < cost:
        return None
    due, waiting = Fraction(cost), len(shares)
    for share in sorted(shares):
        if share * waiting >= due:
            break
        due, waiting = due - share, waiting - 1
    return due / waiting


def _tie(course: Again, place: int) -> tuple[object, ...]:
    measure, seed = course.given.measures[place], course.given.seed
    if seed is None:
        return (measure.id,)
    lot = hashlib.sha256(f"{seed}\n{measure.id}".encode()).hexdigest()
    return measure.cost, -len(course.asking[place]), lot, measure.id


def _take(course: Again, phase: str, ranked: list[Ranked], shares: dict[int, Fraction]) -> None:
    """Buy the first, and take the price from those who asked."""
    standings = [_standing(course, phase, each) for each in ranked]
    ties = tuple(each[2] for each in ranked[1:] if each[0] == ranked[0][0])
    payers = 0
    if phase == "phragmen":
        shares.update(dict.fromkeys(course.asking[ranked[0][2]], ranked[0][0]))
    if phase == "equal-shares":
        payers = _pay(course.asking[ranked[0][2]], standings[0].price or Fraction(0), shares)
    course.buy(
        Step(phase, ranked[0][3], standings[0], standings[1] if ties or ranked[1:] else None, ties, payers)
    )


def _pay(asking: set[int], price: Fraction, shares: dict[int, Fraction]) -> int:
    able = [person for person in asking if shares[person]]
    for person in able:
        shares[person] -= min(price, shares[person])
    return len(able)


def _standing(course: Again, phase: str, ranked: Ranked) -> Standing:
    rank, _, place, lot = ranked
    if phase == "most-requested":
        return Standing(place, int(-rank))
    price = rank * lot.cost if phase == "equal-shares" else rank
    return Standing(place, len(course.asking[place]), price)


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
