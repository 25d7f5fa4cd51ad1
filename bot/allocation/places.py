"""Where each key of a TOML text stands, so that a fault can name its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|\n|.', re.DOTALL
)
_KEY = re.compile(r'\s*(?:"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([\w-]+))\s*')
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


def lines_of(text: str) -> dict[Path, int]:
    """The line of every key and table, by its path; the text must be TOML."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for line, statement in _statements(text):
        if statement.startswith("[["):
            named = _resolved(_keys(statement[2:]), counts)
            counts[named] = counts.get(named, -1) + 1
            here = (*named, counts[named])
            found.setdefault(named, line)
            found[here] = line
        elif statement.startswith("["):
            here = _resolved(_keys(statement[1:]), counts)
            found[here] = line
        else:
            found[here + _keys(statement)] = line
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each key with its value, and the line it begins on."""
    line, begun, depth, held = 1, 1, 0, ""
    for token in _TOKEN.findall(text + "\n"):
        if token == "\n" and depth == 0:
            if held.strip():
                yield begun, held.strip()
            held = ""
        elif not token.startswith("#"):
            if not held.strip():
                begun = line
            held += token
            depth += _DEPTH.get(token, 0)
        line += token.count("\n")


def _keys(written: str) -> Path:
    """The parts of a dotted key, as far as it goes."""
    keys: list[str] = []
    position = 0
    while match := _KEY.match(written, position):
        keys.append(next(group for group in match.groups() if group is not None))
        position = match.end()
        if written[position : position + 1] != ".":
            break
        position += 1
    return tuple(keys)


def _resolved(keys: Path, counts: dict[Path, int]) -> Path:
    """The path of a header: a part that names a list of tables means the last of them."""
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    return path + keys[-1:]
