"""From a round to an outcome: tiers in order, a rule's phases in order, and who gets in where few may."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from bot.allocation.course import Course
from bot.allocation.demand import Demand
from bot.allocation.model import Cap, Outcome, Round
from bot.allocation.rules import RULES, most_unmet


def allocate(given: Round, rule: str, demand: Demand | None = None) -> Outcome:
    """What a rule makes of a round."""
    demand = demand or Demand(given)
    most = given.limits.applicants
    free = Course(given, demand)
    free.most = most
    free = _run(free, rule, range(len(given.measures)))
    if most is None or len(free.funded) <= most:
        return free.finish()
    return _among_few(given, demand, rule, most)


def _among_few(given: Round, demand: Demand, rule: str, most: int) -> Outcome:
    """The rule over those who get in; who ends with nothing leaves its place to the next who would not."""
    chosen = chosen_applicants(given, demand, most)
    places = [place for place, measure in enumerate(given.measures) if measure.applicant in chosen]
    course = _run(Course(given, demand), rule, places)
    waiting = {measure.applicant for measure in given.measures} - set(chosen)
    while waiting and len(course.funded) < most:
        best, tried = _best(course, waiting)
        waiting.remove(best)
        if len(tried.outcome.steps) > len(course.outcome.steps):
            chosen = [*(each for each in chosen if each in course.funded), best]
            course = _run(course, rule, _places(course, best))
    return _told(course.finish(), given, chosen, waiting)


def _told(outcome: Outcome, given: Round, chosen: Sequence[str], waiting: Collection[str]) -> Outcome:
    """Who got in; those whose turn never came are told that."""
    outcome.chosen = tuple(chosen)
    for place, measure in enumerate(given.measures):
        if measure.applicant in waiting and outcome.stopped[place].kind != "asked":
            outcome.stopped[place] = Cap("slots")
    return outcome


def _run(course: Course, rule: str, places: Sequence[int]) -> Course:
    """Go on by a rule over some measures; where more applicants than may get something do, only so far."""
    measures = course.given.measures
    for tier in sorted({measures[place].tier for place in places}):
        of_tier = [place for place in places if measures[place].tier == tier]
        for phase in RULES[rule]:
            course = phase(course, of_tier)
    return course


def chosen_applicants(given: Round, demand: Demand, most: int) -> list[str]:
    """The applicants that get in: each time who can meet most asks that nobody chosen meets."""
    course = Course(given, demand)
    chosen: list[str] = []
    waiting = {measure.applicant for measure in given.measures}
    while waiting and len(chosen) < most:
        best, tried = _best(course, waiting)
        waiting.remove(best)
        if len(tried.outcome.steps) > len(course.outcome.steps):  # else it bars nobody of a later tier
            course = tried
            chosen.append(best)
    return chosen


def reached(given: Round, demand: Demand, chosen: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each applicant that came too late: how many asks it would have met, and how many the last met."""
    course = Course(given, demand)
    for applicant in chosen[:-1]:
        course = _alone(course, applicant)
    others = {measure.applicant for measure in given.measures} - set(chosen[:-1])
    met = {applicant: _gained(course, applicant) for applicant in others}
    tier = {applicant: _bound(course, applicant)[0] for applicant in others}
    last = chosen[-1]
    return {
        each: (met[each], met[last])
        for each in sorted(others - {last})
        if tier[each] == tier[last] and met[each] <= met[last]  # not who got in as one before had nothing
    }


def _gained(course: Course, applicant: str) -> int:
    """How many asks an applicant meets that nobody chosen before it does."""
    before = len(course.outcome.steps)
    return sum(step.met for step in _alone(course, applicant).outcome.steps[before:])


def _best(course: Course, waiting: Iterable[str]) -> tuple[str, Course]:
    """Who comes first; nobody is tried who can not, even at best."""
    bounds = sorted((*_bound(course, applicant), applicant) for applicant in waiting)
    best: tuple[tuple[Any, ...], str, Course] | None = None
    for *bound, applicant in bounds:
        if best is not None and tuple(bound) > best[0]:
            break
        tried = _alone(course, applicant)
        standing = _standing(course, applicant, tried)
        if best is None or standing < best[0]:
            best = standing, applicant, tried
    assert best is not None
    return best[1], best[2]


def _bound(course: Course, applicant: str) -> tuple[Any, ...]:
    """What `_standing` can come to at best: a place for each ask that is left, as far as there are units."""
    places = _places(course, applicant)
    most = [_most(course, place) for place in places]
    met = sum(step.met for step in course.outcome.steps) + sum(people for people, _ in most)
    cost = course.outcome.cost + sum(øre for _, øre in most)
    tier = min(course.given.measures[place].tier for place in places)
    return tier, -met, cost, min(course.ties[place] for place in places)


def _most(course: Course, place: int) -> tuple[int, int]:
    """The most asks that a measure can still meet, and the least money that this many take."""
    measure, unmet = course.given.measures[place], course.netting.unmet(place)
    units = sum(course.purse.most(place, period) for period in measure.periods)
    if not units or measure.places is None:
        return (unmet, measure.cost) if units and unmet else (0, 0)
    met = min(unmet, units * measure.places)
    return met, -(-met // measure.places) * measure.cost


def _alone(course: Course, applicant: str) -> Course:
    """What an applicant's measures would come to after what is chosen already."""
    return most_unmet(course.copy(), _places(course, applicant))


def _places(course: Course, applicant: str) -> Sequence[int]:
    measures = course.given.measures
    return [place for place, measure in enumerate(measures) if measure.applicant == applicant]


def _standing(course: Course, applicant: str, tried: Course) -> tuple[Any, ...]:
    """Earlier tier first, then most asks met, then the least money, then the tie of its first measure."""
    places = _places(course, applicant)
    tier = min(course.given.measures[place].tier for place in places)
    met = sum(step.met for step in tried.outcome.steps)
    return tier, -met, tried.outcome.cost, min(course.ties[place] for place in places)
