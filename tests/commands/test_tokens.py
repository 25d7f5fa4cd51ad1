"""`lytt tokens`: shown once, kept as a digest, listed without it, and disabled by name."""

import json
import sqlite3
from contextlib import closing

from tests.commands.lytt import Lytt


def test_a_token_is_made_listed_and_disabled(lytt: Lytt) -> None:
    made = lytt("tokens", "add", "statistikk", "--municipality", "froya", "--json")
    assert made.returncode == 0, made.stderr
    token = json.loads(made.stdout)["token"]
    with closing(sqlite3.connect(lytt.folder / "data" / "lytt.db")) as db:
        held = "\n".join(db.iterdump())
    assert "statistikk" in held
    assert token not in held
    assert lytt("tokens", "disable", "statistikk").returncode == 0
    (listed,) = json.loads(lytt("tokens", "list", "--json").stdout)
    assert listed == {"name": "statistikk", "municipalities": ["froya"], "disabled": True}


def test_a_mistake_is_one_plain_line(lytt: Lytt) -> None:
    assert lytt("tokens", "add", "statistikk").returncode == 0
    for typed, told in (
        (("add", "statistikk"), "there is a token statistikk already"),
        (("add", "x", "--municipality", "nowhere"), "nowhere is no municipality here"),
        (("disable", "nobody"), "there is no token nobody"),
    ):
        ended = lytt("tokens", *typed, log_level="ERROR")
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
        assert told in ended.stderr
