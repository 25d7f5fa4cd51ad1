"""Run the tests that hold each duty, and print which duty is held by what and how it went."""

import sys
from collections import defaultdict

import pytest
from rich.console import Console
from rich.table import Table

from tests.duties.matrix import DUTIES, Duty

MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "SKIPPED", "missing": "NOT RUN"}


class Results:
    """How each test went, by its file and name; one of many cases that fails is enough."""

    def __init__(self) -> None:
        self.by_test: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            path, _, name = report.nodeid.removeprefix("tests/").partition("::")
            self.by_test[f"{path}::{name.partition('[')[0]}"].add(report.outcome)

    def of(self, test: str) -> str:
        """The worst of a test's cases."""
        seen = self.by_test.get(test, {"missing"})
        return next(outcome for outcome in ("failed", "skipped", "passed", "missing") if outcome in seen)


def ways(duty: Duty) -> list[str]:
    """What pytest is asked for."""
    return [f"tests/{test}" for test in duty.tests]


def row(duty: Duty, results: Results) -> tuple[str, str]:
    """How a duty fares, and by what it is held."""
    told = [f"{MARKS[results.of(test)]}  {test}" for test in duty.tests]
    told += [f"not here: {duty.why_not}"] if duty.why_not else []
    good = all(results.of(test) == "passed" for test in duty.tests)
    return ("held" if duty.tests else "not ours") if good else "BROKEN", "\n".join(told)


def main() -> int:
    """Run, print, and fail where a duty is broken."""
    results = Results()
    asked = sorted({way for duty in DUTIES.values() for way in ways(duty)})
    pytest.main(["-q", "--no-header", "--tb=line", "tests/duties", *asked], plugins=[results])
    table = Table("id", "duty", "", "held by", title="Duties")
    states = []
    for id, duty in DUTIES.items():
        state, told = row(duty, results)
        states.append(state)
        table.add_row(id, duty.what, state, told)
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    console.print(", ".join(f"{states.count(state)} {state}" for state in ("held", "not ours", "BROKEN")))
    return int("BROKEN" in states)


if __name__ == "__main__":
    sys.exit(main())
