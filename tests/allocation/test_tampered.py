"""A proposal folder that somebody changed is never well, and never crashes who tries it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.allocation import allocate, snapshot
from bot.allocation.account import canonical
from bot.allocation.explain import explain
from bot.allocation.model import Limits, Measure, Round, Source, Voices
from bot.allocation.snapshot import MOST_PEOPLE, WrongSnapshot
from bot.funding import proposing
from bot.funding.proposing import Files, WrongProposal
from bot.i18n import Words
from tests.allocation.rounds import FEWEST
from tests.rules.source import ROOT

WORDS = Words(ROOT / "locales", ("dialogs", "money"))
ROUND = Round(
    (Voices(frozenset("a"), "youth 16-17", 7), Voices(frozenset("ab"), "family short", 6, "b")),
    (
        Measure("m", "x", frozenset("a"), 10, None, 2, 1, 3, (0, 1), frozenset("p")),
        Measure("n", "y", frozenset("b"), 20, frozenset({"family short"}), purposes=frozenset("p")),
    ),
    Limits(60, (None, 40), 50, 2, sources=(Source("s", 60, frozenset("p")),)),
    "seed",
)
TAKEN: dict[str, Any] = {
    "call": {"key": "k", "digest": ""},
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
    return proposing.written(TAKEN, WORDS, allocate.allocate)


def paths(held: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value in a snapshot stands."""
    keys = list(held) if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
    for key in keys:
        yield (*here, key)
        yield from paths(held[key], (*here, key))


def test_the_folder_is_well_as_it_was_written() -> None:
    assert sorted(folder()) == sorted(NAMES)
    assert proposing.verify(folder(), WORDS) == []


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
        told = proposing.verify(folder() | {"internal/snapshot.json": content}, WORDS)
    except WrongProposal:
        return
    assert told or json.loads(content) == TAKEN


@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(1, 255))
def test_no_byte_of_a_file_can_be_changed_unseen(name: str, place: int, change: int) -> None:
    files = folder()
    content = bytearray(files[name])
    content[place % len(content)] ^= change
    try:
        assert proposing.verify(files | {name: bytes(content)}, WORDS) != []
    except WrongProposal:
        assert name == "internal/snapshot.json"


@pytest.mark.parametrize("people", [-1, MOST_PEOPLE, 1 << 40])
def test_more_people_than_any_place_has_are_refused(people: int) -> None:
    held = snapshot.written(ROUND)
    held["voices"][0][2] = people
    with pytest.raises(WrongSnapshot):
        snapshot.read(held)
