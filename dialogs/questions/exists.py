"""What exists near the person today for what they need."""

from __future__ import annotations

from dialogs.model import Conversation, Situation
from dialogs.needs import Service
from dialogs.script import Question
from dialogs.text import N_, Text

MOST = 4


def services(conversation: Conversation, situation: Situation) -> tuple[Service, ...]:
    """The services that meet a need the person told, those for the first need first."""
    wanted = [need.category for need in conversation.needs]
    group = conversation.group or "youth"
    found = [
        service
        for category in wanted
        for service in situation.municipality.services
        if category in service.categories and group in service.groups
    ]
    return tuple(dict.fromkeys(found))[:MOST]


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The services, one a line."""
    told = (
        N_("• {name}: {about} {reach}", name=each.name, about=each.about, reach=each.reach)
        for each in services(conversation, situation)
    )
    return (N_("Dette finnes for deg nå:"), *told)


def applies(conversation: Conversation, situation: Situation) -> bool:
    """Told once after sending, whatever was said about an answer."""
    return conversation.sent and bool(services(conversation, situation))


QUESTION = Question("exists", ask, applies=applies, tells=True, ways=())
