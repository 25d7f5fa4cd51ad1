"""Rules about what is committed: it must work on any machine, with any index."""

import re

from tests.rules.source import committed

# Written in pieces, so that this file is not what it looks for.
INDEX_HOSTS = "|".join(
    [
        r"\bpypi" + r"\.org",
        r"python" + r"hosted\.org",
        r"registry\." + r"npmjs",
        r"proxy\." + r"golang",
        r"deb\." + r"debian\.org",
    ]
)
MACHINE_PATHS = r"(?<![\w./-])(?:/work|/root|/home|/Users|/opt)" + r"/\w"
LOCKS = ("requirements/run.txt", "requirements/exports.txt", "requirements/test.txt")


def places(pattern: str) -> list[str]:
    """Every committed line that matches."""
    return [
        f"{path}:{number}"
        for path, text in committed().items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_file_names_a_package_index() -> None:
    """Who installs decides where packages come from."""
    assert places(INDEX_HOSTS) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert places(MACHINE_PATHS) == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert re.search(INDEX_HOSTS, "https://pypi" + ".org/simple")
    assert re.search(MACHINE_PATHS, "see /home" + "/kari/lytt")
    assert not re.search(MACHINE_PATHS, "https://kommune.test/work" + "/home")


def test_the_locks_hold_hashes_and_name_no_place() -> None:
    files = committed()
    for lock in LOCKS:
        lines = [line for line in files[lock].splitlines() if line and not line.lstrip().startswith("#")]
        requirements = [line for line in lines if not line.startswith(" ")]
        assert all(re.match(r"[\w.-]+==[\w.]+( ; .+)? \\$", line) for line in requirements), lock
        hashes = [line for line in lines if line.startswith(" ")]
        assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in hashes), lock


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==\S+", committed()[lock], re.MULTILINE))


def test_the_locks_agree() -> None:
    """What is tested is what runs."""
    run, exports, test = map(pins, LOCKS)
    assert run <= exports <= test
