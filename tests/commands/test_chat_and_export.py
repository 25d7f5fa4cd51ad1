"""A whole conversation through a pipe, and what comes out of it."""

import fcntl
import json
import os
import re
import subprocess
import termios
from functools import partial

import pytest

from tests.commands.lytt import COMMAND, TALK, Lytt, environment
from tests.exports.rows import read_csv, read_xlsx

RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")
PRINTED = re.compile(r"^\{$.*?^\}$", re.MULTILINE | re.DOTALL)
WORDS = "Jeg får ikke jobb uten lappen"


def test_a_conversation_through_a_pipe_ends_with_a_receipt_and_comes_out_as_needs(lytt: Lytt) -> None:
    talked = lytt("chat", typed=TALK)
    assert talked.returncode == 0, talked.stderr
    (receipt,) = RECEIPT.findall(talked.stdout)
    assert "(/help)" in talked.stdout

    for ending in ("json", "jsonl", "csv", "xlsx"):
        written = lytt("export", "needs", "-o", f"n.{ending}")
        assert (written.returncode, written.stdout) == (0, f"2 needs in n.{ending}\n")
        assert WORDS not in written.stderr, "a log never holds what people write"
    first = needs(lytt)[0]
    assert first["own_words"] == WORDS
    assert first["order"] == 1
    assert (first["age_band"], first["target_group"], first["district"]) == ("16-17", "youth", "midtbyen")
    assert (first["answer"], first["answer_time"]) == ("adult", "evening")
    assert "driving_licence" in {need["category"] for need in needs(lytt)}
    written_as_text = (lytt.folder / "n.json").read_text("utf-8")
    assert receipt not in written_as_text
    assert receipt.replace(" ", "") not in written_as_text
    same_in_every_format(lytt)


def needs(lytt: Lytt) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads((lytt.folder / "n.json").read_text("utf-8"))
    return rows


def same_in_every_format(lytt: Lytt) -> None:
    lines = (lytt.folder / "n.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == needs(lytt)
    (names, *rows) = read_csv(lytt.folder / "n.csv")
    assert names == list(needs(lytt)[0])
    assert [row[names.index("own_words")] for row in rows] == [need["own_words"] for need in needs(lytt)]
    assert next(iter(read_xlsx(lytt.folder / "n.xlsx"))) == names


def test_a_receipt_goes_on_with_an_earlier_talk(lytt: Lytt) -> None:
    (receipt,) = RECEIPT.findall(lytt("chat", typed=TALK).stdout)
    again = lytt("chat", "--receipt", typed=f"{receipt}\nmine svar\n")
    assert again.returncode == 0, again.stderr
    assert WORDS in again.stdout
    wrong = lytt("chat", "--receipt", typed="0000 0000 0000 0000\nmine svar\n")
    assert WORDS not in wrong.stdout


def test_what_is_kept_is_printed_to_take_along(lytt: Lytt) -> None:
    typed = f"16-17\n{WORDS}\nja\n/take\nmine svar\nta med svarene\n"
    talked = lytt("chat", typed=typed)
    assert talked.returncode == 0, talked.stderr
    printed = [json.loads(each) for each in PRINTED.findall(talked.stdout)]
    assert [each["conversations"][0]["state"]["needs"][0]["words"] for each in printed] == [WORDS, WORDS]
    assert WORDS not in talked.stderr


def test_lines_that_end_in_the_middle_say_that_nothing_is_sent(lytt: Lytt) -> None:
    broken_off = lytt("chat", typed="18\nJeg får ikke jobb uten lappen\nja\n")
    assert broken_off.returncode == 0
    assert "ikke sendt" in broken_off.stdout.split("Hvor bor du?")[1]
    assert RECEIPT.findall(broken_off.stdout) == []
    assert lytt("export", "needs", "-o", "n.json").stdout == "0 needs in n.json\n"


@pytest.mark.parametrize(("language", "asked"), [("nn", "Kven er du?"), ("en", "Who are you?")])
def test_the_talk_is_in_the_language_that_is_asked_for(lytt: Lytt, language: str, asked: str) -> None:
    assert asked in lytt("chat", "--lang", language).stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("chat", "--lang", "xx"), "xx is no language"),
        (("chat", "--municipality", "atlantis"), "atlantis is no municipality"),
        (("chat", "--receipt"), "the first line must be the receipt"),
        (("export", "needs", "-o", "n.pdf"), "the ending must be one of"),
        (("export", "needs", "-o", "n.json", "--bom"), "byte order mark"),
        (("export", "needs", "-o", "missing/n.csv"), "is not there"),
        (("export", "needs", "-o", "n.csv", "--municipality", "atlantis"), "no municipality"),
        (("export", "needs", "-o", "n.csv", "--by", "nobody"), "nobody has no account"),
    ],
)
def test_a_mistake_is_one_clear_line(lytt: Lytt, words: tuple[str, ...], told: str) -> None:
    refused = lytt(*words, log_level="ERROR")
    assert refused.returncode == 1
    assert told in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not any(name.startswith("n.") for name in lytt.files())


def test_in_production_a_named_human_answers_for_an_export(lytt: Lytt) -> None:
    assert lytt("chat", typed=TALK).returncode == 0
    assert lytt("staff", "add", "kari", "--role", "coordinator").returncode == 0
    production = {"environment": "production"}
    for missing in ((), ("--by", "kari"), ("--reason", "rapport"), ("--by", "kari", "--reason", " ")):
        refused = lytt("export", "needs", "-o", "n.json", *missing, **production)
        assert refused.returncode == 1
        assert "--by STAFF --reason TEXT" in refused.stderr
    asked = ("export", "needs", "-o", "n.json", "--by", "kari", "--reason", "rapport")
    given = lytt(*asked, **production)
    assert given.returncode == 0, given.stderr
    assert "own_words" not in needs(lytt)[0]
    assert "staff='kari'" in given.stderr
    assert "reason='rapport'" in given.stderr
    assert lytt(*asked, "--words", **production).returncode == 0
    assert needs(lytt)[0]["own_words"] == WORDS
    assert lytt("staff", "disable", "kari").returncode == 0
    assert lytt(*asked, **production).returncode == 1


def test_at_a_keyboard_there_is_a_prompt_and_ctrl_c_ends_the_talk_kindly(lytt: Lytt) -> None:
    keyboard, terminal = os.openpty()
    talking = subprocess.Popen(
        [*COMMAND, "chat"],
        cwd=lytt.folder,
        env=environment({"log_level": "ERROR"}),
        stdin=terminal,
        stdout=subprocess.PIPE,
        preexec_fn=partial(take_as_own, terminal),
    )
    assert talking.stdout
    told = b""
    while b"> " not in told:
        told += os.read(talking.stdout.fileno(), 10_000)
    os.write(keyboard, b"\x03")
    rest, _ = talking.communicate(timeout=20)
    assert talking.returncode == 0
    assert "kan komme tilbake" in rest.decode()


def take_as_own(terminal: int) -> None:
    """Make this the terminal whose Ctrl-C reaches the process."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
