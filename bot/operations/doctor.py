"""Whether an installation is well: its settings and where they came from, its data, its ways out."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po
from dotenv import dotenv_values
from pydantic import SecretStr
from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot import municipalities
from bot.channels.telegram_http import Api
from bot.clock import moment
from bot.i18n import SOURCE, Words
from bot.logs import error_class
from bot.operations import readiness
from bot.operations.routes import route_of
from bot.settings import ROOT, Settings
from bot.store import alerts as kept_alerts
from bot.store import conversations, queue
from bot.store.crypto import KeyFileError, WrongKey, read_keys
from bot.store.engine import newest, open_engine, reading, version
from bot.store.tables.people import conversations as kept

State = Literal["ok", "off", "missing", "wrong"]
ENOUGH_BYTES = 500_000_000
ANSWER_SECONDS = 5.0
HIDDEN = "(set, not shown)"
PASSWORD = re.compile(r"(://[^/@:]*:)[^/@]+@")  # in an address, after the name
OTHERS_MAY_READ = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `about` says what is wrong and what to do, or where a setting came from."""

    name: str
    value: str
    state: State = "ok"
    about: str = ""


# --- settings -------------------------------------------------------------------------------------


def settings_found(settings: Settings) -> Iterator[Finding]:
    """Each setting as it is, without its secrets, and where it came from."""
    written = {name.upper() for name in dotenv_values(".env")}
    given = {name.upper() for name in os.environ}
    for field in type(settings).model_fields:
        name = f"LYTT_{field.upper()}"
        source = "environment" if name in given else ".env" if name in written else "default"
        missing = missing_of(settings, field)
        yield Finding(
            name, shown(getattr(settings, field)), "missing" if missing else "ok", missing or source
        )


def missing_of(settings: Settings, field: str) -> str | None:
    """What can not work without this setting, where it is empty; None where nothing needs it."""
    if field == "public_url" and not settings.public_url and settings.environment == "production":
        return "posters, and Telegram for who is under 16, must name the web chat"
    secret = settings.telegram_webhook_secret.get_secret_value()
    if field == "telegram_webhook_secret" and settings.telegram_webhook_url and not secret:
        return "a webhook takes calls from Telegram alone, known by this"
    return None


def shown(value: object) -> str:
    """A value as it may be shown on a screen that others see."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else "(not set)"
    return "(not set)" if value in (None, "") else PASSWORD.sub(r"\1***@", str(value))


# --- what they point at ---------------------------------------------------------------------------


async def examined(settings: Settings, now: int) -> list[Finding]:
    """Everything that can be looked at from here; nothing is made or changed."""
    engine = open_engine(settings.database_url) if _is_there(settings) else None
    try:
        return [
            _municipalities(settings),
            _decided(settings, now),
            *_catalogues(ROOT / "locales"),
            _disk(_folder(settings)),
            _key_file(settings.secret_key_file),
            await _database(settings, engine),
            await _opens(settings, engine),
            await _unopened(engine),
            _journal(settings),
            await _telegram(settings),
            await _alerts(settings, engine),
        ]
    finally:
        if engine:
            await engine.dispose()


def _municipalities(settings: Settings) -> Finding:
    try:
        places = municipalities.load(settings.municipalities_dir)
    except (municipalities.WrongMunicipality, OSError) as error:
        return Finding("municipalities", "", "wrong", str(error))
    known = ", ".join(sorted(places))
    if settings.municipality not in places:
        return Finding("municipalities", known, "wrong", f"{settings.municipality} is none of them")
    return Finding("municipalities", known)


def _decided(settings: Settings, now: int) -> Finding:
    """Whether all is decided that only a municipality can decide; without it production does not start."""
    try:
        place = municipalities.load(settings.municipalities_dir).get(settings.municipality)
    except (municipalities.WrongMunicipality, OSError):
        return Finding("ready for people", "not known", _needed(settings))
    lacks = readiness.undecided({settings.municipality: place}, moment(now)) if place else ()
    if lacks:
        return Finding("ready for people", f"{len(lacks)} left", _needed(settings), "; ".join(lacks))
    return Finding("ready for people", "all is decided")


def _needed(settings: Settings) -> State:
    return "missing" if settings.environment == "production" else "off"


async def _alerts(settings: Settings, engine: AsyncEngine | None) -> Finding:
    """Whether staff can be told that something waits, and were."""
    route = route_of(settings)
    value = "command" if route.command else "mail" if route.exists else "off"
    if engine is None or not route.exists:
        return Finding("alerts", value, _needed(settings), "nobody is told that something waits")
    try:
        missing = await readiness.route_lacks(engine, route)
        async with reading(engine) as db:
            failed = await kept_alerts.failing(db)
    except (SQLAlchemyError, OSError) as error:
        return Finding("alerts", value, "wrong", error_class(error))
    if failed:
        return Finding("alerts", value, "wrong", f"{failed} alerts were tried and have not gone out")
    return Finding("alerts", value, _needed(settings) if missing else "ok", "; ".join(missing))


def _catalogues(folder: Path) -> Iterator[Finding]:
    with (folder / "dialogs.pot").open("rb") as file:
        said = {message.id for message in read_po(file) if message.id}
    for language in Words(folder).languages:
        if language == SOURCE:
            continue
        with (folder / language / "LC_MESSAGES" / "dialogs.po").open("rb") as file:
            known = {each.id for each in read_po(file) if each.id and each.string and not each.fuzzy}
        left = len(said - known)
        about = f"{left} texts are said in bokmål" if left else ""
        yield Finding(
            f"language {language}", f"{len(said & known)} texts", "missing" if left else "ok", about
        )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    few = free < ENOUGH_BYTES
    about = "make room: a full disk stops everybody's answers" if few else ""
    return Finding("disk", f"{free / 1e9:.1f} GB free", "wrong" if few else "ok", about)


def _folder(settings: Settings) -> Path:
    """The nearest folder that exists to where the data lies."""
    path = settings.secret_key_file.absolute()
    return next(parent for parent in path.parents if parent.is_dir())


def _key_file(path: Path) -> Finding:
    try:
        read_keys(path)
    except (KeyFileError, OSError) as error:
        return Finding("key file", str(path), "missing" if not path.exists() else "wrong", str(error))
    if path.stat().st_mode & OTHERS_MAY_READ:
        return Finding("key file", str(path), "wrong", f"others may read it: chmod 600 {path}")
    return Finding("key file", str(path))


def _is_there(settings: Settings) -> bool:
    """Whether there is a database to open: opening a SQLite file that is not there would make it."""
    url = make_url(settings.database_url)
    return not url.drivername.startswith("sqlite") or Path(url.database or "").is_file()


async def _database(settings: Settings, engine: AsyncEngine | None) -> Finding:
    value = shown(settings.database_url)
    if engine is None:
        return Finding("database", value, "off", "not there yet: the first start makes it")
    try:
        async with reading(engine) as db:
            at = await db.run_sync(version)
    except (SQLAlchemyError, OSError) as error:
        return Finding("database", value, "wrong", f"can not be reached: {error_class(error)}")
    if at != newest():
        return Finding("database", value, "off", f"schema {at}; the next start brings it to {newest()}")
    return Finding("database", value, about=f"schema {at}, the newest")


async def _opens(settings: Settings, engine: AsyncEngine | None) -> Finding:
    """Whether the keys at hand open what was stored last: the one loss nobody can mend."""
    if engine is None:
        return Finding("keys open the data", "nothing is stored yet", "off")
    newest = select(kept.c.id, kept.c.state).order_by(kept.c.changed_at.desc()).limit(1)
    try:
        keys = read_keys(settings.secret_key_file)
        async with reading(engine) as db:
            row = (await db.execute(newest)).first()
        if row is None:
            return Finding("keys open the data", "nothing is stored yet", "off")
        conversations.opened(keys, row.id, row.state)
    except (KeyFileError, WrongKey) as error:
        return Finding("keys open the data", "no", "wrong", f"{error}: find the key file of this database")
    except (SQLAlchemyError, OSError) as error:
        return Finding("keys open the data", "not known", "wrong", error_class(error))
    return Finding("keys open the data", "yes")


async def _unopened(engine: AsyncEngine | None) -> Finding:
    """Whether messages wait for a key that is not in the key file."""
    if engine is None:
        return Finding("messages to send", "none yet", "off")
    try:
        async with reading(engine) as db:
            count = await queue.unopened(db)
    except (SQLAlchemyError, OSError) as error:
        return Finding("messages to send", "not known", "wrong", error_class(error))
    about = "put the older key back into the key file: they are sent within the hour" if count else ""
    return Finding("messages to send", f"{count} that no key opens", "wrong" if count else "ok", about)


def _journal(settings: Settings) -> Finding:
    """Whether it can be noted who was erased: what is not noted there, a restored backup brings back."""
    path = settings.journal
    folder = next(each for each in path.absolute().parents if each.exists())
    fits = path.is_file() if path.exists() else folder.is_dir()
    if not fits or not os.access(path if path.exists() else folder, os.W_OK):
        return Finding(
            "erasure journal",
            str(path),
            "wrong",
            "can not be written: a backup may bring back who was erased",
        )
    return Finding("erasure journal", str(path), about="" if path.exists() else "the first erasure makes it")


async def _telegram(settings: Settings) -> Finding:
    token = settings.telegram_token.get_secret_value()
    if not token:
        return Finding("telegram", "off", "off", "set LYTT_TELEGRAM_TOKEN to turn it on")
    api = Api(token, settings.telegram_base_url)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await _asked(settings, api)
    except (TelegramError, TimeoutError) as error:
        return Finding("telegram", "no answer", "wrong", error_class(error))
    finally:
        await api.shutdown()


async def _asked(settings: Settings, api: Api) -> Finding:
    await api.initialize()
    hook = await api.get_webhook_info()
    value = f"@{api.username}, {'called at ' + hook.url if hook.url else 'polling'}"
    if hook.url != settings.telegram_webhook_url:
        return Finding(
            "telegram", value, "off", "the next start sets the webhook as LYTT_TELEGRAM_WEBHOOK_URL says"
        )
    about = f"{hook.pending_update_count} updates wait" if hook.pending_update_count else ""
    return Finding("telegram", value, about=about)
