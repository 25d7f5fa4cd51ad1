"""What who runs Lytt types: accounts, codes, keys, posters, the doctor, retention, invented people."""

import asyncio
import json
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot.operations.opening import NotReady
from tests.commands.lytt import TALK, Lytt
from tests.emulator import Emulator
from tests.exports.rows import read_csv

TOKEN = "123456:not-a-real-token"


def test_an_account_is_made_reset_and_stopped(lytt: Lytt) -> None:
    made = json.loads(lytt("staff", "add", "kari", "--role", "reviewer", "--json").stdout)
    again = json.loads(lytt("staff", "reset", "kari", "--json").stdout)
    assert made["name"] == again["name"] == "kari"
    assert made["password"] != again["password"]
    assert len(again["password"]) == 16
    assert lytt("staff", "disable", "kari").returncode == 0
    (account,) = json.loads(lytt("staff", "list", "--json").stdout)
    assert account == {"name": "kari", "role": "reviewer", "municipalities": ["trondheim"], "disabled": True}


def test_an_account_that_can_not_be_is_one_clear_line(lytt: Lytt) -> None:
    assert lytt("staff", "add", "kari", "--role", "reviewer").returncode == 0
    for words, told in {
        ("add", "kari", "--role", "admin"): "kari has an account already",
        ("add", "ola", "--role", "boss"): "the roles are reviewer, coordinator, analyst, admin",
        ("add", "ola nordmann", "--role", "admin"): "no spaces",
        ("add", "ola", "--role", "admin", "--municipality", "atlantis"): "no municipality",
        ("reset", "ola"): "ola has no account",
        ("disable", "ola"): "ola has no account",
    }.items():
        refused = lytt("staff", *words, log_level="ERROR")
        assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
        assert told in refused.stderr
    assert len(lytt("staff", "list").stdout.splitlines()) == 1


def test_a_code_makes_a_person_attested_once(lytt: Lytt) -> None:
    codes = json.loads(lytt("codes", "new", "--count", "2", "--place", "Huset", "--json").stdout)
    assert len(set(codes)) == 2
    for _ in range(2):
        lytt("chat", typed=f"kode {codes[0]}\n{TALK}")
    lytt("export", "needs", "-o", "n.json")
    told = {need["attested"] for need in json.loads((lytt.folder / "n.json").read_text("utf-8"))}
    assert told == {True, False}, "the second one to use a code is not attested by it"


def test_a_poster_opens_the_municipality(lytt: Lytt) -> None:
    made = lytt(
        *(
            "poster",
            "-o",
            "p.html",
            "--municipality",
            "froya",
            "--place",
            "<b>Sentrum</b>",
            "--place",
            "Skolen",
        ),
        public_url="https://lytt.example.test/",
    )
    assert made.returncode == 0, made.stderr
    page = (lytt.folder / "p.html").read_text("utf-8")
    assert page.count("<svg") == 2
    assert "https://lytt.example.test/k/froya" in page
    assert "&lt;b&gt;Sentrum&lt;/b&gt;" in page
    assert not re.search(r"(src|href)=", page), "it prints without any network"


def test_a_code_comes_as_a_link_to_hand_out(lytt: Lytt) -> None:
    address = "https://lytt.example.test"
    code, link = lytt("codes", "new", "--municipality", "froya", public_url=address).stdout.split()
    assert link == f"{address}/k/froya?kode={code}"
    lytt("poster", "-o", "p.html", "--municipality", "froya", "--code", code, public_url=address)
    page = (lytt.folder / "p.html").read_text("utf-8")
    assert f"<title>{link}</title>" in page, "the QR code opens the link"
    assert f"kode {code}" in page


def test_a_poster_needs_an_address(lytt: Lytt) -> None:
    refused = lytt("poster", "-o", "p.html")
    assert refused.returncode == 1
    assert "LYTT_PUBLIC_URL" in refused.stderr


def test_keys_are_made_once_and_for_the_owner_alone(lytt: Lytt) -> None:
    assert lytt("keys", "create").returncode == 0
    path = lytt.folder / "data" / "keys"
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert lytt("keys", "create").returncode == 1
    assert path.read_bytes() == before


def test_production_makes_no_keys_by_itself(lytt: Lytt) -> None:
    refused = lytt("chat", environment="production")
    assert refused.returncode == 1
    assert "lytt keys create" in refused.stderr
    assert not (lytt.folder / "data" / "keys").exists()


def doctors(lytt: Lytt, **settings: str) -> dict[str, dict[str, str]]:
    return {each["name"]: each for each in json.loads(lytt("doctor", "--json", **settings).stdout)}


def test_the_doctor_makes_nothing(lytt: Lytt) -> None:
    found = doctors(lytt)
    assert found["database"]["state"] == "off"
    assert found["key file"]["state"] == "missing"
    assert lytt.files() == set()


def test_the_doctor_says_where_a_setting_came_from_and_hides_secrets(lytt: Lytt) -> None:
    (lytt.folder / ".env").write_text("LYTT_MUNICIPALITY=froya\n", "utf-8")
    shown = lytt("doctor", telegram_token=TOKEN, telegram_base_url="http://127.0.0.1:9/bot")
    assert TOKEN not in shown.stdout + shown.stderr
    found = doctors(
        lytt,
        telegram_token=TOKEN,
        telegram_base_url="http://127.0.0.1:9/bot",
        database_url="postgresql+asyncpg://lytt:hemmelig@127.0.0.1:9/lytt",
    )
    assert found["LYTT_MUNICIPALITY"]["about"] == ".env"
    assert found["LYTT_TELEGRAM_TOKEN"]["about"] == "environment"
    assert found["LYTT_SEND_PER_CHAT"]["about"] == "default"
    assert "hemmelig" not in json.dumps(found)
    assert found["telegram"]["state"] == "wrong"
    assert found["database"]["state"] == "wrong"


def test_an_address_of_a_database_that_no_driver_opens_is_a_users_mistake(lytt: Lytt) -> None:
    for url in ("sqlite:////x", "postgresql://lytt:hemmelig@h/x", "hemmelig"):
        refused = lytt("calls", "list", database_url=url)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
        assert "LYTT_DATABASE_URL" in refused.stderr
        assert "hemmelig" not in refused.stderr


async def test_the_doctor_asks_telegram_who_the_bot_is_and_what_waits(lytt: Lytt) -> None:
    async with Emulator() as telegram:
        telegram.person().says("/start")
        found = await asyncio.to_thread(
            doctors, lytt, telegram_token=telegram.token, telegram_base_url=telegram.base_url
        )
    assert found["telegram"]["state"] == "ok"
    assert found["telegram"]["value"].startswith("@")
    assert found["telegram"]["about"] == "1 updates wait"


def test_the_doctor_finds_a_working_house_well(lytt: Lytt) -> None:
    lytt("chat", typed=TALK)
    well = lytt("doctor")
    assert well.returncode == 0, well.stdout
    assert "keys open the data           yes" in well.stdout


def test_the_doctor_notices_keys_that_do_not_open_the_data(lytt: Lytt) -> None:
    lytt("chat", typed=TALK)
    (lytt.folder / "data" / "keys").unlink()
    lytt("keys", "create")
    found = doctors(lytt)
    assert found["keys open the data"]["state"] == "wrong"
    (lytt.folder / "data" / "keys").chmod(0o644)
    assert "chmod 600" in doctors(lytt)["key file"]["about"]


def test_the_doctor_notices_that_no_erasure_can_be_noted(lytt: Lytt) -> None:
    lytt("chat", typed=TALK)
    assert doctors(lytt)["erasure journal"]["state"] == "ok"
    (lytt.folder / "a file").touch()
    found = doctors(lytt, erasure_journal=str(lytt.folder / "a file" / "erased"))
    assert found["erasure journal"]["state"] == "wrong"


def test_the_doctor_notices_what_production_lacks(lytt: Lytt) -> None:
    found = doctors(
        lytt, environment="production", telegram_webhook_url="https://lytt.example.test/telegram/a"
    )
    assert found["LYTT_PUBLIC_URL"]["state"] == "missing"
    assert found["LYTT_TELEGRAM_WEBHOOK_SECRET"]["state"] == "missing"


def test_retention_shows_before_it_erases(lytt: Lytt) -> None:
    assert json.loads(lytt("retention", "run", "--json").stdout) == {"waiting": {}, "erased": {}}
    lytt("chat", typed="18\nJeg får ikke jobb uten lappen\nja\n")
    with closing(sqlite3.connect(lytt.folder / "data" / "lytt.db")) as db:
        db.execute("UPDATE conversations SET changed_at = 0")
        db.commit()
    shown = lytt("retention", "run")
    assert "1 " in shown.stdout
    assert shown.stdout.endswith("Nothing is erased: add --yes\n")
    erased = json.loads(lytt("retention", "run", "--yes", "--json").stdout)
    assert erased["erased"] == erased["waiting"] != {}
    with closing(sqlite3.connect(lytt.folder / "data" / "lytt.db")) as db:
        assert db.execute("SELECT count(*) FROM conversations").fetchone() == (0,)


def simulated(folder: Path, seed: str) -> tuple[str, str]:
    folder.mkdir()
    lytt = Lytt(folder)
    counted = lytt("simulate", "--people", "40", "--seed", seed, "--json")
    assert counted.returncode == 0, counted.stderr
    lytt("export", "needs", "-o", "n.jsonl")
    needs = (folder / "n.jsonl").read_text("utf-8").splitlines()
    return counted.stdout, "\n".join(sorted(needs))


def test_invented_people_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    first, again = (simulated(tmp_path / name, "7") for name in "ab")
    assert first == again
    counts = json.loads(first[0])
    assert counts["people"]["in all"] == 40
    assert counts["people"]["sent"] > 20
    assert len(counts["language"]) == 3
    assert len(counts["who"]) >= 5
    assert simulated(tmp_path / "c", "8") != first


def test_all_of_it_works_on_postgresql(lytt: Lytt, postgres_url: str) -> None:
    people = lytt("simulate", "--people", "10", "--json", database_url=postgres_url)
    assert people.returncode == 0, people.stderr
    asked = json.loads(people.stdout)["people asking for"]
    assert lytt("export", "needs", "-o", "n.csv", database_url=postgres_url).returncode == 0
    assert {row[0] for row in read_csv(lytt.folder / "n.csv")[1:]} == set(asked)
    assert lytt("retention", "run", "--yes", database_url=postgres_url).returncode == 0
    assert doctors(lytt, database_url=postgres_url)["keys open the data"]["value"] == "yes"


def test_invented_people_stay_out_of_production(lytt: Lytt) -> None:
    assert lytt("simulate", environment="production").returncode == 1


@pytest.mark.parametrize("words", [("nonsense",), ("codes", "new", "--count", "0"), ("export", "needs")])
def test_wrong_usage_ends_with_2(lytt: Lytt, words: tuple[str, ...]) -> None:
    assert lytt(*words).returncode == 2


def test_a_wrong_setting_is_named_and_its_value_is_not_told(lytt: Lytt) -> None:
    refused = lytt("doctor", environment="hemmelig")
    assert refused.returncode == 1
    assert "LYTT_ENVIRONMENT" in refused.stderr
    assert "hemmelig" not in refused.stderr


def test_a_fault_of_ours_says_where_and_never_what(lytt: Lytt) -> None:
    (lytt.folder / "data").mkdir()
    (lytt.folder / "data" / "lytt.db").write_text("this is no database, " * 100, "utf-8")
    failed = lytt("chat", typed="hemmelig\n", log_level="ERROR")
    assert failed.returncode == 70
    assert "a fault of ours" in failed.stderr
    assert "hemmelig" not in failed.stderr
    assert "this is no database" not in failed.stderr


def test_of_several_things_at_work_the_one_that_failed_is_told() -> None:
    told = command_line.fault(ExceptionGroup("", [ExceptionGroup("", [NotReady("set the token")])]))
    assert told == (1, "set the token")
