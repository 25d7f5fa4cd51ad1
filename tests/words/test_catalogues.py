"""The catalogues hold every word of the code in every language, and nothing else."""

import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from dialogs.questions.asides import LANGUAGES
from tests.words.spoken import LOCALES, ROOT, WORDS

TRANSLATED = [code for code in WORDS.languages if code != "nb"]
# The catalogues, each with the rooms whose words it holds, as `make messages` collects them.
COLLECTED = re.findall(r"\$\(call collect,(\w+),([\w/ ]+)\)", (ROOT / "Makefile").read_text("utf-8"))
ROOMS: dict[str, list[str]] = {domain: rooms.split() for domain, rooms in COLLECTED}
each_catalogue = pytest.mark.parametrize("domain", ROOMS)
each_translation = pytest.mark.parametrize(
    ("domain", "language"), [(domain, language) for domain in ROOMS for language in TRANSLATED]
)


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def template(domain: str) -> Catalog:
    return catalogue(LOCALES / f"{domain}.pot")


def translated(domain: str, language: str) -> Catalog:
    return catalogue(LOCALES / language / "LC_MESSAGES" / f"{domain}.po")


def ids(held: Catalog) -> set[str]:
    return {str(message.id) for message in held if message.id}


def placeholders(text: str) -> list[str]:
    """The names to be filled in, in any order; a name used twice counts twice."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def missing(held: Catalog, wanted: set[str]) -> set[str]:
    """What is wanted and has no translation that may be shown."""
    return wanted - {str(each.id) for each in held if each.string and not each.fuzzy}


def broken(held: Catalog) -> set[str]:
    """The entries whose translation does not fill in the same placeholders."""
    return {
        str(each.id)
        for each in held
        if each.id and each.string and placeholders(str(each.id)) != placeholders(str(each.string))
    }


def extracted(domain: str, folder: Path) -> Catalog:
    """The words of the code as `make messages` collects them, now."""
    target = folder / "now.pot"
    mapping = f"--mapping-file={LOCALES / 'babel.cfg'}"
    rooms = [str(ROOT / room) for room in ROOMS[domain]]
    command = ["pybabel", "-q", "extract", mapping, f"--output-file={target}", *rooms]
    CommandLineInterface().run(command)  # type: ignore[no-untyped-call]  # babel's command line has no types
    return catalogue(target)


@each_catalogue
def test_the_template_holds_every_word_of_the_code_and_no_other(domain: str, tmp_path: Path) -> None:
    assert ids(template(domain)) == ids(extracted(domain, tmp_path)), "run `make messages`"


@each_translation
def test_each_word_is_said_in_each_language(domain: str, language: str) -> None:
    assert missing(translated(domain, language), ids(template(domain))) == set()


@each_translation
def test_no_catalogue_holds_a_word_that_nobody_says(domain: str, language: str) -> None:
    held = translated(domain, language)
    assert ids(held) - ids(template(domain)) == set()
    assert not held.obsolete


@each_translation
def test_no_translation_loses_a_placeholder(domain: str, language: str) -> None:
    assert broken(translated(domain, language)) == set()


def test_a_missing_a_fuzzy_and_a_broken_entry_are_noticed() -> None:
    held = Catalog(locale="nn")
    held.add("Hei {name}", "Hei {namn}")
    held.add("Nei", "Nei", flags=["fuzzy"])
    assert missing(held, {"Hei {name}", "Nei", "Ja"}) == {"Nei", "Ja"}
    assert broken(held) == {"Hei {name}"}


def test_each_language_that_is_listed_can_be_chosen() -> None:
    """Bokmål is first, since it is what the code says."""
    assert WORDS.languages == tuple(choice.id for choice in LANGUAGES)
    assert WORDS.languages[0] == "nb"


def test_each_catalogue_is_listed() -> None:
    for domain in ROOMS:
        folders = {path.parents[1].name for path in LOCALES.glob(f"*/LC_MESSAGES/{domain}.po")}
        assert folders == set(TRANSLATED), domain
