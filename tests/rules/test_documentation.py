"""Rules about what must be written down: a setting or command nobody can read about is not there."""

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator

import typer

from tests.rules.source import documentation, modules, says


def settings_declared() -> Iterator[str]:
    """The fields of every settings class, as the environment names them."""
    for module in modules("bot"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and any(
                "BaseSettings" in ast.unparse(base) for base in node.bases
            ):
                fields = [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
                yield from (f"LYTT_{ast.unparse(field).upper()}" for field in fields)


def settings_mentioned() -> Iterator[str]:
    """The settings that code or its messages name."""
    for module in modules("bot"):
        yield from re.findall(r"\bLYTT_[A-Z_]*[A-Z]\b", module.text)


def test_each_setting_is_documented() -> None:
    written = documentation("README.md", "docs/operations.md")
    known = {*settings_declared(), *settings_mentioned()}
    assert sorted(name for name in known if not says(name, written)) == []


def commands(command: object, path: str) -> Iterator[str]:
    """Every command below one, as it is typed."""
    below: dict[str, object] = getattr(command, "commands", {})
    if not below:
        yield path
    for name, child in below.items():
        if not getattr(child, "hidden", False):
            yield from commands(child, f"{path} {name}")


def command_line() -> object | None:
    """The command `lytt`, once there is one."""
    if importlib.util.find_spec("bot.__main__") is None:
        return None
    return typer.main.get_command(importlib.import_module("bot.__main__").command_line(()))


def test_each_command_is_documented() -> None:
    lytt = command_line()
    known = list(commands(lytt, "lytt")) if lytt else []
    written = re.sub(r"\s+", " ", documentation())
    assert [typed for typed in known if not says(typed, written)] == []


def test_commands_are_found_below_their_groups() -> None:
    lytt, export = typer.Typer(), typer.Typer()
    export.command("needs")(lambda: None)
    lytt.add_typer(export, name="export")
    lytt.command("serve")(lambda: None)
    assert sorted(commands(typer.main.get_command(lytt), "lytt")) == ["lytt export needs", "lytt serve"]
