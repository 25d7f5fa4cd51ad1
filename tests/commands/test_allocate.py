"""From a call and an application to a proposal that anybody can make once more."""

import json
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from bot.allocation import pabulib
from bot.commands.allocating import MUCH_MEMORY, memory
from bot.operations import opening
from bot.settings import Settings
from tests.allocation import town
from tests.commands.lytt import TALK, Lytt
from tests.funding.written import FILES, bent
from tests.rules.source import ROOT

KEY = "trondheim-2021"
A_SECOND = pytest.mark.xfail(  # not strict: a faster machine is no fault
    reason="1.32 s: 0.53 to load, 0.35 for the margins, 0.15 for six PDF files", strict=False
)
TRIES = 3  # others on the machine slow a core too: the quickest is what it takes
ASSEN = ROOT.parent / "shared" / "data" / "pabulib" / "Netherlands_Assen_2024.pb"


@pytest.fixture
def call(lytt: Lytt) -> Lytt:
    """The command where a call is open, one person with a code asks for a licence, and one group applies."""
    (code,) = json.loads(lytt("codes", "new", "--place", "Ungdomshuset", "--json").stdout)
    text = FILES[KEY].replace("deadline = 2021-05-31T23:59:59", "deadline = 2999-05-31T23:59:59")
    (lytt.folder / "call.toml").write_text(text, "utf-8")
    (lytt.folder / "applied.json").write_text(json.dumps([bent(KEY, {})]), "utf-8")
    for words, typed in ((("chat",), f"kode {code}\n{TALK}"), (("calls", "add", "call.toml"), "")):
        done = lytt(*words, typed=typed)
        assert done.returncode == 0, done.stderr
    done = lytt("applications", "add", KEY, "applied.json")
    assert done.returncode == 0, done.stdout + done.stderr
    return lytt


@pytest.fixture
def closed(call: Lytt) -> Lytt:
    """The same, and the call is closed."""
    done = call("calls", "close", KEY)
    assert done.returncode == 0, done.stderr
    return call


def test_a_proposal_is_written_and_made_once_more(closed: Lytt) -> None:
    call = closed
    done = call("allocate", KEY, "-o", "out", "--compare")
    assert done.returncode == 0, done.stderr
    assert "no public/" not in done.stdout
    public = {path.name for path in (call.folder / "out" / "public").iterdir()}
    assert {
        "allocation.json",
        "allocation.csv",
        "explanation.md",
        "explanation.html",
        "explanation.pdf",
    } <= public
    held = json.loads((call.folder / "out" / "internal" / "allocation.json").read_text("utf-8"))
    assert [each["units"] for each in held["accounts"]["most-requested"]["measures"]] == [1]
    (attester,) = held["attesters"]
    assert (attester["name"], attester["people"], len(attester["lost"])) == (None, 1, 1)
    again = call("allocate", "--verify", "out")
    assert again.returncode == 0, again.stdout + again.stderr
    (shown,) = json.loads(call("calls", "list", "--json").stdout)
    assert f"its seed's SHA-256 {shown['seed_hash']}\n" in again.stdout
    (call.folder / "out" / "public" / "explanation.md").write_text("Alle får alt", "utf-8")
    other = call("allocate", "--verify", "out")
    assert (other.returncode, other.stdout) == (
        1,
        "public/explanation.md is not what the snapshot comes to\n",
    )
    full = call("allocate", KEY, "-o", "out")
    assert (full.returncode, full.stderr) == (1, "lytt: out is not empty; name a new folder\n")


def test_what_a_font_lacks_holds_no_proposal_up(call: Lytt) -> None:
    named = bent(KEY, {"title": "Fritid for alle 😀"})
    (call.folder / "emoji.json").write_text(json.dumps([named]), "utf-8")
    assert call("applications", "add", KEY, "emoji.json").returncode == 0
    assert call("calls", "close", KEY).returncode == 0
    done = call("allocate", KEY, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "Fritid for alle 😀" in (call.folder / "out" / "internal" / "explanation.md").read_text("utf-8")
    assert call("allocate", "--verify", "out").returncode == 0


def test_of_an_open_call_nothing_is_written_that_could_be_published(call: Lytt) -> None:
    """Two folders, one person apart, would give that person away."""
    done = call("allocate", KEY, "-o", "out")
    assert "There is no public/ in it" in done.stdout
    assert [path.name for path in (call.folder / "out").iterdir()] == ["internal"]
    assert call("allocate", "--verify", "out").returncode == 0


def test_another_rule_than_the_calls_is_for_those_inside(closed: Lytt) -> None:
    done = closed("allocate", KEY, "-o", "out", "--rule", "phragmen")
    assert "There is no public/ in it" in done.stdout
    assert [path.name for path in (closed.folder / "out").iterdir()] == ["internal"]


def test_a_folder_of_an_older_version_is_told_to_be_so(closed: Lytt) -> None:
    assert closed("allocate", KEY, "-o", "out").returncode == 0
    (closed.folder / "out" / "internal" / "call.toml").unlink()
    done = closed("allocate", "--verify", "out")
    told = "internal/call.toml is missing: a folder of an older version does not hold its call"
    assert (done.returncode, done.stderr) == (1, f"lytt: out: {told}\n")


def test_a_setting_says_how_few_are_left_out_of_what_is_published(call: Lytt) -> None:
    done = call("allocate", KEY, "-o", "out", publish_fewest="50")
    assert done.returncode == 0, done.stderr
    held = json.loads((call.folder / "out" / "internal" / "snapshot.json").read_text("utf-8"))
    assert held["fewest"] == 50
    assert call("allocate", "--verify", "out").returncode == 0  # whatever the setting is there


@pytest.fixture
async def town_kept(lytt: Lytt) -> Lytt:
    """The command where the invented town's call has been closed."""
    found = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{lytt.folder / 'data' / 'lytt.db'}",
        secret_key_file=lytt.folder / "data" / "keys",
    )
    async with opening.stored(found) as world:
        await town.settle(world)
    return lytt


@A_SECOND
async def test_the_invented_town_is_shared_out_within_a_second_of_a_core(town_kept: Lytt) -> None:
    """All of the command: its process from start to end, the database, five rules and 24 files."""
    taken = [await shared_out(town_kept, "out")]
    assert len([path for path in (town_kept.folder / "out").rglob("*") if path.is_file()]) == 24
    while min(taken) >= 1 and len(taken) < TRIES:
        taken.append(await shared_out(town_kept, f"out{len(taken)}"))
    assert min(taken) < 1


async def test_sharing_out_the_town_takes_no_more_than_twice_what_it_takes_to_load_the_command(
    town_kept: Lytt,
) -> None:
    """So the second above, which is not met, does not slip further; both on the same machine, in turn."""
    whole, loaded = [], []
    for number in range(TRIES):
        whole.append(await shared_out(town_kept, f"out{number}"))
        loaded.append(await seconds(town_kept, 1, "allocate"))  # names no call: all is loaded, nothing done
        if min(whole) - min(loaded) < 2 * min(loaded):
            break
    assert min(whole) - min(loaded) < 2 * min(loaded)


async def shared_out(lytt: Lytt, folder: str) -> float:
    """The seconds of a core that the command takes."""
    return await seconds(lytt, 0, "allocate", KEY, "--compare", "-o", folder)


async def seconds(lytt: Lytt, status: int, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    async with lytt.running(*words) as process:
        told, _ = await process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == status, told.decode()
    if status == 0:
        row = ["most-requested", "5820000", "8", "applicants"]
        assert told.decode().splitlines()[0].split()[:4] == row
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_an_election_is_decided_on_the_command_line(lytt: Lytt) -> None:
    done = lytt("allocate", "--pb", str(ASSEN), "--rule", "equal-shares-add1", "--json")
    held = json.loads(done.stdout)
    assert (done.returncode, held["cost"], held["unexplained_ejr_plus"]) == (0, "76700", [])
    assert len(held["chosen"]) == 9


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--pb", "nowhere.pb"), "lytt: nowhere.pb: No such file or directory\n"),
        (("--pb", "empty.pb"), "lytt: empty.pb: the section META is missing\n"),
        (("--pb", "other.pb"), "lytt: other.pb is not UTF-8\n"),
        (("--pb", "/dev/zero"), "lytt: /dev/zero is no file\n"),
        (("--pb", "."), "lytt: . is no file\n"),
        (("--verify", "nowhere"), "lytt: nowhere: internal/snapshot.json is missing\n"),
        (("no-such-call", "-o", "out"), "lytt: there is no call no-such-call\n"),
        ((), "lytt: name a call and a folder (-o), or use --compare, --verify or --pb\n"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(lytt: Lytt, words: tuple[str, ...], told: str) -> None:
    (lytt.folder / "empty.pb").write_text("")
    Path(lytt.folder / "other.pb").write_bytes(b"\xff\xfe")
    done = lytt("allocate", *words)
    assert (done.returncode, done.stderr.splitlines(keepends=True)[-1]) == (1, told)


def test_an_election_that_windows_saved_is_read(lytt: Lytt) -> None:
    (lytt.folder / "bom.pb").write_text(ASSEN.read_text("utf-8"), "utf-8-sig")
    assert lytt("allocate", "--pb", "bom.pb").returncode == 0


def test_shares_that_may_take_all_the_memory_are_told_of_before(lytt: Lytt) -> None:
    given = pabulib.read(ASSEN.read_text("utf-8"))
    assert memory(given) < MUCH_MEMORY // 1_000
    many = replace(given, voices=given.voices * 10_000, measures=given.measures * 100)
    assert memory(many) > MUCH_MEMORY


def test_a_rule_that_is_none_is_refused_with_those_there_are(lytt: Lytt) -> None:
    done = lytt("allocate", "--pb", str(ASSEN), "--rule", "fair")
    assert done.returncode == 1
    assert "fair is no rule; there are most-requested, equal-shares," in done.stderr
