"""On elections invented at random, pabutools comes to the same; it is never a dependency of Lytt itself."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

from bot.allocation.allocate import allocate
from bot.allocation.model import Limits, Measure, Round, Voices

costs = st.lists(st.integers(1, 30), min_size=1, max_size=7)


@st.composite
def elections(draw: st.DrawFn) -> Round:
    """Up to seven projects of one unit, up to twelve ballots, and money for some of them."""
    offers = [
        Measure(f"p{n}", "", frozenset({f"p{n}"}), cost, places=None) for n, cost in enumerate(draw(costs))
    ]
    asks = st.frozensets(st.sampled_from([offer.id for offer in offers]), min_size=1)
    ballots = Counter(draw(st.lists(asks, min_size=1, max_size=12)))
    total = sum(offer.cost for offer in offers)
    voices = tuple(Voices(each, "", count) for each, count in ballots.items())
    wanted = {id for each in ballots for id in each}
    asked_for = tuple(offer for offer in offers if offer.id in wanted)  # it funds what nobody asked for
    return Round(voices, asked_for, Limits(draw(st.integers(1, total))))


def theirs(given_: Round) -> tuple[Instance, ApprovalProfile]:
    projects = {measure.id: Project(measure.id, measure.cost) for measure in given_.measures}
    instance = Instance(projects.values(), budget_limit=given_.limits.money)
    ballots = [
        ApprovalBallot([projects[id] for id in voices.asks])
        for voices in given_.voices
        for _ in range(voices.people)
    ]
    return instance, ApprovalProfile(ballots, instance=instance)


def ours(given_: Round, rule: str) -> set[str]:
    return {given_.measures[step.lot.measure].id for step in allocate(given_, rule).steps}


@settings(max_examples=150)
@given(elections())
def test_three_rules_agree(given_: Round) -> None:
    instance, profile = theirs(given_)
    found = {
        "most-requested": greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat),
        "equal-shares": method_of_equal_shares(instance, profile, sat_class=Cost_Sat),
        "phragmen": sequential_phragmen(instance, profile),
    }
    for rule, chosen in found.items():
        assert ours(given_, rule) == {project.name for project in chosen}, rule
