"""Write the whole conversation down to be read: preview.html for the eye, docs/script-nb.md in order."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

from bot import municipalities
from bot.channels.base import CHANNELS, Abilities, Shown
from bot.i18n import SOURCE, Words
from bot.render import render
from dialogs.describe import Scene, Turn, diagram, scenes
from dialogs.model import Municipality
from dialogs.text import Text

ROOT = Path(__file__).parents[1]
PREVIEW = ROOT / "preview.html"
SCRIPT = ROOT / "docs" / "script-nb.md"
DEMO = "trondheim"
LONGEST_LINE = 160  # characters; a longer line is cut, for it only shows that long texts are kept

PAGE = Path(__file__).with_name("preview_page.html")
OPENING = """# Hele samtalen på bokmål

Laget av `make preview` fra spørsmålene selv. En test passer på at de er like.
Det Lytt sier, står i sitat. Det et menneske gjør, står med strek foran.
Hver samtale viser bare det som ikke er sagt lenger oppe.
"""


def cut(text: str) -> str:
    """The same lines, each short enough to read over."""
    return "\n".join(textwrap.shorten(line, LONGEST_LINE, placeholder=" …") for line in text.splitlines())


def did(turn: Turn, words: Words, language: str) -> str:
    """What the person did, as they would see it."""
    spoken = (words.say(Text("{act}", (("act", act),)), language) for act in turn.did)
    return cut(" + ".join(spoken))


def shown(turn: Turn, words: Words, language: str, abilities: Abilities) -> tuple[Shown, ...]:
    """What is answered, as a channel shows it."""
    ids = [str(place) for place, _ in enumerate(turn.messages)]
    return render(turn.messages, words, language, abilities, ids)


def page(words: Words, place: Municipality) -> str:
    """Every question in every language and channel, on one page."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cut"] = cut
    channels = {
        name: [
            (scene.title, _turns(scene, words, can))
            for scene in scenes(place, can.youngest_age, unsends=can.unsends)
        ]
        for name, can in CHANNELS.items()
    }
    numbered = {name: can.numbered for name, can in CHANNELS.items()}
    template = environment.from_string(PAGE.read_text("utf-8"))
    return template.render(languages=words.languages, channels=channels, numbered=numbered)


def _turns(
    scene: Scene, words: Words, abilities: Abilities
) -> list[list[tuple[str, str, tuple[Shown, ...]]]]:
    """The turns of a scene, each in all languages side by side."""
    return [
        [(code, did(turn, words, code), shown(turn, words, code, abilities)) for code in words.languages]
        for turn in scene.turns
    ]


def script(words: Words, place: Municipality) -> str:
    """The whole bokmål script in the order a person meets it."""
    lines = [OPENING, "```mermaid", diagram(place), "```"]
    told: set[str] = set()
    for scene in scenes(place):
        lines += ["", f"## {scene.title}", ""]
        for turn in scene.turns:
            lines += _said(turn, words, told)
    return "\n".join(lines) + "\n"


def _said(turn: Turn, words: Words, told: set[str]) -> Iterator[str]:
    """One turn as Markdown, without what was told before."""
    if act := did(turn, words, SOURCE):
        yield from (f"– {act}", "")
    for message in shown(turn, words, SOURCE, CHANNELS["web"]):
        labels = " ".join(f"{each.label}." for each in (*message.choices, *message.ways))
        lines = [*cut(message.text).splitlines(), *([f"*Du kan velge:* {labels}"] if labels else [])]
        block = "\n>\n".join(f"> {line}" for line in lines)
        if block not in told:
            told.add(block)
            yield from (block, "")


def main() -> None:
    """Write both files."""
    words, place = Words(ROOT / "locales"), municipalities.load()[DEMO].municipality
    PREVIEW.write_text(page(words, place), "utf-8")
    SCRIPT.parent.mkdir(exist_ok=True)
    SCRIPT.write_text(script(words, place), "utf-8")
    print(f"Wrote {PREVIEW.name} and {SCRIPT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
