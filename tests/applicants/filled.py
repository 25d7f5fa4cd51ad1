"""The form as a body fills it in."""

from typing import Any

from tests.applicants.conftest import KEY
from tests.funding.written import bent


def filled(changes: dict[str, Any] | None = None) -> dict[str, str | list[str]]:
    """Every field of an application that is taken, as the form names them; some changed."""
    draft = bent(KEY, changes or {})
    fields: dict[str, str | list[str]] = {"title": draft["title"], "contact": draft["contact"]}
    for name in ("partners", "measures", "budget", "milestones"):
        for at, row in enumerate(draft.get(name, [])):
            for field, value in row.items():
                if field != "confirmed":
                    fields[f"{name}.{at}.{field}"] = value if isinstance(value, list) else str(value)
    for key, text in draft["parts"].items():
        fields[f"parts.{key}"] = text
    return fields
