"""Where a coordinator sees what may be a new need, names it, and takes one off the list again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from bot.staff.access import Coordinating, note
from bot.staff.office import Visit
from bot.store import categories
from bot.store.audit import Deed
from bot.store.categories import Added
from bot.understanding import clusters
from bot.understanding.letters import plain
from dialogs.categories import TOPICS
from dialogs.text import N_, Text, Told

PAGE = "/ansatt/behov"
FEWEST = 5  # people behind a group, and behind each word that is shown of it
MOST_TEXTS = 1_000
LONGEST_NAME, LONGEST_ABOUT, LONGEST_WORD, MOST_WORDS = 60, 160, 40, 30
AUDIENCES: dict[str, Text] = {"both": N_("alle"), "youth": N_("unge"), "family": N_("familier")}
LANGUAGES = ("nb", "nn", "en")
WRONG_KEY = N_("Det korte navnet må ha bare små bokstaver a–z, tall og _, og begynne med en bokstav.")
MISSING = N_("Skriv navn og hva det handler om på alle tre språk, minst ett ord og hvor det skal tilbys.")
TAKEN = N_("Det finnes allerede. Velg et annet kort navn.")
routes = APIRouter(prefix=PAGE)
_KEY = re.compile(r"[a-z][a-z0-9_]{1,40}")


class WrongCategory(ValueError):
    """A category that can not be added, and why."""

    def __init__(self, trouble: Text) -> None:
        super().__init__(trouble.msgid)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Group:
    """How many people may have told of one need, and words that at least five of them used."""

    people: int
    words: tuple[str, ...]


@routes.get("")
async def shown(visit: Coordinating) -> Response:
    """The groups that may be one need, and the categories that were added."""
    return await _page(visit)


@routes.post("")
async def add(visit: Coordinating) -> Response:
    """Offer a new category from now on."""
    try:
        wanted = _wanted(visit)
        async with visit.acting() as db:
            await categories.add(db, wanted)
            await note(db, visit, Deed("add", "category", wanted.key))
    except WrongCategory as wrong:
        return await _page(visit, wrong.trouble, 422)
    except categories.Taken:
        return await _page(visit, TAKEN, 422)
    return visit.go(PAGE)


@routes.post("/ut")
async def retire(visit: Coordinating) -> Response:
    """Offer one no longer, as often as it is asked; what was told under it stays."""
    key = visit.field("key")
    async with visit.acting() as db:
        if await categories.retire(db, key, visit.worker.municipalities, visit.now):
            await note(db, visit, Deed("retire", "category", key))
    return visit.go(PAGE)


async def _page(visit: Visit, trouble: Text | None = None, status: int = 200) -> Response:
    async with visit.acting() as db:
        mine = set(visit.worker.municipalities)
        added = [each for each in await categories.listed(db) if mine & set(each.municipalities)]
        told = await categories.unplaced(db, visit.office.world.keys, visit.worker.municipalities, MOST_TEXTS)
        await note(db, visit, Deed("group", "category"))
    return visit.show(
        "behov.html",
        status=status,
        trouble=trouble,
        added=added,
        own={each.key for each in added if set(each.municipalities) <= mine},
        places={key: place.municipality.name for key, place in visit.places.items()},
        named={key: place.municipality.name for key, place in visit.office.world.places.items()},
        wanted=visit.fields("municipality") or visit.worker.municipalities,
        groups=groups(told),
        topics={key: topic.label for key, topic in TOPICS.items()},
        audiences=AUDIENCES,
        typed=visit.form,
    )


def groups(told: Sequence[tuple[str, str]]) -> list[Group]:
    """What may be one need, where at least five people told of it; no word that fewer of them used."""
    found = []
    for cluster in clusters.propose([words for _, words in told], least=FEWEST):
        members = [told[place] for place in cluster.members]
        people = {person for person, _ in members}
        if len(people) >= FEWEST:
            found.append(Group(len(people), _used_by_many(members, cluster.words)))
    return found


def _used_by_many(members: Sequence[tuple[str, str]], words: Sequence[str]) -> tuple[str, ...]:
    said = {(person, word) for person, text in members for word in words if word in plain(text).text}
    counts = Counter(word for _, word in said)
    return tuple(word for word in words if counts[word] >= FEWEST)


def _wanted(visit: Visit) -> Added:
    """The category as it was typed; raises WrongCategory."""
    key, topic, audience = visit.field("key"), visit.field("topic"), visit.field("audience")
    if not _KEY.fullmatch(key):
        raise WrongCategory(WRONG_KEY)
    names = [visit.field(f"name_{language}")[:LONGEST_NAME] for language in LANGUAGES]
    about = [visit.field(f"about_{language}")[:LONGEST_ABOUT] for language in LANGUAGES]
    words = [word.strip()[:LONGEST_WORD] for word in re.split(r"[,\n]", visit.field("words"))]
    kept = tuple(dict.fromkeys(word for word in words if len(word) > 1))[:MOST_WORDS]
    where = tuple(each for each in visit.worker.municipalities if each in visit.fields("municipality"))
    if topic not in TOPICS or audience not in AUDIENCES or not all((*names, *about, kept, where)):
        raise WrongCategory(MISSING)
    return Added(key, topic, audience, Told(*names), Told(*about), kept, where, visit.worker.name, visit.now)
