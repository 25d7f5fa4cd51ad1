"""The documents on privacy, threats and assessment say what the code does."""

import re
from datetime import date, timedelta

from bot import clock
from tests.duties.papers import DOCS, HOSTS, hosts_in_code, renewed, script_mark

# GDPR, article 35 (7), and what duties.md adds for children.
HEADINGS = (
    "Systematic description of the processing",
    "Necessity and proportionality",
    "Risks to the rights and freedoms of people",
    "Measures",
    "The child's best interest",
    "What only the municipality can fill in",
)
FRESH = timedelta(days=365)


def test_the_register_of_data_is_the_schema() -> None:
    assert (DOCS / "privacy.md").read_text("utf-8") == renewed("privacy.md"), "make papers"


def test_the_threats_are_those_that_tests_hold() -> None:
    assert (DOCS / "threat-model.md").read_text("utf-8") == renewed("threat-model.md"), "make papers"


def test_the_register_of_hosts_is_the_code() -> None:
    assert hosts_in_code() == set(HOSTS)


def test_the_assessment_is_whole_and_of_this_script() -> None:
    """A changed question changes the mark: somebody looks at the assessment again, and says so in it."""
    text = (DOCS / "dpia.md").read_text("utf-8")
    assert [heading for heading in HEADINGS if f"## {heading}" not in text] == []
    assert script_mark() in text, f"look at docs/dpia.md again; the script is {script_mark()} now"
    found = re.search(r"Last looked at: (\d{4}-\d{2}-\d{2})", text)
    assert found
    assert clock.moment(clock.now()).date() - date.fromisoformat(found[1]) <= FRESH
