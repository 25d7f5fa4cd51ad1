"""Rules about who may know whom, beside the import contract in pyproject.toml."""

import re
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.rules.source import ROOT, Module, modules

# The standard library's ways to a clock, chance, files, networks, processes and threads.
IMPURE = {
    "asyncio",
    "concurrent",
    "glob",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "shelve",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
PURE = (sys.stdlib_module_names - IMPURE) | {"dialogs", "pydantic"}


def test_the_conversation_knows_only_the_standard_library_and_pydantic() -> None:
    """The same input gives the same output: nothing in dialogs/ can reach a clock, a file or a network."""
    strays = [
        f"{module.path}: {imported.full}"
        for module in modules("dialogs")
        for imported in module.imports()
        if imported.full.split(".")[0] not in PURE
    ]
    assert strays == []


def test_each_room_has_its_place_in_the_import_contract() -> None:
    """A room that the contract does not name could import anything."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        layers = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    named = set(re.findall(r"[\w.]+", " ".join(layers)))
    rooms = {".".join(module.name.split(".")[:2]) for module in modules("bot")} - {"bot"}
    assert sorted(rooms - named) == []


def arrows(house: list[Module]) -> dict[str, set[str]]:
    """Which modules each module imports; `from package import module` counts as the module."""
    names = {module.name for module in house}
    graph: dict[str, set[str]] = {}
    for module in house:
        wanted = [imported.full for imported in module.imports()]
        asked = {full if full in names else full.rpartition(".")[0] for full in wanted}
        graph[module.name] = (asked & names) - {module.name}
    return graph


def test_no_module_imports_itself_by_a_detour() -> None:
    """Direction costs nothing while it is kept; a cycle of modules can only be changed as one."""
    try:
        TopologicalSorter(arrows(modules())).prepare()
    except CycleError as cycle:
        pytest.fail(" <- ".join(cycle.args[1]), pytrace=False)


def test_a_cycle_is_noticed() -> None:
    house = [Module("bot/a.py", "from bot import b"), Module("bot/b.py", "from bot.a import name")]
    assert arrows(house) == {"bot.a": {"bot.b"}, "bot.b": {"bot.a"}}
    with pytest.raises(CycleError):
        TopologicalSorter(arrows(house)).prepare()
