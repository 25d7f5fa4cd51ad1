"""Fixtures for the command line."""

from pathlib import Path

import pytest

from tests.commands.lytt import Lytt


@pytest.fixture
def lytt(tmp_path: Path) -> Lytt:
    """The command in an empty folder."""
    return Lytt(tmp_path)
