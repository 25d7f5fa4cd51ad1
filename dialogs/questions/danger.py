"""What the person wants after a grave message; the other questions stop until they say."""

from __future__ import annotations

from dialogs import parse
from dialogs.help import AUTOMATIC, LAST_RESORT, NO_ANSWER, after_grave, line_text
from dialogs.model import Choice, Conversation, Effect, FlagAnswered, FlagRaised, Message, Said, Situation
from dialogs.script import Question, Taken
from dialogs.text import N_, Text

# Who has read "here you can talk with a human" may well write just that.
_HUMAN = (
    *("voksen", "en voksen", "ein vaksen", "an adult", "menneske", "et menneske", "eit menneske"),
    *("et ekte menneske", "eit ekte menneske", "jeg vil snakke med et menneske", "snakke med et menneske"),
    *("eg vil snakke med eit menneske", "snakke med eit menneske", "æ vil snakk med et menneske"),
    *("a human", "a person", "a real person", "talk to a human", "i want to talk to a human"),
)
ADULT = Choice("adult", N_("Be en voksen kontakte meg"), _HUMAN)
CHOICES = (
    Choice("delete", N_("Slett det jeg skrev"), ("slett", "slett det", "delete")),
    Choice("later", N_("Fortsett senere"), ("senere", "seinare", "later")),
    ADULT,
)
POLICE_KINDS = ("violence", "sexual_abuse")  # who is hurt now: duties.md section 2.2
WAYS_ON = ("start", "help")


def sure(conversation: Conversation, situation: Situation) -> bool:
    """Whether a message surely tells of danger."""
    return conversation.danger is not None and conversation.danger.strength == "sure"


def lead(conversation: Conversation, situation: Situation) -> tuple[Message, ...]:
    """One warm sentence, one question, one number."""
    kind = conversation.danger.kind if conversation.danger else ""
    number = "112" if kind in POLICE_KINDS else "113"
    return (
        Message(
            (N_("Jeg er glad for at du sier det."), N_("Er det fare nå? Ring {number}.", number=number)),
            kind="grave",
        ),
    )


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """That nobody reads live, two lines for the age, and what to do if none answers."""
    kind = conversation.danger.kind if conversation.danger else None
    told = after_grave(situation.municipality.help_lines, conversation.age(), kind)
    lines = [line for line in told if line.reach != LAST_RESORT]
    reads = N_("En voksen i kommunen leser det {hours}.", hours=situation.municipality.staffed)
    if situation.soon:
        reads = N_("En voksen i kommunen leser det innen en halv time.")
    return (AUTOMATIC, reads, N_("Her kan du snakke med et menneske:"), *map(line_text, lines), NO_ANSWER)


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Carry out what the person chose; a skip is "later"."""
    chosen = ids[0] if ids else "later"
    held = conversation.model_copy(update={"danger": None})
    if chosen == "delete":
        told = N_("Jeg har slettet ordene dine. Du kan alltid skrive igjen.")
        if situation.kept:
            told = N_("Kommunen har meldt fra om dette, og må ta vare på det.")
        reply = Message((told,), ways=WAYS_ON, kind="grave", clears=True)
        return Taken(held, (reply,), (FlagAnswered("delete"),))
    if chosen == "adult":
        return contact(held, situation)
    told = N_("Det er greit. Ta den tiden du trenger.")
    return Taken(held, (Message((told,), ways=WAYS_ON, kind="grave"),), (FlagAnswered("later"),))


def contact(conversation: Conversation, situation: Situation) -> Taken:
    """A grown-up is asked to make contact; the answer waits behind a receipt."""
    receipt = None if conversation.receipt else situation.receipt
    hours = situation.municipality.staffed
    texts: tuple[Text, ...] = (
        N_("Jeg sier fra til en voksen i kommunen. De leser {hours}.", hours=hours),
        N_("Er noen i fare, kan barnevernet eller politiet få vite det."),
        N_("Svaret kommer her hos Lytt."),
    )
    if receipt:
        number = " ".join(receipt[i : i + 4] for i in range(0, 16, 4))
        texts += (N_("Åpne det med denne kvitteringen: {number}", number=number),)
    held = conversation.model_copy(update={"receipt": True, "contacting": True, "awaiting": True})
    return Taken(held, (Message(texts, kind="grave"),), (FlagAnswered("adult", receipt),))


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Read the name of a choice; more words join the same flag, and help stays on the screen."""
    found = parse.choice(
        said.heard.masked, CHOICES, situation.spoken, numbered=situation.numbered, typos=False
    )
    if found:
        return take(conversation, (found.id,), situation)
    danger = conversation.danger
    kind, strength = (danger.kind, danger.strength) if danger else ("suicide", "sure")
    more: tuple[Effect, ...] = (FlagRaised(kind, strength, said.heard.masked),)
    return Taken(conversation, (), more)


QUESTION = Question(
    "danger",
    ask,
    applies=sure,
    choices=lambda conversation, situation: CHOICES,
    take=take,
    hear=hear,
    lead=lead,
    lasting=False,
    ways=(),
)
