"""The margin is the fewest voices that turn a choice; whose codes turn one alone is found too."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.allocation import again
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.margin import _asking_alone, margins, turned
from bot.allocation.model import Attester, Limits, Measure, Round, Voices
from tests.allocation.rounds import rounds

MOST = 4


def funded(round_: Round, rule: str) -> set[str]:
    return {round_.measures[step.lot.measure].id for step in allocate(round_, rule).steps}


def with_more(round_: Round, place: int, people: int) -> Round:
    asking = _asking_alone(round_, Demand(round_), place)
    assert asking is not None
    return replace(round_, voices=(*round_.voices, replace(asking, people=people)))


@settings(max_examples=60)
@given(rounds, st.sampled_from(["most-requested", "equal-shares-completed"]))
def test_so_many_turn_it_and_fewer_do_not(round_: Round, rule: str) -> None:
    before, demand = funded(round_, rule), Demand(round_)
    others = [n for n, measure in enumerate(round_.measures) if measure.id not in before]
    places = [n for n in others if _asking_alone(round_, demand, n)]
    assume(places)
    found = margins(round_, rule, allocate(round_, rule), MOST)
    after = {
        (place, k): funded(with_more(round_, place, k), rule) for place in places for k in range(1, MOST + 1)
    }
    for place in places:
        id = round_.measures[place].id
        assert found[id] == next((k for k in range(1, MOST + 1) if id in after[place, k]), None)
    for id in before:
        lost = [k for (_, k), held in after.items() if id not in held]
        assert found[id] == min(lost, default=None)


@settings(max_examples=60)
@given(rounds, st.sampled_from(["most-requested", "equal-shares-completed"]))
def test_the_second_implementation_finds_the_same_margins(round_: Round, rule: str) -> None:
    outcome = allocate(round_, rule)
    assert margins(round_, rule, outcome, 2, again.allocate) == margins(round_, rule, outcome, 2)


@settings(max_examples=60)
@given(rounds, st.integers(1, MOST))
def test_demand_with_more_people_is_that_of_the_round_with_them(round_: Round, people: int) -> None:
    before = Demand(round_)
    unchanged = (before.supporters, before.behind, before.asked, before.bundles)
    for place in range(len(round_.measures)):
        asking = _asking_alone(round_, before, place)
        if asking is not None:
            more = before.with_more(replace(asking, people=people))
            whole = Demand(with_more(round_, place, people))
            assert (more.people, more.voices) == (whole.people, whole.voices)
            assert (more.supporters, more.behind) == (whole.supporters, whole.behind)
            assert (more.asked, more.bundles) == (whole.asked, whole.bundles)
    assert unchanged == (before.supporters, before.behind, before.asked, before.bundles)


def test_one_voice_decides_between_two_that_are_nearly_equal() -> None:
    crowd = (Voices(frozenset("a"), "", 5), Voices(frozenset("b"), "", 4))
    offers = tuple(Measure(id, id, frozenset(id), 10, places=None) for id in "ab")
    round_ = Round(crowd, offers, Limits(10))
    assert margins(round_, "most-requested", allocate(round_, "most-requested")) == {"a": 2, "b": 2}


# --- without the people of one attester -----------------------------------------------------------


@st.composite
def let_in(draw: st.DrawFn) -> tuple[Round, tuple[int, ...]]:
    """A round, and how many of each kind of its people typed the codes of one place."""
    round_ = draw(rounds)
    return round_, tuple(draw(st.integers(0, each.people)) for each in round_.voices)


def some(round_: Round, counts: Sequence[int]) -> tuple[Voices, ...]:
    pairs = zip(round_.voices, counts, strict=True)
    return tuple(replace(each, people=people) for each, people in pairs if people)


@settings(max_examples=60)
@given(let_in(), st.sampled_from(["most-requested", "equal-shares-completed"]))
def test_leaving_an_attester_out_is_the_round_without_these_people(
    drawn: tuple[Round, tuple[int, ...]], rule: str
) -> None:
    round_, counts = drawn
    rest = [each.people - count for each, count in zip(round_.voices, counts, strict=True)]
    before, after = funded(round_, rule), funded(replace(round_, voices=some(round_, rest)), rule)
    attesters = [Attester("Skolen", some(round_, counts))]
    expected = {"name": "Skolen", "people": sum(counts)}
    expected |= {"lost": sorted(before - after), "gained": sorted(after - before)}
    assert turned(round_, rule, before, attesters) == [expected]
    assert turned(round_, rule, before, attesters, again.allocate) == [expected]


def test_the_codes_of_one_school_turn_a_choice_and_those_of_another_do_not() -> None:
    crowd = (Voices(frozenset("a"), "", 9), Voices(frozenset("b"), "", 6))
    offers = tuple(Measure(id, id, frozenset(id), 10, places=None) for id in "ab")
    round_ = Round(crowd, offers, Limits(10))
    school, club = (
        Attester(name, (Voices(frozenset("a"), "", people),))
        for name, people in (("Skolen", 4), ("Klubben", 2))
    )
    found = turned(round_, "most-requested", funded(round_, "most-requested"), [school, club])
    assert [(each["lost"], each["gained"]) for each in found] == [(["a"], ["b"]), ([], [])]
