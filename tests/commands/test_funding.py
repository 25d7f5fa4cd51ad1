"""Calls and applications on the command line."""

import json
from pathlib import Path

from tests.commands.lytt import Lytt
from tests.funding.written import FILES, FOLDER, bent

KEY = "trondheim-2021"
# Open for a long while, so that a command that asks the real clock finds it so.
OPEN = (
    FILES[KEY]
    .replace("opens = 2021-04-12T00:00:00", "opens = 2021-04-12T00:00:00")
    .replace("deadline = 2021-05-31", "deadline = 2999-05-31")
)


def written(lytt: Lytt, name: str, text: str) -> str:
    (lytt.folder / name).write_text(text, "utf-8")
    return name


def test_a_call_is_checked_and_every_fault_is_told_with_its_line(lytt: Lytt) -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        assert lytt("calls", "check", str(path)).returncode == 0
    text = FILES[KEY].replace("groups = 8", "groups = 0").replace("fill", "fil") + "\n[pony]\n"
    refused = lytt("calls", "check", written(lytt, "call.toml", text))
    assert refused.returncode == 1
    assert "call.toml:7: groups må være et helt tall" in refused.stderr
    assert f"call.toml:{len(text.splitlines())}: pony er ukjent her" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_call_that_nobody_here_could_decide_is_refused_before_it_is_published(lytt: Lytt) -> None:
    text = OPEN.replace('municipalities = ["trondheim"]', 'municipalities = ["nowhere"]')
    file = written(lytt, "call.toml", text)
    for command in ("check", "add"):
        refused = lytt("calls", command, file)
        assert (refused.returncode, "municipalities nowhere er ukjent" in refused.stderr) == (1, True)
    assert lytt("calls", "list").stdout.strip() == "There are no calls"


def test_a_call_that_windows_saved_is_read(lytt: Lytt) -> None:
    (lytt.folder / "call.toml").write_text(OPEN, "utf-8-sig")
    assert lytt("calls", "check", "call.toml").returncode == 0


def test_a_number_that_can_not_be_told_is_a_users_mistake(lytt: Lytt) -> None:
    for money in ("9" * 5_000, "0x" + "f" * 5_000, "9" * 50):
        text = OPEN.replace("money = 16_000_000", f"money = {money}")
        refused = lytt("calls", "check", written(lytt, "call.toml", text))
        assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    lytt("calls", "add", written(lytt, "call.toml", OPEN))
    for key in ("title", "colour"):
        file = written(lytt, "a.toml", f"{key} = 0x{'f' * 5_000}\n")
        refused = lytt("applications", "add", KEY, file)
        assert (refused.returncode, "altfor stort tall" in refused.stderr) == (1, True)


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed(lytt: Lytt) -> None:
    lytt("calls", "add", written(lytt, "call.toml", OPEN))
    sly = "Lappen\x1b]0;eid\x07 \x9b2J \u202eneppal"
    refused = lytt("applications", "add", KEY, written(lytt, "a.json", json.dumps(bent(KEY, {"title": sly}))))
    assert (refused.returncode, "ikke er tekst" in refused.stderr) == (1, True)
    told = lytt("applications", "add", KEY, "\x9b2J.json").stderr
    assert ("\x9b" in told, r"\u009b2J" in told) == (False, True)


def test_what_is_no_call_is_a_users_mistake(lytt: Lytt) -> None:
    (lytt.folder / "latin.toml").write_bytes("name = 'Søknad'".encode("cp1252"))
    with (lytt.folder / "large.toml").open("wb") as file:
        file.truncate(100_000_000)
    for name in ("nothing.toml", "latin.toml", "large.toml"):
        refused = lytt("calls", "check", name)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)


def test_a_call_is_published_listed_and_closed(lytt: Lytt) -> None:
    file = written(lytt, "call.toml", OPEN)
    assert "SHA-256" in lytt("calls", "add", file).stdout
    assert json.loads(lytt("calls", "list", "--json").stdout)[0]["state"] == "open"
    changed = written(lytt, "other.toml", OPEN.replace("groups = 8", "groups = 9"))
    refused = lytt("calls", "add", changed)
    assert (refused.returncode, "can not be changed" in refused.stderr) == (1, True)
    assert lytt("calls", "close", KEY).returncode == 0
    assert json.loads(lytt("calls", "list", "--json").stdout)[0]["state"] == "closed"
    assert lytt("calls", "close", "nothing").returncode == 1


def test_applications_are_added_and_listed_with_all_that_they_lack(lytt: Lytt) -> None:
    lytt("calls", "add", written(lytt, "call.toml", OPEN))
    both = [bent(KEY, {}), bent(KEY, {"title": "Annen", "budget": [], "contact": "nei"})]
    added = lytt("applications", "add", KEY, written(lytt, "a.json", json.dumps(both)), "--json")
    assert added.returncode == 1
    assert [each["taken"] for each in json.loads(added.stdout)] == [True, False]
    listed = json.loads(lytt("applications", "list", KEY, "--json").stdout)
    assert {each["title"]: (each["state"], set(each["reasons"])) for each in listed} == {
        "Veien til førerkortet": ("sent", set()),
        "Annen": ("draft", {"contact", "budget"}),
    }
    told = lytt("applications", "list", KEY, "--lang", "en").stdout
    assert "[contact]" in told


def test_a_hostile_file_changes_nothing(lytt: Lytt, tmp_path: Path) -> None:
    lytt("calls", "add", written(lytt, "call.toml", OPEN))
    refused = lytt("applications", "add", KEY, written(lytt, "a.csv", "title;contact\n=1+1;b\n"))
    assert (refused.returncode, "formel" in refused.stderr) == (1, True)
    assert lytt("applications", "list", KEY).stdout.strip() == "There are no applications"
    assert lytt("applications", "add", "nothing", "a.csv").returncode == 1


def test_only_a_coordinator_of_the_call_decides_and_only_once(lytt: Lytt) -> None:
    lytt("calls", "add", written(lytt, "call.toml", OPEN))
    lytt("applications", "add", KEY, written(lytt, "a.json", json.dumps(bent(KEY, {}))))
    for name, role in (("kari", "coordinator"), ("ola", "reviewer")):
        lytt("staff", "add", name, "--role", role)
    reason = ("--reason", "Flest ba om det.", "--full-name", "Kari Nordmann")
    assert lytt("decide", KEY, "--by", "kari", *reason).returncode == 1  # it is still open
    lytt("calls", "close", KEY)
    assert lytt("news", KEY).returncode == 1
    for name, more in (("ola", reason), ("nobody", reason), ("kari", ()), ("kari", reason[:2])):
        refused = lytt("decide", KEY, "--by", name, *more)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    made = lytt("decide", KEY, "--by", "kari", *reason)
    assert (made.returncode, "final" in made.stdout) == (0, True), made.stderr
    assert lytt("decide", KEY, "--by", "kari", *reason).returncode == 1
    assert lytt("news", KEY).stdout == "0 people are told\n"
    assert json.loads(lytt("calls", "list", "--json").stdout)[0]["state"] == "decided"
