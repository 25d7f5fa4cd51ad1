"""Texts outside the list are put together where they may be one new need."""

from bot.understanding.clusters import propose

TEXTS = [
    "hundepark på Byåsen",
    "bedre gatelys på gangveien",
    "vi ønsker oss en hundepark",
    "en moské",
    "hundepark hadde vært fint",
    "det mangler gatelys i gata vår",
    "gatelys langs fylkesveien",
    "få tilbake postkontoret",
]


def test_texts_about_one_thing_are_one_cluster_named_by_their_words() -> None:
    found = {cluster.words[0]: cluster.members for cluster in propose(TEXTS)}
    assert found == {"hundepark": (0, 2, 4), "gatelys": (1, 5, 6)}


def test_too_few_are_no_cluster() -> None:
    assert propose(TEXTS, least=4) == ()


def test_nothing_gives_nothing() -> None:
    assert propose([]) == ()


def test_the_same_texts_give_the_same_clusters() -> None:
    assert propose(TEXTS) == propose(TEXTS)
