"""Who asks, how often they may, and which numbers a phone can call."""

import pytest
from starlette.requests import Request

from bot.channels.webchat.numbers import callable_numbers, parts
from bot.clock import DAY_MS
from bot.pages.sessions import form_token, is_form_token
from bot.pages.visitors import Limit, Sources, networks, visitor
from dialogs.needs import HelpLine
from dialogs.text import Told
from tests.house import KEYS

NUMBERS = callable_numbers(
    [HelpLine(id="x", name=Told("x", "x", "x"), reach="800 33 321", about=Told("", "", ""))]
)


def request(client: str, **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "scheme": "http",
            "path": "/",
            "server": ("lytt.test", 80),
            "client": (client, 1),
            "headers": named,
        }
    )


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),  # not ours: its word is not taken
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.66, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "not an address", "not an address"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),  # a line has as many as it likes of these
        ("10.0.0.1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(
    client: str, forwarded: str, address: str
) -> None:
    assert visitor(request(client, x_forwarded_for=forwarded), networks("10.0.0.0/8")).address == address


def test_a_line_the_proxy_adds_is_believed_before_the_one_that_was_sent() -> None:
    asked = request("10.0.0.1")
    asked.scope["headers"] = [(b"x-forwarded-for", b"203.0.113.66"), (b"x-forwarded-for", b"203.0.113.5")]
    assert visitor(asked, networks("10.0.0.0/8")).address == "203.0.113.5"


@pytest.mark.parametrize(("client", "secure"), [("10.0.0.1", True), ("192.0.2.1", False)])
def test_only_a_trusted_proxy_can_say_that_the_way_was_encrypted(client: str, secure: bool) -> None:
    assert visitor(request(client, x_forwarded_proto="https"), networks("10.0.0.0/8")).secure is secure


def test_a_list_of_networks_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not appear to be"):
        networks("10.0.0.0/8, here")


def test_a_limit_lets_a_burst_in_and_then_so_many_a_second() -> None:
    limit = Limit(2, burst=3)
    assert [limit.wait(b"a", 0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait(b"b", 0.0) == 0
    assert limit.wait(b"a", 0.5) == 0


def test_what_is_heavy_is_let_in_and_makes_the_next_one_wait() -> None:
    limit = Limit(2, burst=3)
    assert limit.wait(b"a", 0.0, 100) == 0
    assert limit.wait(b"a", 0.0) == pytest.approx(49)
    assert limit.wait(b"b", 0.0) == 0


def test_limits_remember_only_who_is_in_debt() -> None:
    limit = Limit(1, burst=1)
    for i in range(20_005):
        limit.wait(str(i).encode(), float(i))
    assert len(limit._free_at) <= 10_001


def test_addresses_of_two_days_can_not_be_compared() -> None:
    salts = iter(["salt", "pepper"])
    sources = Sources(lambda: next(salts))
    assert sources.hashed("192.0.2.1", 0) == sources.hashed("192.0.2.1", DAY_MS - 1)
    assert sources.hashed("192.0.2.1", 0) != sources.hashed("192.0.2.1", DAY_MS)


def test_a_form_is_good_for_its_own_session_today_and_tomorrow() -> None:
    made = form_token(KEYS, "mine", 0)
    assert is_form_token(KEYS, "mine", made, DAY_MS)
    assert not is_form_token(KEYS, "mine", made, 2 * DAY_MS)
    assert not is_form_token(KEYS, "another's", made, 0)
    assert not is_form_token(KEYS, "mine", "", 0)
    assert not is_form_token(KEYS, "mine", "blåbær", 0)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Er det fare nå? Ring 113.", ["113"]),
        ("Ring 116 117, 112 eller 800 33 321", ["116117", "112", "80033321"]),
        ("Kvittering: 1130 1120 1161 1700", []),
        ("Jeg er 113år", []),
    ],
)
def test_only_whole_numbers_can_be_called(text: str, called: list[str]) -> None:
    pieces = list(parts(text, NUMBERS))
    assert [number for _, number in pieces if number] == called
    assert "".join(piece for piece, _ in pieces) == text
