"""The same bytes on any machine: whatever the order of hashes, the language and the time zone."""

import hashlib
import os
import subprocess
import sys

import pytest

from bot.allocation import again
from bot.allocation.account import account, canonical
from bot.allocation.allocate import allocate
from tests.allocation.rounds import scaled
from tests.allocation.town import competition
from tests.rules.source import ROOT

RULES = ("most-requested", "equal-shares-completed")
ASK = "from tests.allocation.test_same_bytes import mark; print(mark())"


def mark() -> str:
    """One hash of what both rules make of the invented town."""
    given = competition().round
    told = "".join(canonical(account(given, rule, allocate(given, rule))) for rule in RULES)
    return hashlib.sha256(told.encode()).hexdigest()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    ],
)
def test_the_same_bytes_everywhere(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == mark()


@pytest.mark.parametrize("rule", RULES)
def test_the_second_implementation_counts_wishes_and_not_people(rule: str) -> None:
    """A thousand times the town's people: counted one by one, as they were, it would take months."""
    given = scaled(competition().round, people=1_000)
    first, second = allocate(given, rule), again.allocate(given, rule)
    assert given.people == 480_000
    assert canonical(account(given, rule, second)) == canonical(account(given, rule, first))
