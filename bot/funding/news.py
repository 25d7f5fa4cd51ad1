"""Tell those who asked what a decision came to: what got money, and what did not this time."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import feedback
from bot.feedback import News, Post, Reached
from bot.funding.deciding import WrongDecision
from bot.i18n import Words
from bot.store import calls, decisions
from bot.store.decisions import Decision
from dialogs.text import N_, Text, Told

FUNDED = N_(
    "Noe du ba om, får penger nå. "
    "Kommunen har bestemt at pengene går til dette: {things}. "
    "Det er ikke sikkert at det blir plass til alle."
)
UNFUNDED = N_(
    "Kommunen har bestemt hva pengene går til. "
    "Det du ba om, fikk ikke penger denne gangen. "
    "Ønsket ditt er fortsatt med når kommunen planlegger."
)


async def tell(db: AsyncConnection, post: Post, words: Words, key: str) -> Reached:
    """Tell each person once, first those whose need got money; raises WrongDecision before it is final."""
    held, decision = await calls.named(db, key), await decisions.of_call(db, key)
    if decision is None or not decision.final:
        raise WrongDecision(f"{key} is not decided yet")
    needs = decision.needs
    told = [
        (needs, _told(words, FUNDED, things=_names(decision))),
        (set(held.needs) - needs, _told(words, UNFUNDED)),
    ]
    reached = [
        await feedback.tell(db, post, News(key, municipality, categories, text, decided=True))
        for municipality in held.call.municipalities
        for categories, text in told
    ]
    chats = tuple(chat for each in reached for chat in each.chats)
    return Reached(sum(each.people for each in reached), chats)


def _measures(decision: Decision) -> list[str]:
    return [each["measure"] for each in decision.body["decided"]["measures"] if each["units"]]


def _names(decision: Decision) -> str:
    names: Mapping[str, str] = decision.body["names"]["measures"]
    return ", ".join(dict.fromkeys(names[id] for id in _measures(decision)))


def _told(words: Words, text: Text, **values: str) -> Told:
    filled = Text(text.msgid, tuple(values.items()))
    return Told(*(words.say(filled, language) for language in ("nb", "nn", "en")))
