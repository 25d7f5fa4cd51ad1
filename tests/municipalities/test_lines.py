"""Help lines: what may be said of them, for whom, and that nobody is left without one."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import municipalities
from bot.clock import OSLO
from bot.municipalities import HERE
from bot.municipalities.hours import hours_of
from bot.municipalities.lines import CHECKED_DAYS, Line, shown, unchecked
from dialogs.help import LINES_SHOWN, after_grave, lines_for
from dialogs.text import Told

PLACES = municipalities.load()
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
TODAY = NOON.date()
KINDS = ("suicide", "self_harm", "violence", "sexual_abuse", "neglect_hunger", "homeless_tonight")
LANGUAGES = ("nb", "nn", "en")
# The numbers that duties.md 2.3 calls sure; another may be shown only after a change here and there.
SURE = {"116 111", "800 33 321", "116 123", "116 117", "22 40 00 40", "116 006", "55 55 33 33"}
NUMBER = re.compile(r"11[0236]|116 \d{3}|(?:800 )?\d{2} \d{3}|\d{2} \d{2} \d{2} \d{2}|[a-z.]+\.no")


def line(**more: object) -> Line:
    name = Told("Linje", "Linje", "Line")
    held = Line("line", name, "116 117", Told("Om noe.", "Om noko.", "About it."), "https://kilde.test")
    return replace(held, **more)  # type: ignore[arg-type]


def checked(on: date, **more: object) -> Line:
    return line(verified_on=on, verified_by="Kari Norli", **more)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_only_sure_numbers_are_turned_on(place: municipalities.Place) -> None:
    assert {each.reach for each in shown(place.lines, NOON)} <= SURE


@pytest.mark.parametrize("each", PLACES["trondheim"].lines, ids=lambda each: each.id)
def test_every_line_has_a_source_and_a_number_of_a_known_shape(each: Line) -> None:
    assert each.source.startswith("https://")
    assert NUMBER.fullmatch(each.reach)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("each", PLACES["trondheim"].lines, ids=lambda each: each.id)
def test_every_line_says_more_than_its_name(each: Line, language: str) -> None:
    """Who is afraid must see when to call: that a line is for children says nothing of it."""
    name, about = (set(getattr(text, language).casefold().split()) for text in (each.name, each.about))
    assert len({word.strip(".") for word in about} - name) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("age", [0, 12, 13, 15, 16, 17, 18, 25, 60])
def test_everybody_is_shown_two_lines_and_one_to_call_when_none_answers(
    age: int, kind: str, language: str
) -> None:
    night = datetime(2026, 12, 25, 2, tzinfo=UTC)
    for place in PLACES.values():
        first = after_grave(place.at(night).help_lines, age, kind)
        assert len(first) == LINES_SHOWN + 1
        assert any(each.always_open for each in first)
        assert all(getattr(each.name, language) and getattr(each.about, language) for each in first)


@given(age=st.integers(0, 17))
def test_no_child_is_shown_a_line_for_adults(age: int) -> None:
    shown_to = lines_for(PLACES["trondheim"].municipality.help_lines, age)
    assert not {each.id for each in shown_to} & {"vold_og_overgrep", "kirkens_sos", "nav"}


@pytest.mark.parametrize(
    ("days", "told"), [(0, True), (CHECKED_DAYS, True), (CHECKED_DAYS + 1, False), (-1, False)]
)
def test_hours_are_told_for_ninety_days_after_a_check(days: int, told: bool) -> None:
    known = checked(TODAY - timedelta(days=days), always_open=True)
    assert ("døgnet" in known.told(NOON).about.nb) is told


@pytest.mark.parametrize("who", ["", " "])
def test_a_check_by_nobody_is_none(who: str) -> None:
    held = line(verified_on=TODAY, verified_by=who, always_open=True)
    assert "døgnet" not in held.told(NOON).about.nb
    assert unchecked((held,), NOON) == ("line",)


@pytest.mark.parametrize(
    ("at", "about"),
    [
        ("2026-11-23T13:59", "Stengt nå, åpner 14.00."),
        ("2026-11-23T14:00", "Åpent nå, til 22.00."),
        ("2026-11-23T22:00", "Stengt nå."),
        ("2026-12-24T15:00", "Stengt nå."),
        ("2026-03-29T14:00", "Åpent nå, til 22.00."),  # the day that lacks an hour
        ("2026-10-25T21:59", "Åpent nå, til 22.00."),  # the day that has one twice
    ],
)
def test_what_is_open_now_is_told_by_the_wall(at: str, about: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=OSLO)
    hours = hours_of([{"days": range(7), "opens": "14:00", "closes": "22:00"}])
    held = checked(moment.date(), hours=hours).told(moment)
    assert held.about.nb == f"Om noe. {about}"
    assert held.closed is ("Stengt" in about)


def test_what_is_closed_stands_last() -> None:
    hours = hours_of([{"days": range(7), "opens": "14:00", "closes": "15:00"}])
    lines = (checked(TODAY, hours=hours, kinds=("suicide",)), replace(checked(TODAY), id="open"))
    assert [each.id for each in lines_for(shown(lines, NOON), 20, "suicide")] == ["open", "line"]


def test_a_municipality_may_check_the_lines_in_a_file_of_its_own(tmp_path: Path) -> None:
    text = (HERE / "helplines.toml").read_text("utf-8")
    stamped = text.replace("[[lines]]", f'[[lines]]\nverified_on = {TODAY}\nverified_by = "Kari"')
    (tmp_path / "helplines.toml").write_text(stamped, "utf-8")
    own = municipalities.load(tmp_path)["trondheim"]
    assert unchecked(own.lines, NOON) == ()
    assert len(tomllib.loads(stamped)["lines"]) == len(own.lines)
