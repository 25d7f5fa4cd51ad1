"""The margin is the fewest voices that turn a choice, and no fewer do."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.allocation.allocate import allocate
from bot.allocation.margin import _asking_alone, margins
from bot.allocation.model import Limits, Measure, Round, Voices
from tests.allocation.rounds import rounds

MOST = 4


def funded(round_: Round, rule: str) -> set[str]:
    return {round_.measures[step.lot.measure].id for step in allocate(round_, rule).steps}


def with_more(round_: Round, place: int, people: int) -> Round:
    asking = _asking_alone(round_, place)
    assert asking is not None
    return replace(round_, voices=(*round_.voices, replace(asking, people=people)))


@settings(max_examples=60)
@given(rounds, st.sampled_from(["most-requested", "equal-shares-completed"]))
def test_so_many_turn_it_and_fewer_do_not(round_: Round, rule: str) -> None:
    before = funded(round_, rule)
    places = [n for n, m in enumerate(round_.measures) if m.id not in before and _asking_alone(round_, n)]
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


def test_one_voice_decides_between_two_that_are_nearly_equal() -> None:
    crowd = (Voices(frozenset("a"), "", 5), Voices(frozenset("b"), "", 4))
    offers = tuple(Measure(id, id, frozenset(id), 10, places=None) for id in "ab")
    round_ = Round(crowd, offers, Limits(10))
    assert margins(round_, "most-requested", allocate(round_, "most-requested")) == {"a": 2, "b": 2}
