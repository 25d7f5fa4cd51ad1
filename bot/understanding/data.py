"""The word lists, phrases and trained numbers that lie beside this code."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

_HERE = files("bot.understanding")
MODEL = Path(str(_HERE / "model.npz"))
PHRASES = ("needs_youth", "needs_family", "needs_more", "grave", "grave_more", "ordinary", "personal")


def words(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / "words" / f"{name}.toml").read_text("utf-8"))


def phrases(name: str) -> list[dict[str, Any]]:
    return json_lines((_HERE / "phrases" / f"{name}.jsonl").read_text("utf-8"))


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line]
