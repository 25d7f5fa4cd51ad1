"""The model is made from the phrases of the project, and the same phrases make the same bytes."""

import re
from pathlib import Path

from bot.understanding import data, model, needs, train
from bot.understanding.grave import KINDS


def test_the_packaged_model_was_made_from_the_phrases_as_they_are() -> None:
    assert model.load(data.MODEL).taught_by == data.taught_by(), "run `make model`"


def test_the_same_phrases_make_the_same_bytes(tmp_path: Path) -> None:
    some = {name: rows[::9] for name, rows in train.corpus().items()}
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    train.fit(some).save(first)
    train.fit(some).save(second)
    assert first.read_bytes() == second.read_bytes()


def test_a_saved_model_hears_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    made = train.fit({name: rows[::9] for name, rows in train.corpus().items()})
    made.save(tmp_path / "made.npz")
    loaded = model.load(tmp_path / "made.npz")
    assert loaded.strengths("jeg trenger lappen") == made.strengths("jeg trenger lappen")


def test_every_phrase_has_labels_that_exist() -> None:
    for name in data.NEEDS:
        labels = {label for row in data.phrases(name) for label in row["labels"]}
        assert labels <= {*needs.KEYS, needs.OTHER}, name
    for name in data.GRAVE:
        assert {row["kind"] for row in data.phrases(name)} <= {*KINDS, "none"}, name


def test_no_phrase_is_written_twice_in_one_file() -> None:
    for name in data.PHRASES:
        texts = [re.sub(r"\s+", " ", row["text"]) for row in data.phrases(name)]
        assert len(texts) == len(set(texts)), name
