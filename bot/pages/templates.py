"""Pages from templates, in the language of who reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.i18n import SOURCE, Words
from bot.pages.files import Files
from dialogs.text import Text, Value

HERE = Path(__file__).parent / "templates"


class Pages:
    """Templates of several rooms, which all stand on `base.html` here."""

    def __init__(self, words: Words, folders: Sequence[Path], files: Files) -> None:
        self.words = words
        self._templates = Environment(
            loader=FileSystemLoader([HERE, *folders]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(file=files.address, languages=words.names)

    def language(self, wanted: str | None) -> str:
        """The language asked for, if it is one of ours."""
        return wanted if wanted in self.words.languages else SOURCE

    def asked(self, request: Request) -> str:
        """The language an address asks for by `?lang=`."""
        return self.language(request.query_params.get("lang"))

    def show(self, name: str, language: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """One page; its words are marked `_("...")` in the template."""
        page = self._templates.get_template(name)
        spoken = page.render(
            _=self._speaker(language),
            say=lambda text: self.say(text, language),
            language=language,
            path="",
            **values,
        )
        return HTMLResponse(spoken, status_code=status)

    def say(self, value: Value, language: str) -> str:
        """A text or a name in a language, for what is no page."""
        text = value if isinstance(value, Text) else Text("{value}", (("value", value),))
        return self.words.say(text, language)

    def _speaker(self, language: str) -> Callable[..., str]:
        def speak(msgid: str, **values: Value) -> str:
            return self.words.say(Text(msgid, tuple(values.items())), language)

        return speak
