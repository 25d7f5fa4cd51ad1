"""What sharing out takes in steps of the search, not in seconds: those are the same on any machine."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.model import Round
from bot.allocation.netting import Netting
from tests.allocation.rounds import rounds
from tests.benchmarks.allocation import shared

LOOKS_A_LOT = 30  # searches for people in allocation and account; 10 to 25 are needed, 78 to 707 once were


@pytest.mark.parametrize("applicants", [None, 8])
@pytest.mark.parametrize("rule", ["most-requested", "equal-shares-completed"])
def test_needs_that_measures_share_cost_few_searches_a_lot(
    rule: str, applicants: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_ = shared(1_000, 50, 10, applicants)
    looked, look = 0, Netting._look

    def counted(netting: Netting, start: int) -> tuple[list[int], dict[int, int]]:
        nonlocal looked
        looked += 1
        return look(netting, start)

    monkeypatch.setattr(Netting, "_look", counted)
    outcome = allocate(given_, rule)
    account(given_, rule, outcome)
    assert looked <= LOOKS_A_LOT * len(outcome.steps)


@settings(max_examples=200)
@given(rounds, st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.booleans()), max_size=12))
def test_what_is_known_of_a_count_is_what_counting_anew_finds(
    round_: Round, filled: Sequence[tuple[int, int, bool]]
) -> None:
    """Places filled in any order, and now and then a measure asked about between them."""
    count, demand = len(round_.measures), Demand(round_)
    kept, anew = Netting(count, demand.bundles), Netting(count, demand.bundles)
    kept.filling = set(range(count))
    for measure, places, asked in filled:
        place = measure % count
        assert kept.fill(place, places) == anew._push(place, places)[0]
        for other in range(count) if asked else ():
            fresh = anew.copy()
            most = fresh._push(other, None)[0]
            known = kept._known[kept._first[other]].get(other)
            assert known is None or known.least <= most <= known.most
            assert [kept.serves(other, people) for people in (1, most, most + 1)] == [most > 0, True, False]
            assert kept.unmet(other) == most
