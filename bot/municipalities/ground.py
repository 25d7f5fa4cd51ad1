"""On what ground a municipality asks: law, officer, assessment, time limits, as its own people decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.text import Told

KEEP_DAYS = 14  # duties.md section 5: a red flag leaves so long after hand-over


@dataclass(frozen=True, slots=True)
class Ground:
    """What the law asks a municipality to know before it asks anybody; empty where it is not decided."""

    basis: str = ""
    statute: str = ""
    officer: str = ""
    dpia_ref: str = ""
    retention: Told | None = None
    keeps_reported: bool = False  # a case that was reported is kept although the person deletes its words
    appeal: Told | None = None  # how to complain about a decision; stands on the public page of each

    def lacks(self) -> tuple[str, ...]:
        """What is not decided yet, each in a clear sentence."""
        wanted = {
            "basis": "say in [ground] on what legal basis it asks (basis)",
            "statute": "say in [ground] which statute gives it the task (statute)",
            "officer": "say in [ground] how to reach its data protection officer (officer)",
            "dpia_ref": "say in [ground] where its impact assessment is filed (dpia_ref)",
        }
        return tuple(sentence for name, sentence in wanted.items() if not getattr(self, name).strip())


def ground_of(row: Mapping[str, Any]) -> Ground:
    """A ground as it is written in a file; raises TypeError where it is not."""
    held = dict(row)
    for name in ("retention", "appeal"):
        if name in held:
            held[name] = Told(**held[name])
    return Ground(**held)
