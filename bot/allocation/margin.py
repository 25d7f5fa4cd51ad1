"""How little would change what is funded: a few invented voices, or one attester's people left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand, reaches
from bot.allocation.model import Attester, Outcome, Round, Voices

Allocate: TypeAlias = Callable[[Round, str], Outcome]
MOST = 5  # voices tried: where it takes more, that is what is told


def margins(
    given: Round, rule: str, outcome: Outcome, most: int = MOST, allocated: Allocate = allocate
) -> dict[str, int | None]:
    """For each measure the fewest voices, for itself or for one not funded, that turn it; None beyond `most`.

    Each number is tried: it may turn at three and turn back at four, so nothing is skipped.
    """
    before, demand = funded(given, outcome), Demand(given)
    found: dict[str, int | None] = {measure.id: None for measure in given.measures}
    for place, measure in enumerate(given.measures):
        if measure.id in before:
            continue
        asking = _asking_alone(given, demand, place)
        tried = (replace(asking, people=count) for count in range(1, most + 1)) if asking else ()
        for count, more in enumerate(tried, 1):
            after = _funded_with(given, demand, rule, more, allocated)
            turned = {measure.id} & after | before - after
            found |= {id: min(count, found[id] or count) for id in turned}
    return found


def _funded_with(given: Round, demand: Demand, rule: str, more: Voices, allocated: Allocate) -> set[str]:
    """What is funded when some people more ask; the first implementation counts only them anew."""
    after = replace(given, voices=(*given.voices, more))
    quick = allocated is allocate
    return funded(after, allocate(after, rule, demand.with_more(more)) if quick else allocated(after, rule))


def _asking_alone(given: Round, demand: Demand, place: int) -> Voices | None:
    """Somebody whose only ask this measure can meet, and as few others as may be."""
    measure = given.measures[place]
    groups = {voices.group for voices in given.voices if reaches(measure, voices.group)}
    ways = [(len(demand.meets(need, group)), need, group) for need in measure.needs for group in groups]
    if not ways:
        return None
    _, need, group = min(ways)
    return Voices(frozenset({need}), group, 1, need)


def funded(given: Round, outcome: Outcome) -> set[str]:
    """The measures that got something."""
    return {given.measures[step.lot.measure].id for step in outcome.steps}


def turned(
    given: Round,
    rule: str,
    before: Collection[str],
    attesters: Sequence[Attester],
    allocated: Allocate = allocate,
) -> list[dict[str, Any]]:
    """For each attester the measures that would be lost or gained, against `before`, without its people.

    Whose codes turn a choice alone is for a human to look at: it may be a school in need, or a stuffed box.
    """
    found = []
    for attester in attesters:
        left = without(given, attester)
        after = funded(left, allocated(left, rule))
        held = {"lost": sorted(set(before) - after), "gained": sorted(after.difference(before))}
        found.append({"name": attester.name, "people": attester.people} | held)
    return found


def without(given: Round, attester: Attester) -> Round:
    """The round as it were had an attester's people not answered."""
    left: Counter[Voices] = Counter()
    for each in given.voices:
        left[replace(each, people=1)] += each.people
    for each in attester.voices:
        left[replace(each, people=1)] -= each.people
    voices = (replace(kind, people=people) for kind, people in left.items() if people > 0)
    return replace(given, voices=tuple(voices))
