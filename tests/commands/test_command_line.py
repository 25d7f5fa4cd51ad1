"""What is typed is found, and nothing that it does not need is loaded."""

import subprocess
import sys

import typer

from bot.__main__ import command_line, fault
from bot.commands import COMMANDS
from bot.commands.shared import USERS_MISTAKE
from tests.rules.source import ROOT

HEAVY = {"bot.web", "fastapi", "telegram", "aiohttp", "numpy", "typst"}


def names(app: typer.Typer) -> list[str]:
    return sorted(typer.main.get_group(app).commands)


def test_each_command_is_listed_under_the_file_it_is_in() -> None:
    for listed in COMMANDS.values():
        assert names(command_line(listed[:1])) == sorted(listed)
    assert names(command_line(())) == sorted(name for listed in COMMANDS.values() for name in listed)


def test_what_shares_out_money_loads_neither_the_web_nor_telegram() -> None:
    ask = f"import sys, bot.__main__ as m; m.command_line(['allocate']); print({HEAVY} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_who_reads_only_the_first_lines_is_told_of_no_fault_of_ours() -> None:
    status, told = fault(ExceptionGroup("at work", [BrokenPipeError()]))
    assert (status, "fault" in told) == (USERS_MISTAKE, False)
