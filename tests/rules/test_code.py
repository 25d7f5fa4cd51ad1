"""Rules about how the code is written, each with the reason for it."""

import ast
import statistics
from collections.abc import Iterator

from tests.rules.source import Module, modules

CLOCK = "bot/clock.py"

# Asking the world for a time, an identity or chance; seeded `random.Random` gives the same each time.
ASKS_THE_WORLD = (
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.urandom",
    "random",
    "secrets",
    "time",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7",
)
HARMLESS = ("random.Random", "secrets.compare_digest", "time.sleep")

# Who else may, and why.
MAY_ASK = {
    ("bot/store/crypto.py", "os.urandom"): "a nonce and a key must be unpredictable, never handed in",
    ("bot/store/crypto.py", "secrets"): "a nonce and a key must be unpredictable, never handed in",
}

LONGEST_TYPICAL, LONGEST_OF_NINE_IN_TEN = 8, 30


def full_names(module: Module) -> Iterator[tuple[int, str]]:
    """Each dotted name that is read, with its line, written out by the imports it stands on."""
    known = {imported.known_as: imported.stands_for for imported in module.imports()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            first, _, rest = ast.unparse(node).partition(".")
            if first in known:
                yield node.lineno, f"{known[first]}.{rest}".rstrip(".")


def within(name: str, prefixes: tuple[str, ...]) -> str | None:
    return next((prefix for prefix in prefixes if name == prefix or name.startswith(prefix + ".")), None)


def worldly(module: Module) -> set[str]:
    """Where a module asks the world for a time, an identity or chance without leave."""
    found = set()
    for line, name in full_names(module):
        asked = within(name, ASKS_THE_WORLD)
        bare_module = name in ("random", "secrets", "time")
        if asked and not bare_module and not within(name, HARMLESS) and (module.path, asked) not in MAY_ASK:
            found.add(f"{module.path}:{line} {name}")
    return found


def test_only_the_clock_asks_for_time_identity_and_chance() -> None:
    """Time and ids come in as arguments: that is what makes a conversation replay the same."""
    assert sorted(set().union(*(worldly(module) for module in modules() if module.path != CLOCK))) == []


def test_asking_the_world_is_noticed_however_it_is_imported() -> None:
    text = """
import time, random as dice
from datetime import UTC, datetime as moment
from uuid import uuid4
from secrets import token_hex
moment.now(UTC), time.time(), dice.choice([1]), uuid4, token_hex(), dice.Random(7), moment.fromisoformat("")
"""
    names = {found.split()[1] for found in worldly(Module("bot/somewhere.py", text))}
    assert names == {
        "datetime.datetime.now",
        "time.time",
        "random.choice",
        "uuid.uuid4",
        "secrets.token_hex",
    }


def opening(module: Module) -> str:
    """The first paragraph of a module's docstring, on one line."""
    return " ".join((ast.get_docstring(module.tree) or "").split("\n\n")[0].split())


def test_each_module_opens_with_one_sentence() -> None:
    """Who opens a file learns first what it is for; an empty package marker has nothing to say."""
    written = [module for module in modules("bot", "dialogs", "tests") if module.text.strip()]
    silent = [module.path for module in written if not opening(module).endswith((".", "!", "?", ":"))]
    assert silent == []


def imports_inside(module: Module) -> set[str]:
    """Imports within a function that do not say why on their line."""
    inside = [node for function in module.functions() for node in ast.walk(function)]
    return {
        f"{module.path}:{node.lineno}"
        for node in inside
        if isinstance(node, ast.Import | ast.ImportFrom) and "# why:" not in module.lines[node.lineno - 1]
    }


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides an arrow; where one must be, `# why:` on its line says so."""
    assert sorted(set().union(*map(imports_inside, modules("bot", "dialogs", "tests")))) == []


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    first = function.body[0]
    explained = ast.get_docstring(function, clean=False) is not None
    documented = (first.end_lineno or 0) - first.lineno + 1 if explained else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def test_functions_are_short() -> None:
    """Half of all functions fit in eight lines, nine of ten in thirty."""
    functions = {
        f"{module.path}:{function.lineno} {function.name}": length(function)
        for module in modules()
        for function in module.functions()
    }
    lengths = sorted(functions.values()) or [0]
    longest = sorted(functions, key=functions.__getitem__)[-10:]
    assert statistics.median(lengths) <= LONGEST_TYPICAL, longest
    assert lengths[len(lengths) * 9 // 10] <= LONGEST_OF_NINE_IN_TEN, longest
