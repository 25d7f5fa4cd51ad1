"""A call is data, checked whole: every fault with its line, and the four programmes as they are."""

from pathlib import Path

import pytest

from bot.allocation import call as calls
from bot.allocation.call import Call, WrongCall

FOLDER = Path(calls.__file__).parent / "calls"
FILES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))}
TRONDHEIM = FILES["trondheim-2021"]


def faults(text: str) -> list[tuple[int, str]]:
    """Line and key of every fault."""
    with pytest.raises(WrongCall) as refused:
        calls.read(text)
    return [(fault.line, fault.key) for fault in refused.value.faults]


@pytest.mark.parametrize("key", FILES)
def test_each_call_of_the_package_is_well(key: str) -> None:
    read = calls.read(FILES[key])
    assert read.key == key
    assert isinstance(read, Call)
