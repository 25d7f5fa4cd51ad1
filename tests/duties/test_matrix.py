"""No duty is forgotten: each is held by a test there is, or says why not."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.duties.matrix import CHILDREN, DUTIES, GDPR, NORWEGIAN, THREATS, Duty

ROOT = Path(__file__).parents[2]
PAPER = ROOT.parent / "shared" / "duties.md"
NAMED = re.compile(r"^\| (G[\d\w/-]+|N\d+|T\d+) \|", re.MULTILINE)


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


@pytest.mark.parametrize(("id", "duty"), DUTIES.items(), ids=DUTIES)
def test_every_duty_is_held_or_says_why_not(id: str, duty: Duty) -> None:
    assert duty.what
    assert duty.tests or len(duty.why_not) > 10


@pytest.mark.parametrize("test", sorted({test for duty in DUTIES.values() for test in duty.tests}))
def test_every_test_that_is_named_is_there(test: str) -> None:
    path, name = test.split("::")
    assert (ROOT / "tests" / path).is_file()
    assert name in names_in(path)


def test_every_id_there_is_stands_in_the_matrix() -> None:
    assert len(GDPR) == 25
    assert list(NORWEGIAN) == [f"N{i}" for i in range(1, 17)]
    assert list(CHILDREN) == [f"C{i}" for i in range(1, 16)]
    assert list(THREATS) == [f"T{i}" for i in range(1, 33)]


@pytest.mark.skipif(not PAPER.exists(), reason="duties.md lies outside the repository; the counts above hold")
def test_every_id_of_the_paper_stands_in_the_matrix() -> None:
    assert set(NAMED.findall(PAPER.read_text("utf-8"))) - set(DUTIES) == set()
