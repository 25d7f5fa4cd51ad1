"""How old the children of a family are, in bands."""

from __future__ import annotations

import re

from dialogs import parse
from dialogs.model import Choice, Conversation, Said, Situation
from dialogs.script import NotUnderstood, Question, Taken, record
from dialogs.text import N_, Text

OLDEST_IN = {"0-1": 1, "2-5": 5, "6-12": 12, "13-17": 17}
CHOICES = (
    Choice("expecting", N_("Venter barn"), ("gravid", "jeg venter barn", "venter", "ventar", "pregnant")),
    Choice("0-1", N_("0–1 år"), ("baby", "nyfødt", "newborn")),
    Choice("2-5", N_("2–5 år")),
    Choice("6-12", N_("6–12 år")),
    Choice("13-17", N_("13–17 år")),
)
# "To barn" says how many they are, not how old: taken for an age it would be a wrong answer nobody sees.
_ONES = "barn|born|unger|ungar|ungan|jenter?|gutt|gutter|gutar|kids?|children|boys?|girls?"
_HOW_MANY = re.compile(
    rf"\b(?:\d+|{'|'.join(parse.NUMBER_WORDS)})\s+(?:små\s+|small\s+)?(?:{_ONES})\b", re.IGNORECASE
)


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The question itself."""
    return (N_("Hvor gamle er barna? Velg alle som passer."),)


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Record the bands."""
    return Taken(record(conversation, "children", ids))


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Read choices, or ages in years: "2 og 7" is two bands, "to barn" is none."""
    text = said.heard.masked
    named = parse.several(text, CHOICES, situation.spoken, numbered=situation.numbered)
    ages = parse.numbers(_HOW_MANY.sub(" ", text))
    if not named and ages and max(ages) > OLDEST_IN["13-17"]:
        raise NotUnderstood(N_("Jeg spør om barn under 18 år. Hvor gamle er barna?"))
    named = named or tuple(band for band in OLDEST_IN if band in map(_band, ages))
    if not named:
        raise NotUnderstood(N_("Velg hvor gamle barna er, eller skriv tallene."))
    return take(conversation, named, situation)


def _band(age: int) -> str:
    return next(band for band, oldest in OLDEST_IN.items() if age <= oldest)


QUESTION = Question(
    "children",
    ask,
    applies=lambda conversation, situation: conversation.group == "family",
    choices=lambda conversation, situation: CHOICES,
    take=take,
    hear=hear,
    several=True,
)
