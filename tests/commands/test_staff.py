"""`lytt audit verify`, and how somebody of staff comes in who has no account yet."""

import json
import sqlite3
from contextlib import closing

import pytest

from bot.commands import running
from tests.commands.lytt import TALK, Lytt
from tests.house import Series, opened
from tests.web.serving import settings


def test_the_log_is_verified_and_a_harmed_line_is_named(lytt: Lytt) -> None:
    for name in ("kari", "ola"):
        assert lytt("staff", "add", name, "--role", "reviewer").returncode == 0
    whole = lytt("audit", "verify", "--json")
    assert whole.returncode == 0
    verdict = json.loads(whole.stdout)
    assert (verdict["count"], verdict["wrong"]) == (2, [])
    assert lytt("audit", "verify", "--mark", verdict["mark"]).returncode == 0
    with closing(sqlite3.connect(lytt.folder / "data" / "lytt.db")) as db, db:
        db.execute("UPDATE audit SET staff = 'ola' WHERE seq = 1")
    harmed = lytt("audit", "verify")
    assert harmed.returncode == 1
    assert harmed.stdout.startswith("line 1 was changed")
    assert lytt("audit", "verify", "--mark", "yesterday", log_level="ERROR").returncode == 1


def test_what_is_shown_erased_and_taken_out_at_the_command_line_is_in_the_log(lytt: Lytt) -> None:
    told = lytt("chat", typed=TALK)
    digits = "".join(each for each in told.stdout if each.isdigit() or each == "\n")
    receipt = next(line for line in digits.splitlines() if len(line) == 16)
    assert lytt("export", "needs", "-o", "n.csv").returncode == 0
    assert lytt("person", "show", typed=receipt).returncode == 0
    assert lytt("person", "erase", typed=receipt).returncode == 0
    with closing(sqlite3.connect(lytt.folder / "data" / "lytt.db")) as db:
        lines = db.execute("SELECT staff, act, kind FROM audit ORDER BY seq").fetchall()
    console = "command line"
    assert lines == [(console, "export", "needs"), (console, "show", "person"), (console, "erase", "person")]
    assert lytt("audit", "verify").returncode == 0


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ("production", "First staff login: lytt staff add NAME --role admin\n"),
        ("demo", "First staff login: admin, one-time password "),
    ],
)
async def test_the_first_login_is_told_and_in_production_no_password_is_printed(
    sqlite_url: str, capsys: pytest.CaptureFixture[str], environment: str, told: str
) -> None:
    async with opened(sqlite_url, Series()) as house:
        await running._tell_first_login(settings(environment=environment), house.world)
    shown = capsys.readouterr().out
    assert shown.startswith(told)
    assert ("password" in shown) == (environment == "demo")
