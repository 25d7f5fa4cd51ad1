"""The word lists, phrases and trained numbers that lie beside this code."""

import hashlib
import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

_HERE = files("bot.understanding")
MODEL = Path(str(_HERE / "model.npz"))
NEEDS = ("needs_youth", "needs_family", "needs_more", "needs_wide", "needs_apart", "needs_stranger")
GRAVE = (
    "grave",
    "grave_more",
    "grave_wide",
    "grave_apart",
    "grave_stranger",
    "grave_voices",
    "grave_outright",
)
ORDINARY = ("ordinary", "ordinary_wide", "ordinary_long")
PHRASES = (*NEEDS, *GRAVE, *ORDINARY, "personal")


def words(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / "words" / f"{name}.toml").read_text("utf-8"))


def phrases(name: str) -> list[dict[str, Any]]:
    return json_lines((_HERE / "phrases" / f"{name}.jsonl").read_text("utf-8"))


def taught_by() -> str:
    """A fingerprint of all that the model is made from, to tell a model that is older than its phrases."""
    files_read = [*(f"phrases/{name}.jsonl" for name in PHRASES), "words/needs.toml", "words/dialect.toml"]
    together = hashlib.sha256()
    for name in files_read:
        together.update((_HERE / name).read_bytes())
    return together.hexdigest()


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line]
