"""Whether another process of Lytt uses the same keys: a lock on their folder, which ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.mistakes import Mistake


class InUse(Mistake):
    """Another process is at work; the text says what to do."""


@contextmanager
def at_work(key_file: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the lock with others, or `alone` for what nobody else may see half done.

    The folder is locked and not the file: changing keys puts a new file in its place.
    """
    handle = os.open(key_file.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        why = "Lytt is running: stop it first" if alone else "keys are being changed: wait until that is done"
        raise InUse(why) from error
    finally:
        os.close(handle)
