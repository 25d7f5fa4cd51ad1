"""What tests of intake may ask for."""

import io
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """All that a running Lytt would log at its most talkative, so far."""
    written = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", written)
        logs.setup((), "DEBUG")
    yield written.getvalue
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
