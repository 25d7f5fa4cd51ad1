"""`lytt understand`: one text for a person, many lines for a script."""

import json

from tests.commands.lytt import Lytt

LINES = [
    '{"text": "Jeg får ikke jobb uten lappen", "lang": "nb"}',
    '{"text": "Ring meg på 412 34 567"}',
    '{"text": "a\\u2028b"}',
]


def test_each_line_is_answered_in_order(lytt: Lytt) -> None:
    done = lytt("understand", "--jsonl", typed="\n".join(LINES) + "\n")
    assert done.returncode == 0, done.stderr
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert "driving_licence" in first["chosen"]
    assert len(first["categories"]) >= 3
    assert second["spans"] != []
    assert "[phone]" in second["masked"]
    assert third["masked"] == "a\u2028b"
    assert lytt.files() == set(), "nothing is stored"


def test_a_line_that_can_not_be_read_is_said_and_the_others_are_answered(lytt: Lytt) -> None:
    done = lytt("understand", "--jsonl", typed="\n".join(["no json", LINES[0], '{"words": 1}']))
    assert done.returncode == 1
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert list(first) == list(third) == ["error"]
    assert "categories" in second


def test_a_text_is_told_to_a_person_or_a_program(lytt: Lytt) -> None:
    text = "Jeg får ikke jobb uten lappen"
    told = lytt("understand", text)
    assert "Førerkort" in told.stdout
    assert json.loads(lytt("understand", text, "--json").stdout)["masked"] == text
    assert lytt("understand", typed=text).stdout == told.stdout


def test_a_text_and_lines_together_are_wrong_usage(lytt: Lytt) -> None:
    assert lytt("understand", "lappen", "--jsonl").returncode == 2
