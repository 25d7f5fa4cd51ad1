"""A worker talks with the person: what they write goes to the worker, until they end it."""

from __future__ import annotations

from dialogs import letters, parse
from dialogs.model import (
    Choice,
    Conversation,
    FlagAnswered,
    Message,
    Said,
    Situation,
    TalkEnded,
    Thread,
    WroteToWorker,
)
from dialogs.questions.need import EMPTY
from dialogs.questions.plain import NO, YES
from dialogs.questions.who import words_open
from dialogs.script import NotUnderstood, Question, Taken
from dialogs.text import N_, Text

END = Choice("end", N_("Avslutt praten"), ("slutt på praten", "avslutt prat", "end the talk"))
SHOW = Choice("show", N_("Vis svaret"), ("vis", "show"))
PLAIN = (Choice("yes", N_("Ja"), YES), Choice("no", N_("Nei"), NO))
DELETE = Choice("delete", N_("Slett det jeg skrev"))
# Commands that are meant for Lytt also while a worker talks; "vet ikke" and "tilbake" are for the worker.
COMMANDS = ("help", "delete", "mine", "take", "privacy", "stop")
ASKED_FOR = ("adult", "adult_hidden")


def opened(conversation: Conversation, name: str) -> Conversation:
    """The conversation with a worker in it; where the person was is kept for when they end the talk.

    Who was asked what to do after a grave message has a worker now, and can still delete it. A question
    whether they are safe waits for its answer, and so does one whether to erase all.
    """
    sure = conversation.danger is not None and conversation.danger.strength == "sure"
    before = conversation.thread.aside if conversation.thread else None
    away = None if conversation.aside == "erase" else conversation.aside
    return conversation.model_copy(
        update={
            "thread": Thread(name=name, aside=before or away),
            "aside": None if away else conversation.aside,
            "danger": None if sure else conversation.danger,
            "contacting": False,
        }
    )


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """Who gets what is written now, and that nobody reads live."""
    name = conversation.thread.name if conversation.thread else ""
    if hidden(situation):
        return (N_("Noen har svart deg. Vis svaret når du er alene."),)
    if not _takes_words(conversation, situation):
        return (N_("{name} får svaret ditt.", name=name), N_("Velg ja eller nei. Jeg lagrer ikke ord nå."))
    reads = N_("Noen leser det {hours}. Svaret kan ta litt tid.", hours=situation.municipality.staffed)
    return (N_("Det du skriver nå, går til {name}.", name=name), reads)


def hidden(situation: Situation) -> bool:
    """Whether a letter waits that others might see on this screen."""
    return situation.discreet and any(letter.waiting for letter in situation.letters)


def _takes_words(conversation: Conversation, situation: Situation) -> bool:
    """Whether words are kept: who told of danger is never silenced while a worker talks with them."""
    return conversation.flagged or words_open(conversation, situation)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The way out always; the answer where it is hidden, and yes and no where words are not kept."""
    return (
        *((SHOW,) if hidden(situation) else ()),
        *(() if _takes_words(conversation, situation) else PLAIN),
        *((DELETE,) if conversation.flagged else ()),
        END,
    )


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """End the talk, show what is hidden, delete the grave words, or answer yes or no."""
    chosen = ids[0] if ids else ""
    if chosen == END.id:
        return end(conversation)
    if chosen == DELETE.id:
        told = N_("Jeg har slettet ordene dine. Du kan alltid skrive igjen.")
        if situation.kept:
            told = N_("Kommunen har meldt fra om dette, og må ta vare på det.")
        return Taken(conversation, (Message((told,), clears=True),), (FlagAnswered("delete"),))
    plain = {choice.id: choice.label for choice in PLAIN}
    if chosen == SHOW.id:
        return Taken(conversation, *letters.waiting(situation.letters))
    if chosen in plain:
        return _passed_on(conversation, situation.spoken(plain[chosen])[0], ())
    return Taken(conversation)


def end(conversation: Conversation) -> Taken:
    """The person is back where they were before the worker wrote."""
    aside = conversation.thread.aside if conversation.thread else None
    held = conversation.model_copy(update={"thread": None, "aside": aside})
    texts: tuple[Text, ...] = (N_("Praten er slutt."),)
    if _was_the_last_thing(held):
        texts += (
            N_("Om et døgn kjenner jeg deg ikke igjen her."),
            N_("Kvitteringen åpner svarene dine fortsatt."),
        )
    return Taken(held, (Message(texts),), (TalkEnded(),))


def _was_the_last_thing(conversation: Conversation) -> bool:
    """Whether an answer was all the person waited for: their chat is let go of then."""
    asked = conversation.answer("answer") in ASKED_FOR and conversation.answer("again") != "yes"
    return conversation.sent and asked and not conversation.flagged


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Words go to the worker, masked; the name of a choice is the choice."""
    masked = said.heard.masked
    if not masked.strip():
        raise NotUnderstood(EMPTY)
    options = choices(conversation, situation)
    found = parse.choice(masked, options, situation.spoken, numbered=situation.numbered, typos=False)
    if found:
        return take(conversation, (found.id,), situation)
    if not _takes_words(conversation, situation):
        return Taken(
            conversation, (Message((N_("Jeg leser det du skriver, men tar ikke vare på ordene."),)),)
        )
    hides = (N_("Jeg tok bort noe som kan vise hvem noen er. Resten er med."),) if said.heard.spans else ()
    talk = conversation.thread.model_copy(update={"ref": said.ref}) if conversation.thread else None
    return _passed_on(conversation.model_copy(update={"thread": talk}), masked, hides)


def _passed_on(conversation: Conversation, words: str, more: tuple[Text, ...]) -> Taken:
    told = Message((N_("Jeg har gitt det videre."), *more))
    return Taken(conversation, (told,), (WroteToWorker(words),))


QUESTION = Question(
    "thread",
    ask,
    applies=lambda conversation, situation: conversation.thread is not None,
    choices=choices,
    take=take,
    hear=hear,
    lasting=False,
    ways=(),
)
