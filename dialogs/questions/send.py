"""What was heard, and sending it."""

from __future__ import annotations

from dialogs.categories import label
from dialogs.model import Choice, Conversation, Effect, LinkCut, Message, Sent, Situation
from dialogs.needs import MOST_NEEDS, OTHER, Need
from dialogs.questions.plain import NO, YES, naming
from dialogs.script import Question, Taken
from dialogs.text import N_, Text, quoting


def needs_told(needs: tuple[Need, ...], situation: Situation) -> tuple[Text, ...]:
    """The needs as a list: by category everywhere, with the person's words where they may stand."""
    texts: list[Text] = []
    following = (*(need.words for need in needs[1:]), None)
    for place, (need, next_words) in enumerate(zip(needs, following, strict=True), 1):
        texts.append(N_("{place}. {need}", place=place, need=label(need.category, situation.added)))
        if need.words and need.words != next_words:  # one sentence that holds several needs stands once
            texts.append(quoting(N_("«{words}»", words=need.words)))
    return tuple(texts)


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """All that was heard, and whether to send it."""
    send = N_("Vil du sende det på nytt?") if conversation.sent else N_("Vil du sende det til kommunen nå?")
    return (N_("Dette har jeg hørt:"), *needs_told(conversation.needs, situation), send)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """Send, say more, change, delete; the youngest choose here whether they want an answer."""
    youngest = conversation.youngest(situation.municipality.age_limit)
    return (
        Choice("send", N_("Send"), (*YES, "send nå", "send det", "send inn", "send it")),
        *((Choice("send_answer", N_("Send, og jeg vil ha svar")),) if youngest else ()),
        *((Choice("more", N_("Si mer"), ("mer", "meir")),) if len(conversation.needs) < MOST_NEEDS else ()),
        Choice("change", N_("Endre"), (*NO, "ikke send", "ikkje send", "change")),
        Choice("delete", N_("Slett"), ("slett alt", "delete")),
    )


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Send, or go where the person wants."""
    chosen = ids[0] if ids else "send"
    if chosen == "more":
        return Taken(conversation.model_copy(update={"more": True, "adding": True}))
    if chosen in ("change", "delete"):
        return Taken(conversation.model_copy(update={"aside": {"change": "edit", "delete": "erase"}[chosen]}))
    return _sent(conversation, chosen, situation)


def _sent(conversation: Conversation, chosen: str, situation: Situation) -> Taken:
    youngest = conversation.youngest(situation.municipality.age_limit)
    answers = dict(conversation.answers)
    if youngest:
        answers["answer"] = ("adult",) if chosen == "send_answer" else ("no",)
    held = conversation.model_copy(
        update={"sent": True, "changed": False, "receipt": True, "more": False, "answers": answers}
    )
    effects: tuple[Effect, ...] = (Sent(None if conversation.receipt else situation.receipt),)
    cut: tuple[Effect, ...] = (LinkCut(),) if youngest else ()
    return Taken(held, (*_thanks(conversation, situation), *_answer_waits(held, youngest)), effects + cut)


def _thanks(conversation: Conversation, situation: Situation) -> tuple[Message, ...]:
    told = Message((N_("Takk! Nå er det sendt."), *_others(conversation, situation)))
    promise = N_("Ønsket ditt er med når kommunen deler ut penger. Jeg kan ikke love at du får det.")
    if conversation.receipt:
        return (told, Message((N_("Kvitteringen din er den samme som før."), promise)))
    number = " ".join(situation.receipt[i : i + 4] for i in range(0, 16, 4))
    receipt = (
        N_("Dette er kvitteringen din: {number}", number=number),
        N_("Skriv den ned. Med den kan du se, endre og slette svarene dine."),
    )
    return (told, Message(receipt), Message((promise,)))


def _others(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    published = situation.counts
    asked = [need.category for need in conversation.needs if need.category != OTHER]
    shown = [(published[category], category) for category in asked if category in published]
    if not shown:
        return ()
    count, category = max(shown)
    return (N_("{count} andre ba om det samme: {need}.", count=count, need=label(category, situation.added)),)


def _answer_waits(conversation: Conversation, youngest: bool) -> tuple[Message, ...]:
    if not youngest or conversation.answer("answer") != "adult":
        return ()
    return (Message((N_("En voksen svarer deg her. Skriv inn kvitteringen, så ser du svaret."),)),)


QUESTION = Question(
    "send",
    ask,
    applies=lambda conversation, situation: (
        bool(conversation.needs) and (not conversation.sent or conversation.changed)
    ),
    choices=choices,
    take=take,
    hear=naming(choices, take),
    lasting=False,
    ways=("back",),
)
