"""The project's own code as syntax trees, for rules to look at."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
HOUSE = ("bot", "dialogs")


class Imported(NamedTuple):
    """One imported name: in full, as the module knows it, and what that stands for."""

    full: str
    known_as: str
    stands_for: str


@dataclass(frozen=True)
class Module:
    """One file of code."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def imports(self) -> Iterator[Imported]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.split(".")[0]
                    stands_for = alias.name if alias.asname else top
                    yield Imported(alias.name, alias.asname or top, stands_for)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    yield Imported(full, alias.asname or alias.name, full)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def modules(*tops: str) -> list[Module]:
    """The modules below some top-level folders, by default those of the house."""
    paths = [path for top in tops or HOUSE for path in sorted((ROOT / top).rglob("*.py"))]
    return [Module(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths]


def committed() -> dict[str, str]:
    """Every text file that git keeps, by its path; what is deleted and not yet committed is left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    found = {}
    for path in filter(None, listed.stdout.split("\0")):
        content = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b"\0"
        if b"\0" not in content:
            found[path] = content.decode("utf-8", errors="replace")
    return found


def documentation(*patterns: str) -> str:
    """The words of some documents, README.md and all of docs/ unless told."""
    paths = [path for pattern in patterns or ("README.md", "docs/**/*.md") for path in ROOT.glob(pattern)]
    return "\n".join(path.read_text("utf-8") for path in paths)


def says(words: str, text: str) -> bool:
    """Whether a text holds these words, not as part of longer ones."""
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text) is not None
