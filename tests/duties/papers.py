"""The parts of docs/privacy.md, threat-model.md and dpia.md that are made from the code."""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.clock import DAY_MS, HOUR_MS
from bot.store.outlived import KINDS
from bot.store.tables.base import metadata
from dialogs.describe import scenes
from tests.dialogs.situations import PLACE
from tests.duties.matrix import THREATS, Duty

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# Every host that stands in the code, and why; another one needs a line here, and an agreement or a reason.
HOSTS = {
    "api.telegram.org": "Telegram: own controller, outside the EEA; only where a token is set, from 16",
    "t.me": "a link for the person's own phone; nothing is sent there",
    "www.yr.no": "where the button to leave leads; nothing is sent there (LYTT_LEAVE_URL)",
}
SET_BY_WHO_RUNS_IT = {
    "LYTT_SMTP_URL": "the municipality's mail server: alerts that say only that something waits",
    "LYTT_DATABASE_URL": "the municipality's own database; a file beside Lytt if unset",
}
# Of a picture language, of words, and of what a description of open data speaks of: nothing is asked there.
ONLY_NAMES = (
    "www.w3.org",
    "psi.norge.no",
    "purl.org",
    "xmlns.com",
    "publications.europa.eu",
    "data.brreg.no",
    "www.iana.org",
)
_BLOCK = r"(<!-- made from the code: {name} -->\n).*?(<!-- end -->)"


def register() -> str:
    """Every column: what it is for, and whether it can point at a person."""
    lines = ["| table | column | what for | personal |", "|---|---|---|---|"]
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        for column in table.columns:
            mark = "yes" if column.info["personal"] else ""
            lines.append(f"| {table.name} | {column.name} | {column.info['purpose']} | {mark} |")
    return "\n".join(lines)


def kept() -> str:
    """How long each kind of data is kept, and who says so."""
    lines = ["| kind | how long | counted from | source |", "|---|---|---|---|"]
    lines += [f"| {kind.name} | {_length(kind.kept_ms)} | {kind.since} | {kind.source} |" for kind in KINDS]
    return "\n".join(lines)


def _length(milliseconds: int) -> str:
    days, rest = divmod(milliseconds, DAY_MS)
    return f"{days} days" if not rest else f"{milliseconds // HOUR_MS} hours"


def hosts() -> str:
    """Where data can go at all."""
    lines = ["| host or setting | what goes there |", "|---|---|"]
    lines += [f"| {name} | {why} |" for name, why in (HOSTS | SET_BY_WHO_RUNS_IT).items()]
    return "\n".join(lines)


def hosts_in_code() -> set[str]:
    """Every host in a literal address of the code, but for examples and what is only a name."""
    found = {urlsplit(url).hostname for url in _addresses()}
    return {host for host in found if host and not host.endswith((".example", ".test", *ONLY_NAMES))}


def _addresses() -> Iterator[str]:
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(r"https?://[\w.-]+\w", node.value)


def threats() -> str:
    """Each threat, the tests that hold it, and what is left."""
    lines = ["| id | threat | held by | left |", "|---|---|---|---|"]
    lines += [f"| {id} | {duty.what} | {_tests(duty)} | {duty.why_not} |" for id, duty in THREATS.items()]
    return "\n".join(lines)


def _tests(duty: Duty) -> str:
    return "<br>".join(f"`{test}`" for test in duty.tests)


def script_mark() -> str:
    """A mark of every question and answer: another script must be assessed anew."""
    texts = {
        text.msgid
        for scene in scenes(PLACE)
        for turn in scene.turns
        for message in turn.messages
        if message.question
        for text in (*message.texts, *(choice.label for choice in message.choices))
    }
    return f"`{hashlib.sha256(chr(10).join(sorted(texts)).encode()).hexdigest()[:16]}`"


BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "privacy.md": {"register": register, "kept": kept, "hosts": hosts},
    "threat-model.md": {"threats": threats},
}


def renewed(name: str) -> str:
    """A document with its parts made anew."""
    text = (DOCS / name).read_text("utf-8")
    for block, make in BLOCKS[name].items():
        pattern = re.compile(_BLOCK.format(name=block), re.DOTALL)
        found = pattern.search(text)
        if not found:
            raise ValueError(f"docs/{name} has no place for {block}")
        text = f"{text[: found.start()]}{found[1]}{make()}\n{found[2]}{text[found.end() :]}"
    return text


def main() -> int:
    """Write them."""
    for name in BLOCKS:
        (DOCS / name).write_text(renewed(name), "utf-8")
    sys.stdout.write(f"docs/dpia.md was assessed for the script {script_mark()} if it says so\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
