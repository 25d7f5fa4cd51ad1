"""The rules a call can choose from: each buys one lot after another until it stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from bot.allocation.course import Course, Queue, Rank, Taken
from bot.allocation.model import Lot, Standing, Step
from bot.allocation.shares import Loads, Shares

Phase: TypeAlias = Callable[[Course, Sequence[int]], Course]
KRONE = 100  # øre


def _turns(
    course: Course,
    places: Sequence[int],
    rank: Callable[[Lot], Rank | None],
    buy: Callable[[Lot, Taken], bool],
) -> Course:
    """Buy whatever is first, again and again, until nothing is left or `buy` says that it did not."""
    lots: dict[int, Lot] = {}

    def ranked(place: int) -> Rank | None:
        lot = course.lot(place)
        if lot is None:
            return None
        lots[place] = lot
        return rank(lot)

    course.netting.filling = set(places)
    queue = Queue(places, ranked, course.ties)
    while not course.crowded and (taken := queue.take()) and buy(lots[taken.place], taken):
        queue.put_back(taken.place)
    return course


def _step(phase: str, lot: Lot, taken: Taken, standing: Callable[[int, Rank], Standing]) -> Step:
    after = standing(*taken.following) if taken.following else None
    return Step(phase, lot, standing(taken.place, taken.rank), after, taken.ties)


def most_unmet(course: Course, places: Sequence[int]) -> Course:
    """Always what most people ask for whose wish is not met yet, counted anew each time."""

    def rank(lot: Lot) -> int:
        return -course.netting.unmet(lot.measure)

    def standing(place: int, rank: Rank) -> Standing:
        return Standing(place, -int(rank))

    def buy(lot: Lot, taken: Taken) -> bool:
        course.buy(_step("most-requested", lot, taken, standing))
        return True

    return _turns(course, places, rank, buy)


def equal_shares(course: Course, places: Sequence[int]) -> Course:
    """Everybody has an equal share; who asked for the same pay for it together, cheapest a krone first."""
    return _with_shares(course, places, Fraction(course.purse.left, course.demand.people or 1))


def _with_shares(course: Course, places: Sequence[int], share: Fraction) -> Course:
    shares, asked = Shares(course.demand, share), course.demand.asked
    costs: dict[int, int] = {}

    def rank(lot: Lot) -> Fraction | None:
        price = shares.price(lot.measure, lot.cost)
        costs[lot.measure] = lot.cost
        return None if price is None else price / lot.cost

    def standing(place: int, rank: Rank) -> Standing:
        return Standing(place, asked[place], rank * costs[place] * Fraction(1))

    def buy(lot: Lot, taken: Taken) -> bool:
        step = _step("equal-shares", lot, taken, standing)
        price = step.standing.price or Fraction(0)
        step = step._replace(payers=shares.payers(lot.measure))
        times = _buy_alike(course, step, shares.repeats(lot.measure, price))
        shares.pay(lot.measure, price, times)
        return True

    return _turns(course, places, rank, buy)


def _buy_alike(course: Course, step: Step, most: int) -> int:
    """Buy a lot, and the next ones as long as they cost the same and all can pay the same; how many.

    A price never falls, so what was cheapest stays so while its own price stands still. A new period is
    a new line of the account, which tells what was next by then.
    """
    times, lot = 0, step.lot
    while True:
        course.buy(step._replace(lot=lot))
        times += 1
        after = course.lot(lot.measure)
        if times >= most or after is None or (after.cost, after.period) != (lot.cost, lot.period):
            return times
        lot = after


def equal_shares_with_more(course: Course, places: Sequence[int]) -> Course:
    """Equal shares of ever more money, a krone a person at a time, as long as what is bought can be paid."""
    share, best = Fraction(course.purse.left, course.demand.people or 1), course
    while True:
        trial = course.copy()
        trial.most = None  # what is too dear in the end may have crowded it
        with trial.purse.boundless():
            _with_shares(trial, places, share)
        if trial.purse.left < 0:
            return best
        best = trial
        if all(best.lot(place) is None for place in places):
            return best
        share += KRONE


def phragmen(course: Course, places: Sequence[int]) -> Course:
    """Money comes to all at the same pace; who asked for the same buy it as soon as they can."""
    loads, asked = Loads(course.demand), course.demand.asked

    def rank(lot: Lot) -> Fraction:
        return loads.moment(lot.measure, lot.cost)

    def standing(place: int, rank: Rank) -> Standing:
        return Standing(place, asked[place], Fraction(rank))

    left = course.purse.left
    places = [place for place in places if course.lot(place)]  # what all the money can not buy stands aside

    def buy(lot: Lot, taken: Taken) -> bool:
        nonlocal left
        equal = (course.lot(place) for place in taken.ties)
        if max(lot.cost, *(each.cost for each in equal if each), 0) > left:
            return False
        left -= lot.cost
        course.buy(_step("phragmen", lot, taken, standing))
        loads.pay(lot.measure, Fraction(taken.rank))
        return True

    with course.purse.boundless():  # it stops where any that is first can not be paid
        return _turns(course, places, rank, buy)


def proportional(course: Course, places: Sequence[int]) -> Course:
    """Money by how many asked: next is what has least for each person who asked for it."""
    spent: Counter[int] = Counter()
    asked = course.demand.asked

    def rank(lot: Lot) -> Fraction:
        return Fraction(spent[lot.measure] + lot.cost, asked[lot.measure])

    def standing(place: int, rank: Rank) -> Standing:
        return Standing(place, asked[place], Fraction(rank))

    def buy(lot: Lot, taken: Taken) -> bool:
        course.buy(_step("proportional", lot, taken, standing))
        spent[lot.measure] += lot.cost
        return True

    return _turns(course, places, rank, buy)


RULES: dict[str, tuple[Phase, ...]] = {
    "most-requested": (most_unmet,),
    "equal-shares": (equal_shares,),
    "equal-shares-completed": (equal_shares, most_unmet),
    "equal-shares-add1": (equal_shares_with_more,),
    "phragmen": (phragmen,),
    "proportional": (proportional,),
}
