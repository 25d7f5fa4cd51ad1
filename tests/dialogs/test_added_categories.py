"""A category that a coordinator added is offered, heard and shown like the 24; one retired keeps its name."""

from dataclasses import replace

from dialogs.categories import Category, as_data, label, of_topic
from dialogs.text import Told

DOGS = Category(
    "dogs",
    "friends_and_leisure",
    as_data(Told("Noe med hunder", "Noko med hundar", "Something with dogs")),
    as_data(Told("Hund", "Hund", "Dog")),
    "both",
    "",
)


def test_it_is_offered_beside_those_of_its_topic() -> None:
    assert DOGS in of_topic("friends_and_leisure", "youth", (DOGS,))
    assert DOGS not in of_topic("work_and_way", "youth", (DOGS,))


def test_it_is_called_what_the_coordinator_called_it() -> None:
    assert label("dogs", (DOGS,)) == DOGS.label


def test_one_that_is_no_longer_offered_keeps_its_name() -> None:
    retired = replace(DOGS, offered=False)
    assert retired not in of_topic("friends_and_leisure", None, (retired,))
    assert label("dogs", (retired,)) == DOGS.label
