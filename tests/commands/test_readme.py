"""The README's examples do what the README says, and links between documents lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.commands.lytt import ROOT, environment

CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
DIGITS = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
NUMBER = "0000 0000 0000 0000"
LINK = re.compile(r"""(?:\]\(|src=")([^)#"]+)""")


def examples() -> list[tuple[str, list[str]]]:
    """Each command of the README, and the lines it shows of the answer; `...` stands for any."""
    told = "\n".join(CONSOLE.findall((ROOT / "README.md").read_text("utf-8")))
    blocks = [block.splitlines() for block in told.split("$ ")[1:]]
    return [(command, [line for line in shown if line != "..."]) for command, *shown in blocks]


def run(command: str, folder: Path) -> str:
    """What a command answers in a shell that finds `lytt` as in the environment of the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment({}) | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return DIGITS.sub(NUMBER, done.stdout)


def test_the_examples_answer_what_the_readme_shows(tmp_path: Path) -> None:
    assert len(examples()) >= 2
    for command, shown in examples():
        answer = run(command, tmp_path).splitlines()
        at = 0
        for line in shown:
            assert line in answer[at:], f"{command}\nnever says: {line}"
            at = answer.index(line, at) + 1


def test_documents_link_to_what_is_there() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = {
        (document.name, link): document.parent / link
        for document in documents
        for link in LINK.findall(document.read_text("utf-8"))
        if "://" not in link
    }
    assert [where for where, target in links.items() if not target.exists()] == []
