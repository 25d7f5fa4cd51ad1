"""A proposal folder that somebody changed is never well, and never crashes who tries it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.allocation import account, again, allocate, call, snapshot
from bot.allocation.account import canonical
from bot.allocation.explain import explain
from bot.allocation.model import Measure, Outcome, Round, Voices
from bot.allocation.snapshot import MOST_PEOPLE, WrongSnapshot
from bot.funding import proposing, verifying
from bot.funding.proposing import Files
from bot.funding.rounds import limits
from bot.funding.verifying import WrongProposal
from bot.i18n import Words
from tests.allocation.folder import hashed_anew
from tests.allocation.rounds import FEWEST
from tests.rules.source import ROOT

WORDS = Words(ROOT / "locales", ("dialogs", "money"))
SEED = "seed"
TEXT = """
key = "k"
municipalities = ["trondheim"]
currency = "NOK"
money = 60
cap = 30
groups = 2
rule = "most-requested"
voices = "all"
zone = "Europe/Oslo"
opens = 2021-04-12T00:00:00
deadline = 2021-05-31T23:59:59
name = { nb = "K", nn = "K", en = "K" }
about = { nb = "K", nn = "K", en = "K" }

[source]
name = "invented"
quotes = []

[[periods]]
key = "first"
starts = 2021-07-01
ends = 2021-12-31
money = 20

[[periods]]
key = "second"
starts = 2022-01-01
ends = 2022-06-30
money = 40

[[targets]]
key = "all"
label = { nb = "Alle", nn = "Alle", en = "All" }
group = "youth"

[[costs]]
key = "any"
label = { nb = "Alt", nn = "Alt", en = "All" }
examples = { nb = "Alt", nn = "Alt", en = "All" }
allowed = true

[[purposes]]
key = "p"
label = { nb = "P", nn = "P", en = "P" }
allowed = true

[[sources]]
key = "s"
name = { nb = "S", nn = "S", en = "S" }
money = 60
purposes = ["p"]
"""
HELD = call.read(TEXT)
ROUND = Round(
    (Voices(frozenset("a"), "youth 16-17", 7), Voices(frozenset("ab"), "family short", 6, "b")),
    (
        Measure("m", "x", frozenset("a"), 10_00, None, 2, 1, 3, (0, 1), frozenset("p")),
        Measure("n", "y", frozenset("b"), 20_00, frozenset({"family short"}), purposes=frozenset("p")),
    ),
    limits(HELD),
    SEED,
)
TAKEN: dict[str, Any] = {
    "call": {"key": "k", "digest": HELD.digest, "seed_hash": hashlib.sha256(SEED.encode()).hexdigest()},
    "public": True,
    "rule": "most-requested",
    "rules": ["most-requested", "equal-shares-completed"],
    "round": snapshot.written(ROUND),
    "voices": "all",
    "other": snapshot.written(ROUND),
    "attesters": None,
    "names": {
        "call": {"name": {"nb": "K", "nn": "K", "en": "K"}},
        "measures": {"m": "M", "n": "N"},
        "applicants": {"x": "X", "y": "Y"},
        "needs": {need: {"nb": need, "nn": need, "en": need} for need in "ab"},
        "needs_of": {"m": ["a"], "n": ["b"]},
        "groups": {},
    },
    "released": {"": 13},
    "salt": "salt",
    "fewest": FEWEST,
}
NAMES = (
    *("internal/snapshot.json", "internal/allocation.json", "internal/lines.csv", "internal/it.md"),
    "internal/call.toml",
    *("public/allocation.json", "public/allocation.csv", "public/it.md"),
)
ODD = st.sampled_from([None, -1, 1.5, 2**60, True, "", "x", [], [1], {}, {"a": 1}, "1/0", "\ud800"])


@pytest.fixture(scope="module", autouse=True)
def _no_papers() -> Iterator[None]:
    """A PDF for each of hundreds of folders would take minutes; the papers are tried elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposing, "_papers", lambda held, words: {"it.md": repr(explain(held)).encode()})
        yield


def folder() -> Files:
    return written(TAKEN)


def written(taken: dict[str, Any]) -> Files:
    call_file = {"internal/call.toml": TEXT.encode()}
    return proposing.written(taken, WORDS, allocate.allocate) | call_file


def paths(held: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value in a snapshot stands."""
    keys = list(held) if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
    for key in keys:
        yield (*here, key)
        yield from paths(held[key], (*here, key))


def test_the_folder_is_well_as_it_was_written() -> None:
    assert sorted(folder()) == sorted(NAMES)
    assert verifying.verify(folder(), WORDS) == []


@settings(max_examples=200)
@given(st.sampled_from(list(paths(TAKEN))), ODD)
def test_no_value_in_a_snapshot_can_be_changed_unseen(path: tuple[Any, ...], value: object) -> None:
    taken = deepcopy(TAKEN)
    here: Any = taken
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    content = canonical(taken).encode("utf-8", "surrogatepass")
    try:
        told = verifying.verify(hashed_anew(folder() | {"internal/snapshot.json": content}), WORDS)
    except WrongProposal:
        return
    assert told or json.loads(content) == TAKEN


@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(1, 255))
def test_no_byte_of_a_file_can_be_changed_unseen(name: str, place: int, change: int) -> None:
    files = folder()
    content = bytearray(files[name])
    content[place % len(content)] ^= change
    try:
        assert verifying.verify(files | {name: bytes(content)}, WORDS) != []
    except WrongProposal:
        assert name in ("internal/snapshot.json", "internal/call.toml", "public/allocation.json")


@pytest.mark.parametrize("people", [-1, MOST_PEOPLE, 1 << 40])
def test_more_people_than_any_place_has_are_refused(people: int) -> None:
    held = snapshot.written(ROUND)
    held["voices"][0][2] = people
    with pytest.raises(WrongSnapshot):
        snapshot.read(held)


@pytest.mark.parametrize(
    "change",
    [{"least": 0}, {"least": 4}, {"most": 0}, {"places": 0}, {"cost": 0}, {"cost": -1}, {"least": -1}],
)
def test_a_measure_that_would_be_bought_for_ever_is_refused(change: dict[str, int]) -> None:
    held = snapshot.written(ROUND)
    held["measures"][0] |= change
    with pytest.raises(WrongSnapshot, match="a measure costs nothing"):
        snapshot.read(held)


def test_more_sources_than_a_call_may_have_are_refused() -> None:
    """Every choice of them is tried: thirty would take for ever."""
    held = snapshot.written(ROUND)
    held["limits"]["sources"] = [[f"s{number}", 1, []] for number in range(30)]
    with pytest.raises(WrongSnapshot, match="more than 8 sources"):
        snapshot.read(held)


def test_nothing_is_computed_from_a_snapshot_whose_hash_is_not_the_published_one() -> None:
    files = folder() | {"internal/snapshot.json": b"{}", "internal/allocation.json": b"{}"}
    told = "not what its SHA-256 in public/allocation.json says: internal/allocation.json, internal/snapshot"
    with pytest.raises(WrongProposal, match=told):
        verifying.verify(files, WORDS)


# --- a folder belongs to its call -----------------------------------------------------------------


@pytest.mark.parametrize("part", ["round", "other"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda held: held.update(seed="another"), "another seed than the one whose SHA-256 was published"),
        (lambda held: held.update(seed=None), "another seed than the one whose SHA-256 was published"),
        (lambda held: held.update(ties=["lot"]), "decides between equals in another way than the call"),
        (lambda held: held["limits"].update(cap=None), "other limits than the call"),
        (lambda held: held["limits"].update(money=70_00), "other limits than the call"),
        (lambda held: held["limits"].update(fill="0"), "other limits than the call"),
    ],
)
def test_a_folder_made_with_another_seed_or_other_limits_is_found_out(
    part: str, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    """Whole as it is: made anew from what was changed, hashes and all."""
    taken = deepcopy(TAKEN)
    change(taken[part])
    with pytest.raises(WrongProposal, match=told):
        verifying.verify(written(taken), WORDS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"voices": "attested"}, "counts other voices than the call"),
        ({"rule": "equal-shares-completed"}, "another rule than the call"),
        ({"call": TAKEN["call"] | {"digest": "0" * 64}}, "is not the call of"),
        ({"call": TAKEN["call"] | {"key": "other"}}, "is not the call of"),
    ],
)
def test_a_folder_of_another_call_rule_or_count_is_found_out(change: dict[str, Any], told: str) -> None:
    with pytest.raises(WrongProposal, match=told):
        verifying.verify(written(TAKEN | change), WORDS)


@pytest.mark.parametrize("content", [b"", b"\xff", b"key = 1"])
def test_a_call_that_is_none_is_told_to_be_so(content: bytes) -> None:
    with pytest.raises(WrongProposal, match=r"internal/call.toml is no call"):
        verifying.verify(folder() | {"internal/call.toml": content}, WORDS)


# --- the two implementations do not know each other -----------------------------------------------


def one_step_less(given: Round, rule: str, *rest: object) -> Outcome:
    """A wrong implementation: it forgets what it bought last."""
    made = FIRST(given, rule)
    return Outcome(made.steps[:-1], made.stopped, made.chosen)


FIRST = allocate.allocate


def test_a_wrong_second_implementation_is_seen() -> None:
    files = folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(again, "allocate", one_step_less)
        assert "internal/allocation.json" in verifying.verify(files, WORDS)


def test_a_wrong_first_implementation_is_seen() -> None:
    """It stays wrong while the folder is verified: what verifies uses the second alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allocate, "allocate", one_step_less)
        assert "internal/allocation.json" in verifying.verify(folder(), WORDS)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda held: held.update(spent=held["spent"] + 1),
        lambda held: held["lines"].pop(),
        lambda held: held["lines"][0].update(last_unit=9),
        lambda held: held["lines"][0].update(cost=1),
        lambda held: held["measures"][0].update(units=9),
        lambda held: held["needs"][0].update(met=held["needs"][0]["met"] + 1),
    ],
)
def test_sums_that_both_take_from_one_account_are_added_up_once_more(
    wrong: Callable[[dict[str, Any]], object],
) -> None:
    def miscounted(*given: Any) -> account.Account:
        held = account.account(*given)
        wrong(held)
        return held

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposing, "account", miscounted)
        assert verifying.verify(folder(), WORDS) == ["internal/allocation.json"]
