"""The commands that look after what people said, as they are typed."""

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.store.crypto import read_keys
from bot.store.presence import at_work
from tests.commands.lytt import TALK, Lytt

RECEIPT = re.compile(r"\b(?:\d{4} ){3}\d{4}\b")
NOBODY = "0000 0000 0000 0000\n"


@pytest.fixture
def lytt(tmp_path: Path) -> Lytt:
    (tmp_path / "here").mkdir()
    return Lytt(tmp_path / "here")


def receipt_of(lytt: Lytt) -> str:
    """Somebody tells what they need; their receipt."""
    found = RECEIPT.search(lytt("chat", typed=TALK).stdout)
    assert found
    return found[0]


def exported(lytt: Lytt) -> list[object]:
    lytt("export", "needs", "-o", "needs.json")
    rows: list[object] = json.loads((lytt.folder / "needs.json").read_text("utf-8"))
    (lytt.folder / "needs.json").unlink()
    return rows


def elsewhere(lytt: Lytt, *files: str) -> Lytt:
    """A clean machine, with these files of the first."""
    folder = lytt.folder.parent / "elsewhere"
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lytt.folder / file, folder / file)
    return Lytt(folder)


def test_a_person_sees_everything_and_has_it_erased(lytt: Lytt) -> None:
    receipt = receipt_of(lytt)
    shown = json.loads(lytt("person", "show", typed=receipt).stdout)
    assert shown["needs"][0]["words"] == "Jeg får ikke jobb uten lappen"
    assert lytt("person", "erase", typed=receipt).returncode == 0
    assert exported(lytt) == []
    again = lytt("person", "show", typed=receipt, log_level="ERROR")
    assert (again.returncode, again.stdout, len(again.stderr.splitlines())) == (1, "", 1)


def test_a_receipt_that_opens_nothing_is_one_clear_line(lytt: Lytt) -> None:
    receipt_of(lytt)
    rows = exported(lytt)
    for command in ("show", "erase"):
        refused = lytt("person", command, typed=NOBODY, log_level="ERROR")
        assert refused.returncode == 1
        assert "opens nothing" in refused.stderr
    assert exported(lytt) == rows


def test_the_keys_and_a_backup_are_enough_on_a_clean_machine(lytt: Lytt) -> None:
    kept, erased = receipt_of(lytt), receipt_of(lytt)
    made = lytt("backup", "monday.lytt")
    assert made.returncode == 0, made.stderr
    lytt("person", "erase", typed=erased)
    clean = elsewhere(lytt, "monday.lytt", "data/keys", "data/erased")
    restored = clean("restore", "monday.lytt")
    assert restored.returncode == 0, restored.stderr
    assert exported(clean) == exported(lytt) != []
    assert clean("person", "show", typed=kept).returncode == 0
    assert clean("person", "show", typed=erased).returncode == 1


def test_a_backup_is_not_restored_without_its_keys_or_over_anything(lytt: Lytt) -> None:
    receipt_of(lytt)
    rows = exported(lytt)
    assert lytt("backup", "monday.lytt").returncode == 0
    over = lytt("restore", "monday.lytt", log_level="ERROR")
    assert (over.returncode, "not empty" in over.stderr) == (1, True)
    assert exported(lytt) == rows
    clean = elsewhere(lytt, "monday.lytt")
    missing = clean("restore", "monday.lytt", log_level="ERROR")
    assert (missing.returncode, "no key file" in missing.stderr) == (1, True)
    assert clean("keys", "create").returncode == 0
    wrong = clean("restore", "monday.lytt", log_level="ERROR")
    assert (wrong.returncode, "no key" in wrong.stderr) == (1, True)
    assert clean("restore", "tuesday.lytt").returncode == 1


def test_a_second_backup_of_the_same_name_is_refused(lytt: Lytt) -> None:
    assert lytt("backup", "monday.lytt").returncode == 0
    held = (lytt.folder / "monday.lytt").read_bytes()
    assert lytt("backup", "monday.lytt").returncode == 1
    assert (lytt.folder / "monday.lytt").read_bytes() == held
    assert lytt("backup", "nowhere/monday.lytt", log_level="ERROR").returncode == 1


def test_keys_are_changed_and_a_receipt_still_opens(lytt: Lytt) -> None:
    receipt, rows = receipt_of(lytt), exported(lytt)
    changed = lytt("keys", "rotate")
    assert changed.returncode == 0, changed.stderr
    assert len(read_keys(lytt.folder / "data" / "keys").ids) == 2
    assert exported(lytt) == rows
    assert lytt("person", "show", typed=receipt).returncode == 0
    finished = lytt("keys", "rotate", "--finish")
    assert "conversations.receipt_hash" in finished.stdout
    assert len(read_keys(lytt.folder / "data" / "keys").ids) == 2


def test_keys_are_not_changed_while_lytt_runs(lytt: Lytt) -> None:
    receipt_of(lytt)
    with at_work(lytt.folder / "data" / "keys"):
        refused = lytt("keys", "rotate", log_level="ERROR")
    assert (refused.returncode, "stop it first" in refused.stderr) == (1, True)
    assert len(read_keys(lytt.folder / "data" / "keys").ids) == 1


def test_with_other_keys_nothing_is_opened(lytt: Lytt) -> None:
    receipt_of(lytt)
    rows = exported(lytt)
    keys = lytt.folder / "data" / "keys"
    keys.rename(lytt.folder / "the right ones")
    refused = lytt("chat", typed=TALK, log_level="ERROR")
    assert (refused.returncode, "find the key file" in refused.stderr) == (1, True)
    keys.unlink()
    (lytt.folder / "the right ones").rename(keys)
    assert exported(lytt) == rows
