"""Structured logs that hold only named, harmless facts, and never a secret or a person's words."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from traceback import walk_tb
from typing import Any

import structlog

HOUSE = f"{Path(__file__).parent.parent}/"
# What a log line may carry. A new key is a decision: it must not be able to hold what a person wrote.
ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "logger",
        "channel",
        "count",
        "error",
        "trace",  # the places of code a fault went through, never its text
        "kind",
        "role",
        "tries",
        "seconds",
        "path",
        "status",
        "port",
        "host",
        "update",
        "municipality",
        "setting",
        "call",
        "table",
        "rows",
        "method",
        "staff",  # the account of who answers for an export
        "reason",  # and why, in their own words: a worker's, never a citizen's
    ]
)


def setup(secrets: Iterable[str] = (), level: str = "INFO") -> None:
    """Log lines to standard error as key and value; `secrets` are struck out wherever they stand."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain(tuple(secret for secret in secrets if secret)))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in (
        "alembic",
        "uvicorn.error",
        "httpx",
        "httpcore",
        "telegram",
        "aiosqlite",
        "aiohttp.access",
        "uvicorn.access",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            only_allowed,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def only_allowed(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list, so that words can not slip in by a new one."""
    fault = event.get("exc_info")
    if isinstance(fault, BaseException):
        event["trace"] = trace(fault)
    return {key: value for key, value in event.items() if key in ALLOWED}


def error_class(error: BaseException) -> str:
    """All of an error that may be logged: its class, for its text may hold what a person wrote."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def trace(error: BaseException) -> str:
    """The class of an error, the places of our own code it went through and its last; never its text."""
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    own = [(path.removeprefix(HOUSE), line) for path, line in frames if path.startswith(HOUSE)]
    last = [(path.rpartition("/")[2], line) for path, line in frames[-1:] if not path.startswith(HOUSE)]
    return f"{error_class(error)} at {' > '.join(f'{path}:{line}' for path, line in (*own, *last))}"


class _Plain(logging.Formatter):
    """One line a record; of an error only where it was raised, never its text."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def formatException(self, ei: Any) -> str:
        """The class of the error and the places it went through."""
        return trace(ei[1])

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line; where the event loop tells of a fault, without the errors it shows below its first."""
        if record.name == "asyncio":
            record.message = record.message.partition("\n")[0]
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The record with every secret struck out."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line
