"""A call is data, checked whole: every fault with its line, unknown keys refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allocation import call as calls
from bot.allocation.call import Call, WrongCall
from bot.allocation.checks import in_time
from bot.allocation.places import lines_of
from bot.allocation.tables import typed_øre, øre
from tests.funding.written import CALLS, FILES

TRONDHEIM = FILES["trondheim-2021"]
USUAL = 'ties = ["unit_cost", "asked", "first", "lot"]'


def faults(text: str) -> list[tuple[int, str]]:
    """Line and key of every fault."""
    with pytest.raises(WrongCall) as refused:
        calls.read(text)
    return [(fault.line, fault.key) for fault in refused.value.faults]


def line_of(beginning: str, text: str = TRONDHEIM) -> int:
    """The last line that begins so: an earlier one of the same words is right."""
    return [at for at, line in enumerate(text.splitlines(), 1) if line.startswith(beginning)][-1]


@pytest.mark.parametrize("key", FILES)
def test_each_call_of_the_package_is_well_and_named_as_its_file(key: str) -> None:
    assert CALLS[key].key == key


@pytest.mark.parametrize(
    ("was", "is_now", "key"),
    [
        ("money = 16_000_000", "money = 16e6", "money"),
        ("money = 16_000_000", "money = -1", "money"),
        ("money = 16_000_000", "money = 0", "money"),
        ("money = 16_000_000", 'money = "12.345"', "money"),
        ("money = 16_000_000", f"money = 0x{'f' * 4_000}", "money"),
        ("groups = 8", f"groups = {10**50}", "groups"),
        ("cap = 500_000 ", "cap = 0 ", "cap"),
        ("cap = 500_000 ", "cap = 16_000_001 ", "cap"),
        ("money = 16_000_000", 'money = "16.000"', "money"),
        ("money = 16_000_000", 'money = "1e6"', "money"),
        ("money = 16_000_000", "monye = 16_000_000", "monye"),
        ("groups = 8", "groups = 0", "groups"),
        ("groups = 8", "groups = true", "groups"),
        ('rule = "most-requested"', 'rule = "loudest"', "rule"),
        (USUAL, 'ties = ["unit_cost", "asked", "first"]', "ties"),
        (USUAL, 'ties = ["unit_cost", "asked", "lot", "first"]', "ties"),
        (USUAL, 'ties = ["unit_cost", "asked", "loudest", "lot"]', "ties"),
        (USUAL, 'ties = ["unit_cost", "asked", "asked", "lot"]', "ties"),
        (USUAL, "ties = []", "ties"),
        ('rule = "most-requested"', 'rule = "equal-shares-add1"', "rule"),  # hours where shares are large
        ('municipalities = ["trondheim"]', "municipalities = []", "municipalities"),
        ('municipalities = ["trondheim"]', 'municipalities = [" "]', "municipalities"),
        ('voices = "all"', 'voices = "mine"', "voices"),
        ('zone = "Europe/Oslo"', 'zone = "Europe/Trondheim"', "zone"),
        ('zone = "Europe/Oslo"', 'zone = "../../etc/passwd"', "zone"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 2021-05-31", "deadline"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 2021-05-31T23:59:59Z", "deadline"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 2021-03-28T02:30:00", "deadline"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 2021-10-31T02:30:00", "deadline"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 2021-04-01T00:00:00", "deadline"),
        ("deadline = 2021-05-31T23:59:59", "deadline = 9999-12-31T23:59:59", "deadline"),
        ("ends = 2023-06-30", "ends = 9999-12-31", "periods[4].ends"),
        ('requires = ["budget"]', 'requires = ["budget", "poem"]', "requires"),
        ('requires = ["budget"]', "requires = [1]", "requires"),
        ('requires = ["budget"]', 'requires = "budget"', "requires"),
        ('key = "trondheim-2021"', 'key = "Trondheim 2021"', "key"),
        ('currency = "NOK"', 'currency = "EUR"', "currency"),
        ("exists_before = 2021-04-12", 'exists_before = "long ago"', "exists_before"),
        ("starts = 2022-01-01", "starts = 2021-12-31", "periods[2].starts"),
        ("ends = 2021-12-31", "ends = 2021-06-30", "periods[1].ends"),
        ('key = "2022-h1"', 'key = "2021-h2"', "periods[2].key"),
        ("oldest = 24", "oldest = 11", "targets[1].oldest"),
        ("at_least = 1", 'at_least = "one"', "partners[1].at_least"),
        ('of = ["state"]', 'of = ["kingdom"]', "partners[2].of"),
        ('of = ["state"]', "of = []", "partners[2].of"),
        ('otherwise = "warn"', 'otherwise = "shout"', "partners[1].otherwise"),
        ("low_income = true", "low_income = 1", "targets[2].low_income"),
    ],
)
def test_one_fault_is_told_with_its_line(was: str, is_now: str, key: str) -> None:
    text = TRONDHEIM.replace(was, is_now, 1)
    found = faults(text)
    assert (line_of(is_now, text), key) in found
    if key == "monye":
        found.remove((1, "money"))  # what is missing is told where its table begins
    assert {each for _, each in found} == {key}


def test_every_fault_is_told_at_once() -> None:
    text = TRONDHEIM.replace("groups = 8", "groups = 0").replace('en = "Staff positions"', 'eng = "Staff"')
    text += '\n[[parts]]\nkey = "already"\n\n[costs_of_war]\na = 1\n'
    assert {key for _, key in faults(text)} == {
        "groups",
        "costs[4].label.en",
        "costs[4].label.eng",
        "parts[3].key",
        "parts[3].label",
        "costs_of_war",
    }


def test_what_is_no_toml_is_one_fault_with_its_line() -> None:
    assert faults('key = "a"\nmoney = = 3\n') == [(2, "")]
    assert faults("x = " + "[" * 10_000) == [(1, "")]
    assert faults(f"money = {'9' * 5_000}") == [(1, "")]


def test_an_empty_file_lacks_all_that_a_call_must_say() -> None:
    assert {key for _, key in faults("")} >= {"key", "money", "deadline", "rule", "periods", "costs"}


def test_sources_are_all_of_the_pot_and_pay_for_purposes_there_are() -> None:
    text = FILES["trondelag-0-24"]
    first = text.splitlines().index("[[sources]]") + 1
    assert faults(text.replace("money = 2_000_000", "money = 1_999_999")) == [(first, "sources")]
    wrong = text.replace('purposes = ["school"]', 'purposes = ["war"]')
    assert [key for _, key in faults(wrong)] == ["sources[3].purposes"]
    more = [f'[[sources]]\nkey = "s{place}"\nmoney = 0\n' for place in range(4)]
    name = 'name = { nb = "a", nn = "a", en = "a" }\n'
    assert "sources" in {key for _, key in faults(text + name.join([*more, ""]))}


def test_no_source_is_for_what_the_call_excludes_alone() -> None:
    """Its money could go to nobody, and the pot would look larger than it is."""
    text = FILES["trondelag-0-24"]
    excluded = '\n[[purposes]]\nkey = "war"\nallowed = false\nlabel = { nb = "a", nn = "a", en = "a" }\n'
    wrong = text.replace('purposes = ["school"]', 'purposes = ["war"]') + excluded
    assert [key for _, key in faults(wrong)] == ["sources[3].purposes"]


def test_what_decides_between_equals_is_the_calls_own_and_one_that_does_not_say_has_the_usual() -> None:
    assert {call.ties for call in CALLS.values()} == {("unit_cost", "asked", "first", "lot")}
    assert calls.read(TRONDHEIM.replace(USUAL, "")).ties == CALLS["trondheim-2021"].ties
    own = calls.read(TRONDHEIM.replace(USUAL, 'ties = ["first", "lot"]'))
    assert own.ties == ("first", "lot")
    assert own.digest != CALLS["trondheim-2021"].digest


def test_the_digest_is_that_of_the_file() -> None:
    assert CALLS["trondheim-2021"].digest != calls.read(TRONDHEIM + "\n").digest


def test_a_line_is_found_whatever_stands_before_it() -> None:
    text = '''a = """
[[x]]
b = 1 # " """ # ' [
"c" = [
  { d = 1 }, # ]
  "}",
]
[t.'u v']
e.f = 1
[[x]]
g = 1
[[x]]
[[x.y]]
h = \'\'\'
\'\'\'
i = 1
'''
    assert lines_of(text) == {
        ("a",): 1,
        ("c",): 4,
        ("t", "u v"): 8,
        ("t", "u v", "e", "f"): 9,
        ("x",): 10,
        ("x", 0): 10,
        ("x", 0, "g"): 11,
        ("x", 1): 12,
        ("x", 1, "y"): 13,
        ("x", 1, "y", 0): 13,
        ("x", 1, "y", 0, "h"): 14,
        ("x", 1, "y", 0, "i"): 16,
    }


@given(st.text())
def test_no_text_breaks_the_reading_of_a_call(text: str) -> None:
    assert faults(text)


@given(st.integers(0, 10**13))
def test_money_is_whole_øre(amount: int) -> None:
    assert øre(f"{amount // 100}.{amount % 100:02}") == amount
    assert øre(f"{amount // 100},{amount % 100:02}") == amount


@pytest.mark.parametrize(
    "written",
    ["1.005", "25.000", "1,000", "1_000", "1e3", "nan", "inf", "-1", "1e99", "", "9" * 5000, "1..2"],
)
def test_what_is_no_money_is_refused(written: str) -> None:
    assert øre(written) is None


@pytest.mark.parametrize(
    "written",
    ["10 000", "10\N{NO-BREAK SPACE}000", "10 000 kr", "10000,-", "kr 10000", "Kr. 10 000,00", "10000.00"],
)
def test_an_amount_is_taken_as_people_type_it(written: str) -> None:
    assert typed_øre(written) == 1_000_000


@pytest.mark.parametrize("written", ["10.000", "10.000,-", "ti tusen", "kr", "10-20", "-5", "", "1" * 5000])
def test_what_may_be_two_amounts_or_none_is_not_guessed_at(written: str) -> None:
    assert typed_øre(written) is None


def closing(deadline: str) -> Call:
    """Trondheim's call with another deadline."""
    opens = TRONDHEIM.replace("opens = 2021-04-12", "opens = 2021-01-12")
    return calls.read(opens.replace("deadline = 2021-05-31T23:59:59", f"deadline = {deadline}"))


@pytest.mark.parametrize(
    ("deadline", "last"),
    [
        ("2021-05-31T23:59:59", datetime(2021, 5, 31, 21, 59, 59, tzinfo=UTC)),
        ("2021-10-31T01:59:59", datetime(2021, 10, 30, 23, 59, 59, tzinfo=UTC)),
        (
            "2021-10-31T03:00:00",
            datetime(2021, 10, 31, 2, 0, 0, tzinfo=UTC),
        ),  # two o'clock came twice before it
        ("2021-10-31T12:00:00", datetime(2021, 10, 31, 11, 0, 0, tzinfo=UTC)),
        ("2021-03-28T01:59:59", datetime(2021, 3, 28, 0, 59, 59, tzinfo=UTC)),
        ("2021-03-28T03:00:00", datetime(2021, 3, 28, 1, 0, 0, tzinfo=UTC)),  # a second after it was 01:59:59
        ("2021-03-28T12:00:00", datetime(2021, 3, 28, 10, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_on_a_day_when_the_clock_is_set_is_one_second_of_the_world(
    deadline: str, last: datetime
) -> None:
    call = closing(deadline)
    for zone in (UTC, ZoneInfo("Europe/Oslo"), ZoneInfo("America/New_York")):
        assert call.is_open(last.astimezone(zone))
        assert not call.is_past(last.astimezone(zone))
        late = (last + timedelta(seconds=1)).astimezone(zone)
        assert not call.is_open(late)
        assert call.is_past(late)


def test_both_hours_of_a_clock_that_is_set_back_are_before_a_deadline_after_them() -> None:
    """At three it is two once more, an hour in which nothing is late: half past two is in both times."""
    call, oslo = closing("2021-10-31T03:00:00"), ZoneInfo("Europe/Oslo")
    first, second = (datetime(2021, 10, 31, 2, 30, tzinfo=oslo, fold=fold) for fold in (0, 1))
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert [call.is_open(each) for each in (first, second)] == [True, True]
    before = closing("2021-10-31T01:59:59")
    assert [before.is_past(each) for each in (first, second)] == [True, True]


def test_a_deadline_tells_its_zone_where_it_is_not_norways() -> None:
    told = [
        in_time(CALLS[key], datetime(2030, 1, 1, tzinfo=UTC))[0].why
        for key in ("socialstyrelsen-2017", "bufdir-2019")
    ]
    assert ["Europe/Copenhagen" in str(why.values) for why in told] == [True, False]
