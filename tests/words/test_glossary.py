"""One word, one meaning: the nouns of the conversation are explained."""

import ast

import pytest

from tests.words.spoken import ROOT

NOUNS = ("dialogs/needs.py", "dialogs/categories.py", "dialogs/script.py")
PLUMBING = {"Frozen", "Taken", "NotUnderstood"}  # how values are made and handed on, not what they are about


def classes(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("path", NOUNS)
def test_each_noun_of_the_conversation_is_in_the_glossary(path: str) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert {name for name in classes(path) - PLUMBING if f"`{name}`" not in glossary} == set()
