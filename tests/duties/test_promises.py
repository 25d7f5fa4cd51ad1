"""What Lytt promises those who answer: what it never asks, what it tells first, and what it never builds."""

import ast
from pathlib import Path

import pytest

from bot import municipalities, web
from bot.channels.base import CHANNELS, Incoming, Used
from bot.intake.door import Intake
from bot.municipalities.notice import notice_items
from bot.settings import Settings
from bot.store.engine import open_engine
from bot.store.outlived import KINDS
from bot.store.tables.base import metadata
from bot.store.tables.funding import calls, decisions, reports
from bot.store.tables.publishing import figures, releases
from dialogs.model import Conversation, Situation
from dialogs.questions import SCRIPT
from dialogs.script import Question
from dialogs.text import N_, Text
from tests.dialogs.situations import places
from tests.house import Series, words, world_on

ROOT = Path(__file__).parents[2]
LANGUAGES = ("nb", "nn", "en")
PROTECTED = ("religion", "trosretning", "etnisk", "hudfarge", "legning", "seksu", "diagnose", "fagforening")
SECRETS = ("bankid", "passord", "fødselsnummer", "personnummer", "kontonummer", "bank", "penger til oss")
TELEGRAM = ("t.me/", "telegram.org", "telegram.me", "tg://")
PARENTS = ("parent", "foreld", "foresatt", "verge", "guardian")
PASSED_ON = N_("Er noen i fare, kan barnevernet eller politiet få vite det.")
WHO = N_("Hvem er du? Ikke skriv navn. Velg det som passer.")
NO_NAMES = N_("Skriv det med dine ord, eller velg. Ikke skriv navn.")
# Article 13: a to f of the first paragraph (purpose and ground are one letter), a to f of the second.
ARTICLE_13 = {"1a", "1b", "1c", "1d", "1e", "1f", "2a", "2b", "2c", "2d", "2e", "2f"}


def intake(folder: Path) -> Intake:
    """Intake that nothing is handed to: only its first screen is looked at."""
    return Intake(world_on(open_engine(f"sqlite+aiosqlite:///{folder / 'lytt.db'}"), Series()))


def asked() -> list[str]:
    """Every question as it is asked on any path."""
    every = [*SCRIPT, *SCRIPT.asides]
    stands = [way for ways in places().values() for way in ways]
    return [text.msgid for question in every for state in stands for text in _texts(question, *state)]


def _texts(question: Question, conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    return question.ask(conversation, situation) if question.applies(conversation, situation) else ()


def test_no_question_asks_for_what_the_law_protects_most() -> None:
    assert {text for text in asked() for word in PROTECTED if word in text.casefold()} == set()


def test_nobody_is_ever_asked_for_a_password_or_a_number() -> None:
    assert {text for text in asked() for word in SECRETS if word in text.casefold()} == set()


def test_who_writes_is_asked_not_to_name_anybody() -> None:
    assert NO_NAMES.msgid in asked()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_limit_of_secrecy_comes_before_words(tmp_path: Path, channel: str, language: str) -> None:
    shown = intake(tmp_path).opening(Incoming(channel, "1", "1", Used("start"), language))
    told = "\n".join(each.text for each in shown)
    assert told.index(words().say(PASSED_ON, language)) < told.index(words().say(WHO, language))
    assert [each.question for each in shown if each.question] == ["who"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", municipalities.load())
def test_the_notice_has_all_thirteen_items(key: str, language: str) -> None:
    items = notice_items(municipalities.load()[key])
    assert len(items) == 13
    assert {item.key.split()[0] for item in items} == ARTICLE_13
    for item in items:
        said = [words().say(text, language) for text in (item.heading, *item.texts)]
        assert all(text.strip() for text in said)


def test_every_column_says_what_it_is_for() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if not column.info.get("purpose")] == []
    assert [str(column) for column in columns if "personal" not in column.info] == []


def test_no_column_scores_a_person() -> None:
    names = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert {name for name in names for word in ("score", "risk", "profile", "rank") if word in name} == set()


def test_no_way_in_is_made_for_parents(tmp_path: Path) -> None:
    world = world_on(open_engine(f"sqlite+aiosqlite:///{tmp_path / 'lytt.db'}"), Series())
    site = web.create(Settings(), world, Intake(world))
    paths = {str(getattr(route, "path", "")).casefold() for route in site.routes}
    assert {path for path in paths for word in PARENTS if word in path} == set()


def test_no_page_of_staff_leads_to_telegram() -> None:
    """Nor does any of their tests reach out: all of them run with the network shut."""
    kinds = (".py", ".html", ".js")
    pages = [path for path in (ROOT / "bot" / "staff").rglob("*") if path.suffix in kinds]
    found = {f"{path.name}: {sign}" for path in pages for sign in TELEGRAM if sign in path.read_text("utf-8")}
    assert len(pages) > len(kinds)
    assert found == set()


def test_what_was_decided_and_published_is_never_forgotten() -> None:
    """It holds nobody, and shows later how money was shared out; a draft that nobody sent is no decision."""
    kept = {calls, decisions, reports, releases, figures}
    assert kept.isdisjoint(kind.table for kind in KINDS)
    assert {table.name for table in kept for column in table.columns if column.info["personal"]} == set()


def test_no_statement_is_put_together_from_words() -> None:
    """SQL is SQLAlchemy's; what is written by hand holds no value."""
    doors = {"exec_driver_sql", "text", "execute"}
    strays = [
        f"{path.name}:{call.lineno}"
        for path in (ROOT / "bot").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in doors
        and any(isinstance(each, ast.JoinedStr) for each in call.args)
    ]
    assert strays == []
