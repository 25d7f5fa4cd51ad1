"""What is only told, and changes nothing: one's own answers, privacy, a pause, the last words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from dialogs.letters import listed
from dialogs.model import Conversation, Message, Situation
from dialogs.questions import SCRIPT
from dialogs.questions.asides import CHANGEABLE
from dialogs.questions.send import needs_told
from dialogs.text import N_, Text

SHOWED = {
    "location": N_("Jeg tar ikke imot steder, så ingen ser hvor du er."),
    "contact": N_("Jeg tar ikke imot navn og nummer. Skriv heller hva du trenger."),
    "voice": N_("Jeg kan ikke høre lyd. Skriv, eller snakk og la telefonen skrive."),
    "picture": N_("Jeg kan ikke se bilder. Skriv det med ord."),
}
SHOWED_ELSE = N_("Dette kan jeg ikke lese. Skriv det med ord, eller velg et svar.")


def mine(conversation: Conversation, situation: Situation) -> Message:
    """All the person has told, and that it can be changed and deleted."""
    answers, written = _answers_told(conversation, situation), listed(situation.letters)
    if situation.contact:
        named = N_("{what}: {answer}", what=N_("Kontakten din"), answer=situation.contact)
        written = (named, *written)
    if not conversation.needs:
        none = N_("Du har ikke sagt hva du trenger ennå.")
        return Message((none, *answers, *written), ways=("start", "delete"))
    state = N_("Dette er ikke sendt ennå.")
    if conversation.sent:
        state = (
            N_("Du har endret noe. Det er ikke sendt ennå.")
            if conversation.changed
            else N_("Dette er sendt.")
        )
    told = (N_("Dette har du sagt:"), *needs_told(conversation.needs, situation), *answers, state, *written)
    return Message(told, ways=("start", "edit", "take", "delete"))


def opened(conversation: Conversation, situation: Situation) -> tuple[Message, ...]:
    """What a receipt opens; here alone it is told that an adult was asked for, not where anybody may look."""
    told = mine(conversation, situation)
    if not conversation.awaiting or situation.letters:
        return (told,)
    hours = situation.municipality.staffed
    asked = Message(
        (
            N_("Du har bedt om at en voksen tar kontakt."),
            N_("Svaret er ikke kommet ennå."),
            N_("Se her igjen senere: de leser {hours}.", hours=hours),
        )
    )
    return (asked, told) if conversation.needs else (asked,)


def other_receipt() -> Message:
    """Of two receipts of one person, which one still opens what is theirs."""
    return Message((N_("Kvitteringen du fikk her, virker ikke lenger."), N_("Ta vare på den du åpnet med.")))


def _answers_told(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """Every other answer, by the name of the question and the labels of what was chosen."""
    told = []
    for id, name in CHANGEABLE.items():
        options = SCRIPT.by_id[id].choices(conversation, situation)
        chosen = [each.label for each in options if each.id in conversation.answers.get(id, ())]
        if chosen:
            told.append(N_("{what}: {answer}", what=name, answer=reduce(_listed, chosen)))
    return tuple(told)


def _listed(before: Text, label: Text) -> Text:
    return N_("{before}, {label}", before=before, label=label)


def privacy(situation: Situation) -> tuple[Message, ...]:
    """What is kept, who reads it, and how to get rid of it."""
    place = situation.municipality.name
    address: tuple[Text, ...] = ()
    if situation.web_address:
        address = (N_("Les mer: {address}", address=f"{situation.web_address}/personvern"),)
    return (
        Message(
            (
                N_("{place} tar vare på det du sender, og ansatte leser det.", place=place),
                N_("Jeg tar ikke vare på navn, nummer eller hvor du er."),
                N_("Det du ikke sender, sletter jeg etter 30 dager."),
            )
        ),
        Message(
            (N_("Du kan se, endre og slette alt når du vil."), *address), ways=("start", "mine", "delete")
        ),
    )


def handed_over() -> Message:
    """Everything that is kept of the person, to read or to take elsewhere; others may read it too."""
    told = (N_("Her er alt jeg har om deg."), N_("Pass på fila. Ordene dine står der."))
    return Message(told, ways=("start", "delete"), hands_over=True)


def stopped(conversation: Conversation) -> Message:
    """A pause: nothing is lost by it."""
    told = conversation.needs or conversation.pending
    unsent = told and (not conversation.sent or conversation.changed)
    kept = N_("Det du har sagt, er ikke sendt. Jeg tar vare på det i 30 dager.")
    texts = (N_("Det er greit, du kan komme tilbake når du vil."), *((kept,) if unsent else ()))
    return Message(texts, ways=("start", "delete"))


def nothing_more() -> Message:
    """Nothing is asked, and nothing needs an answer."""
    return Message(
        (N_("Jeg er her hvis du trenger noe mer. Bare skriv til meg."),), ways=("mine", "edit", "delete")
    )


def ending(
    conversation: Conversation, before: Sequence[Message], situation: Situation
) -> tuple[Message, ...]:
    """The last words; none where the notes already say how to go on."""
    if before and before[-1].ways:
        return ()
    if not conversation.sent:
        return (nothing_more(),)
    if conversation.youngest(situation.municipality.age_limit):
        return (Message((N_("Takk for at du fortalte. Kom tilbake med kvitteringen når du vil."),)),)
    thanks = N_("Takk for at du fortalte. Du kan komme tilbake når du vil.")
    return (Message((thanks,), ways=("mine", "edit", "delete")),)


def unread(kind: str) -> Message:
    """That something which is not words can not be read, and what to do instead."""
    return Message((SHOWED.get(kind, SHOWED_ELSE),))
