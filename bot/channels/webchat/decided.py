"""What a decision came to, for everybody to read: what got money and why, and what came of one's own need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from bot.allocation.explain import (
    ALL_SPENT,
    REST,
    RULE_NAMES,
    RULES_TOLD,
    STOPPED,
    Names,
    amount,
    remaining,
    wanting,
)
from bot.allocation.publish import shown_now
from bot.channels.webchat.about import Citizens
from bot.clock import day
from bot.i18n import SOURCE
from bot.municipalities import Place
from bot.municipalities.notice import UNDECIDED
from bot.store import calls, decisions
from bot.store.calls import Held, WrongCallKey
from bot.store.decisions import Decision
from bot.store.engine import reading
from dialogs.categories import TOPICS, label, of_topic
from dialogs.needs import OTHER
from dialogs.text import N_, Text, Told, Value

PAGE = "/dette-har-folk-sagt"
FUNDED = N_("Dette får penger nå. Det er ikke sikkert at det blir plass til alle.")
WAITING = N_("Flere venter fortsatt på dette.")
REFUSED = N_("Noen søkte om penger til dette. De fikk nei denne gangen.")
NOT_OFFERED = N_("Ingen søkte om penger til dette. Ønsket er fortsatt med når kommunen planlegger.")
OUTSIDE = N_("Du skrev noe som ikke står på listen. Ansatte leser det. Her gikk pengene til det på listen.")
OTHERWISE = N_("Kommunen valgte noe annet.")
ONLY_ONE = N_("Bare én søker får penger.")
MORE = N_("Kommunen ga mer enn regelen foreslo.")
LESS = N_("Kommunen ga mindre enn regelen foreslo.")
FILES = ("allocation.json", "allocation.csv")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure as the page shows it; no number where only a few people asked."""

    name: Value
    applicant: Value
    funded: bool
    places: int | None
    money: Told | None
    needs: tuple[Text, ...]
    why: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one kind of need."""

    need: Text
    texts: tuple[Text, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A final decision, read from what may be published of it."""

    held: Held
    made: Decision
    places: tuple[Place, ...]

    @property
    def shown(self) -> Mapping[str, Any]:
        """The part of the decision that nobody can be found in."""
        return shown_now(self.made.body["shown"])

    def line(self, measure: str) -> Line:
        """One measure as the page shows it."""
        return self._line(next(each for each in self.shown["measures"] if each["measure"] == measure))

    def lines(self, need: str | None = None) -> tuple[Line, ...]:
        """Every measure, or those for one need; what got most stands first."""
        ordered = sorted(self.shown["measures"], key=lambda each: (-(each["cost"] or 0), each["measure"]))
        return tuple(
            self._line(each) for each in ordered if need is None or need in self._needs(each["measure"])
        )

    def _needs(self, measure: str) -> Sequence[str]:
        return self.made.body["names"]["needs"][measure]  # type: ignore[no-any-return]  # as it was written

    def _line(self, each: Mapping[str, Any]) -> Line:
        names, units = Names(self.made.body), each["units"]
        known = units is not None and each["places"] is not None
        return Line(
            names.measure(each["measure"]),
            names.of("applicants", each["applicant"]),
            each["funded"],
            units * each["places"] if known else None,
            None if each["cost"] is None else amount(each["cost"]),
            tuple(self.called(need) for need in self._needs(each["measure"])),
            self._why(each),
        )

    def _why(self, each: Mapping[str, Any]) -> tuple[Text, ...]:
        """Why it got nothing, and what that would have taken; or that a human moved it."""
        if each["measure"] in self.shown["less"]:
            return (LESS,)
        more = (MORE,) if each["measure"] in self.shown["more"] else ()
        return more if each["funded"] else (*self._stopped(each["stopped"]), wanting({}, each))

    def _stopped(self, cap: str) -> tuple[Text, ...]:
        """What stopped it, and the number of the limit that is meant."""
        call = self.held.call
        if cap == "rule":  # no cap, and no rule either: people decided otherwise
            return (OTHERWISE,)
        if cap == "slots" and call.groups:
            most = call.groups
            return STOPPED[cap], N_("Høyst {count} søkere får penger.", count=most) if most > 1 else ONLY_ONE
        if cap == "applicant" and call.cap:
            return STOPPED[cap], N_("Grensen er {money}.", money=amount(call.cap))
        return (STOPPED[cap],)

    def left(self) -> tuple[Text, ...]:
        """What is left of the money, and why; that people gave less is told as it is of a measure."""
        shown = self.shown
        if shown["spent"] is None:
            return ()
        if shown["spent"] == shown["money"]:
            return (ALL_SPENT,)
        why = [text for cap in shown["left_caps"] if cap != "rule" for text in self._stopped(cap)]
        return (remaining(shown), *why, LESS if shown["less"] else REST)

    def files(self) -> tuple[tuple[str, str], ...]:
        """What may be taken along, by name, with its address: it never changes, as the decision does not."""
        here = f"{PAGE}/{self.held.call.key}"
        return tuple((name, f"{here}/{name}?{self.made.digest[:8]}") for name in FILES)

    def explanation(self, language: str) -> str | None:
        """Where the explanation of a decision that is as the rule proposed is found."""
        if not self.is_explained:
            return None
        code = "" if language == SOURCE else f".{language}"
        return f"{PAGE}/{self.held.call.key}/explanation{code}.html?{self.made.digest[:8]}"

    @property
    def is_explained(self) -> bool:
        """Whether the rule's reasons are the decision's; where few asked that is not told either way."""
        return not (self.shown["more"] or self.shown["less"] or self.shown["few_asked"])

    def called(self, need: str) -> Text:
        """What a kind of need is called."""
        return label(need, self.held.added)

    def answer(self, need: str) -> Answer | None:
        """What came of a kind of need; None for one that nobody knows."""
        if need not in (*self.held.needs, OTHER):
            return None
        lines = self.lines(need)
        funded = tuple(line for line in lines if line.funded)
        return Answer(self.called(need), self._told(need, lines, funded), funded or lines)

    def _told(self, need: str, lines: Sequence[Line], funded: Sequence[Line]) -> tuple[Text, ...]:
        if need == OTHER:
            return (OUTSIDE,)
        if not lines:
            return (NOT_OFFERED,)
        waiting = (WAITING,) if need in self.shown["unmet"] else ()
        return (FUNDED if funded else REFUSED, *waiting)

    def choices(self) -> tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...]:
        """Every kind of need, by topic, and the one outside the list."""
        topics = tuple(
            (topic.label, tuple((each.key, each.label) for each in of_topic(key, None, self.held.added)))
            for key, topic in TOPICS.items()
        )
        return (*topics, (label(OTHER), ((OTHER, label(OTHER)),)))

    def appeal(self) -> tuple[Text, ...]:
        """How to complain, in the words of each municipality."""
        told = [place.ground.appeal for place in self.places]
        return tuple(N_("{words}", words=words) if words else UNDECIDED for words in dict.fromkeys(told))


def shown_in(held: Held, places: Mapping[str, Place]) -> tuple[Place, ...]:
    """The municipalities whose people a call counts, where all of them show their decisions."""
    here = tuple(places[key] for key in held.call.municipalities if key in places)
    return here if all(place.public for place in here) else ()


async def every(db: AsyncConnection, places: Mapping[str, Place]) -> list[Held]:
    """The calls whose decision everybody may read, the newest first."""
    return [each for each in await calls.every(db) if each.decided and shown_in(each, places)]


async def read(db: AsyncConnection, key: str, places: Mapping[str, Place]) -> Decided | None:
    """The decision of a call, if there is one that is final and shown."""
    try:
        held = await calls.named(db, key)
    except WrongCallKey:
        return None
    made, here = await decisions.of_call(db, key), shown_in(held, places)
    if made is None or not made.final or not here:
        return None
    return Decided(held, made, here)


def router(citizens: Citizens) -> APIRouter:
    """The page of each decision; nothing of who reads it is kept."""
    routes, door = APIRouter(prefix=PAGE), citizens.door

    @routes.get("/{key}")
    async def decision(request: Request, key: str) -> Response:
        async with reading(door.engine) as db:
            found = await read(db, key, door.places)
        if found is None:
            return citizens.missing(request)
        lines, rule = found.lines(), found.made.body["rule"]
        need = request.query_params.get("behov", "")
        answer = found.answer(need)
        return citizens.show(
            "decided.html",
            citizens.pages.asked(request),
            found=found,
            funded=[line for line in lines if line.funded],
            unfunded=[line for line in lines if not line.funded],
            answer=answer,
            need=need if answer else None,
            places=", ".join(place.municipality.name for place in found.places),
            rule=RULE_NAMES[rule],
            rule_told=RULES_TOLD[rule],
            amount=amount,
            decided_on=f"{day(found.made.decided_at):%d.%m.%Y}",
        )

    return routes
