"""Invented people who answer through the real conversation, the same for the same seed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from random import Random

from bot.channels.base import Act, Answer, Incoming, Pressed, Shown, Used, Wrote
from bot.i18n import Words
from bot.intake import World
from bot.store import codes
from dialogs.categories import CATEGORIES
from dialogs.needs import ADULT, UNDER_12, YOUNG_PARENT

AT_ONCE = 24  # they share commits, as people do on a busy day
MOST_STEPS = 60
# Never telegram: its outbox would write to chats that belong to somebody.
CHANNELS = {"web": 8, "terminal": 2}
LANGUAGES = {"nb": 14, "nn": 2, "en": 4}
WHO = {"18-24": 22, "16-17": 20, "12-14": 8, "15": 6, ADULT: 30, YOUNG_PARENT: 9, UNDER_12: 2, "none": 3}
LEAVES = 0.01  # the chance, at each question, that a person closes the page
SKIPS = 0.06
OWN_WORDS = 0.7
AGREES = 0.85
HAS_TWO = 0.5
SAYS_MORE = 0.25
SENDS = ("send", "send_answer")
# The demo: so many people want the same that the rules for money part ways, and workers have met some.
DEMO_PEOPLE, DEMO_SEED = 80, 1
DEMO_WANTED = {
    "driving_licence": 60,
    "leisure": 40,
    "place_to_be": 40,
    "childcare_relief": 40,
    "community": 30,
    "money": 30,
    "mental_health": 20,
    "clothes_gear": 20,
    "forms_rights": 15,
    "after_hours_contact": 15,
}
DEMO_MET = {"Lerkendal ungdomshus": 18, "NAV Midtbyen": 8}  # how many begin with a code of each place
Take = Callable[[Incoming], Awaitable[Answer]]
Phrases = dict[tuple[str, str], list[str]]  # what people might write, by language and target group


@dataclass
class Tally:
    """What came of it."""

    people: int = 0
    sent: int = 0
    who: Counter[str] = field(default_factory=Counter)
    language: Counter[str] = field(default_factory=Counter)
    channel: Counter[str] = field(default_factory=Counter)

    def table(self) -> dict[str, dict[str, int]]:
        """The counts by name, the largest first."""
        spread = {"who": self.who, "language": self.language, "channel": self.channel}
        counts = {name: dict(counter.most_common()) for name, counter in spread.items()}
        return {"people": {"in all": self.people, "sent": self.sent}, **counts}


def phrases(words: Words, wanted: Mapping[str, int] | None = None) -> Phrases:
    """What people might write: what each category says, and the phrases that understanding learns from.

    `wanted`: how many times as often as other categories somebody writes of these.
    """
    times = wanted or {}
    held: Phrases = {(language, group): [] for language in LANGUAGES for group in ("youth", "family")}
    for category in CATEGORIES.values():
        for language in LANGUAGES:
            said = [words.say(category.about, language)] * times.get(category.key, 1)
            _add(held, language, category.group, said)
    folder = files("bot.understanding") / "phrases"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        rows = map(json.loads, file.read_text("utf-8").splitlines()) if file.name.endswith(".jsonl") else ()
        for row in rows:
            for key in CATEGORIES.keys() & row.get("labels", ()):
                _add(held, row.get("lang", "nb"), CATEGORIES[key].group, [row["text"]] * times.get(key, 1))
    return held


def _add(held: Phrases, language: str, group: str, texts: Sequence[str]) -> None:
    for wanted in ("youth", "family") if group == "both" else (group,):
        if (language, wanted) in held:
            held[language, wanted] += texts


async def run(
    take: Take,
    held: Phrases,
    people: int,
    seed: int,
    municipality: str,
    new_id: Callable[[], str],
    done: Callable[[], None] = lambda: None,
    given: Sequence[str] = (),
) -> Tally:
    """Let so many invented people talk, some at a time; `done` is called after each.

    The first of them begin with the codes that workers have `given` them.
    """
    tally, room = Tally(), asyncio.Semaphore(AT_ONCE)

    async def live(number: int) -> None:
        async with room:
            person = _Person(take, Random(f"{seed}/{number}"), held, municipality, new_id)
            person.count(tally)
            sent = await person.talk(given[number] if number < len(given) else None)
            tally.sent += sent
            done()

    async with asyncio.TaskGroup() as crowd:
        for number in range(people):
            crowd.create_task(live(number))
    return tally


async def demo(
    world: World, take: Take, municipality: str, new_id: Callable[[], str], new_code: Callable[[], str]
) -> Tally:
    """The people of the demo, some of whom workers have met."""
    made: list[str] = []
    async with world.engine.begin() as db:
        for place, people in DEMO_MET.items():
            some = [new_code() for _ in range(people)]
            await codes.keep(db, world.keys, some, "attested", municipality, place, world.now())
            made += some
    held = phrases(world.words, DEMO_WANTED)
    return await run(take, held, DEMO_PEOPLE, DEMO_SEED, municipality, new_id, given=made)


def drawn(chance: Random, weights: dict[str, int]) -> str:
    """One of these, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


class _Person:
    """One invented person: all they do follows from their own chance."""

    def __init__(
        self, take: Take, chance: Random, held: Phrases, municipality: str, new_id: Callable[[], str]
    ) -> None:
        self._take, self._chance = take, chance
        self._municipality, self._new_id = municipality, new_id
        self._address = new_id()
        self._channel, self._language = drawn(chance, CHANNELS), drawn(chance, LANGUAGES)
        self._who = drawn(chance, WHO)
        self._phrases = held[self._language, "family" if self._who in (ADULT, YOUNG_PARENT) else "youth"]

    def count(self, tally: Tally) -> None:
        """Be counted."""
        tally.people += 1
        tally.who[self._who] += 1
        tally.language[self._language] += 1
        tally.channel[self._channel] += 1

    async def talk(self, code: str | None) -> bool:
        """Talk until nothing is asked, or until they leave; returns whether they sent anything."""
        sent, answer = False, await self._do(Used("code", code) if code else Used("start"))
        for _ in range(MOST_STEPS):
            asked = next((shown for shown in answer.shown if shown.question), None)
            if asked is None or self._chance.random() < LEAVES:
                break
            answer = await self._do(self._act(asked))
            sent = sent or any(shown.receipt for shown in answer.shown)
        return sent

    async def _do(self, act: Act) -> Answer:
        return await self._take(
            Incoming(self._channel, self._address, self._new_id(), act, self._language, self._municipality)
        )

    def _act(self, asked: Shown) -> Act:
        """What this person answers to a question."""
        ids = [choice.id for choice in asked.choices]
        if asked.question == "need" and (not ids or self._chance.random() < OWN_WORDS):
            return Wrote(self._chance.choice(self._phrases))
        if asked.question in ASKED_OF_ALL:
            return Pressed((ASKED_OF_ALL[asked.question](self, ids),), asked.turn)
        skips = self._chance.random() < SKIPS and any(way.id == "skip" for way in asked.ways)
        if skips or not ids:
            return Used("skip")
        many = asked.several and len(ids) > 1 and self._chance.random() < HAS_TWO
        return Pressed(tuple(self._chance.sample(ids, 2 if many else 1)), asked.turn)

    def is_one_of(self, ids: Sequence[str]) -> str:
        """Who they are, or the nearest this municipality asks for."""
        return self._who if self._who in ids else self._chance.choice(ids)

    def confirms(self, ids: Sequence[str]) -> str:
        """Mostly yes where that is offered; now and then another of the suggestions."""
        return "yes" if "yes" in ids and self._chance.random() < AGREES else self._chance.choice(ids)

    def sends(self, ids: Sequence[str]) -> str:
        """Sends, or first says more."""
        if "more" in ids and self._chance.random() < SAYS_MORE:
            return "more"
        return self._chance.choice([id for id in ids if id in SENDS])


# Where a choice by lot would make people who never get anywhere.
ASKED_OF_ALL: dict[str, Callable[[_Person, Sequence[str]], str]] = {
    "who": _Person.is_one_of,
    "heard": _Person.confirms,
    "send": _Person.sends,
}
