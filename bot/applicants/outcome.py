"""What a decision gave an application, as who applied is told: how much to what, or why nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation.explain import Names, amount
from bot.channels.webchat.decided import PAGE, Decided, shown_in
from bot.municipalities import Place
from bot.store import decisions
from bot.store.applications import Kept
from bot.store.calls import Held
from dialogs.text import Text, Told, Value


@dataclass(frozen=True, slots=True)
class Given:
    """What one measure got; of one that got nothing, why."""

    name: Value
    money: Told | None
    places: int
    why: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an application; no measures where it took no part."""

    reason: str
    money: Told | None
    given: tuple[Given, ...]
    page: str | None
    appeal: tuple[Text, ...]


async def read(db: AsyncConnection, held: Held, kept: Kept, places: Mapping[str, Place]) -> Outcome | None:
    """What came of an application; None while nothing is decided."""
    made = await decisions.of_call(db, held.call.key) if held.decided else None
    if made is None:
        return None
    here = tuple(places[key] for key in held.call.municipalities if key in places)
    found = Decided(held, made, here)
    total = sum(money for lots in made.granted().get(kept.id, {}).values() for _, _, money in lots)
    return Outcome(
        made.reason,
        amount(total) if total else None,
        tuple(_given(found, kept.id)),
        f"{PAGE}/{held.call.key}" if shown_in(held, places) else None,
        found.appeal(),
    )


def _given(found: Decided, kept_id: str) -> Iterator[Given]:
    """Who applied is told what they got to the krone, however few asked for it: they are to use it."""
    body = found.made.body
    for each in body["decided"]["measures"]:
        if body["applications"][each["applicant"]] == kept_id:
            name, id = Names(body).measure(each["measure"]), each["measure"]
            money = amount(each["cost"]) if each["units"] else None
            yield Given(name, money, each["units"] * (each["places"] or 0), found.line(id).why)
