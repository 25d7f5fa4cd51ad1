"""Each kind of need is told with words of Los, so that others can join it with their own services."""

import csv

from bot.exports.los import ADDRESS, los
from dialogs.categories import CATEGORIES, TOPICS
from dialogs.needs import OTHER
from tests.house import ROOT

LIST = ROOT.parent / "shared" / "data" / "los-words.csv"


def test_every_word_of_a_kind_of_need_is_in_los() -> None:
    with LIST.open(encoding="utf-8", newline="") as file:
        known = {row["uri"] for row in csv.DictReader(file)}
    told = {need: los(need) for need in CATEGORIES}
    assert {word for words in told.values() for word in words} <= known
    assert all(word.startswith(ADDRESS) for words in told.values() for word in words)
    assert sum(map(bool, told.values())) > len(CATEGORIES) / 2


def test_what_has_no_word_of_its_own_is_told_with_none() -> None:
    assert [los(need) for need in (*TOPICS, OTHER, "added_by_a_coordinator")] == [[]] * (len(TOPICS) + 2)
