"""What the person needs, in their own words or through a topic."""

from __future__ import annotations

from dialogs import parse
from dialogs.categories import OTHER_LABEL, TOPICS
from dialogs.model import Choice, Conversation, Heard, Message, Pending, Said, Situation
from dialogs.needs import MOST_NEEDS, OTHER, Need
from dialogs.questions.who import words_open
from dialogs.script import NotUnderstood, Question, Taken, record
from dialogs.text import N_, Text

LONG = 2000  # characters; above it the person is told that all of it is kept
MOST_WAITING = 100_000  # characters; more than this may not wait for one yes: every step stores it anew
EMPTY = N_("Jeg fikk en tom melding. Skriv med dine ord, eller velg.")
FULL = N_("Jeg har plass til fem ønsker. Du kan endre dem du har.")


def applies(conversation: Conversation, situation: Situation) -> bool:
    """Asked until there is a need, and again whenever the person adds or replaces one."""
    if conversation.topic or (conversation.pending and not conversation.pending.choosing):
        return False
    wanted = conversation.adding or conversation.replacing is not None or conversation.pending is not None
    return wanted or (not conversation.needs and "need" not in conversation.answers)


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The question, in the form that fits where the person is."""
    if conversation.other:
        return (N_("Skriv det med dine ord. Ikke skriv navn."),)
    if conversation.pending:
        return (N_("Hva handler det om?"),)
    if not words_open(conversation, situation):
        return (_again(conversation), N_("Velg det som passer best."))
    return (_again(conversation), N_("Skriv det med dine ord, eller velg. Ikke skriv navn."))


def _again(conversation: Conversation) -> Text:
    if conversation.adding and conversation.replacing is None:
        return N_("Hva mer trenger du?")
    return N_("Hva trenger du for å få det bedre?")


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The six topics and something else."""
    if conversation.other:
        return ()
    topics = tuple(Choice(topic.key, topic.label, picture=topic.key) for topic in TOPICS.values())
    return (*topics, Choice(OTHER, OTHER_LABEL, picture=OTHER))


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Go on to the topic's categories, take something else, or skip."""
    if not ids:
        return _skipped(conversation)
    if ids[0] != OTHER:
        return Taken(conversation.model_copy(update={"topic": ids[0]}))
    return something_else(conversation, situation)


def something_else(conversation: Conversation, situation: Situation) -> Taken:
    """A need outside the list: kept in the person's words, asked for where there are none yet."""
    if conversation.pending or not words_open(conversation, situation):
        return add(conversation, (OTHER,))
    return Taken(conversation.model_copy(update={"other": True, "topic": None}))


def _skipped(conversation: Conversation) -> Taken:
    if conversation.other or conversation.pending:
        return add(conversation, (OTHER,))
    held = conversation.model_copy(update={"adding": False, "replacing": None, "topic": None})
    return Taken(held if held.needs else record(held, "need", ()))


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Take own words, or the name of a topic written out."""
    if not said.heard.masked.strip():
        raise NotUnderstood(EMPTY)
    # Where other choices are shown, a number or a label is not one of these.
    shown = conversation.pending is None or conversation.pending.choosing
    options = choices(conversation, situation) if shown else ()
    named = parse.choice(said.heard.masked, options, situation.spoken, numbered=situation.numbered)
    return take(conversation, (named.id,), situation) if named else wait(conversation, said, situation)


def wait(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Hold own words until the person says whether they were heard right; several messages are one need."""
    heard, opened = said.heard, words_open(conversation, situation)
    now = Pending(
        words=heard.masked if opened else "",
        suggested=tuple(guess.key for guess in heard.categories[:3]),
        chosen=heard.chosen[:3],
        ref=said.ref,
        readable=heard.readable,
    )
    joined = _joined(conversation.pending, now)
    if conversation.pending and len(joined.words) > max(MOST_WAITING, len(now.words)):
        return _too_much(conversation, now)
    held = conversation.model_copy(update={"pending": joined, "topic": None, "other": False})
    return Taken(held, _told_of(heard, opened))


def _too_much(conversation: Conversation, now: Pending) -> Taken:
    """What waits becomes a need of its own, so that the next words have room; or the person is told."""
    if len(conversation.needs) >= MOST_NEEDS and conversation.replacing is None:
        told = N_("Nå har jeg fått så mye jeg kan ta imot. Det siste du skrev, er ikke med.")
        return Taken(conversation, (Message((told,)),))
    kept = add(conversation, (OTHER,)).conversation.model_copy(update={"pending": now})
    return Taken(kept, (Message((N_("Det du skrev først, er nå et eget ønske."),)),))


def _joined(before: Pending | None, now: Pending) -> Pending:
    """Words that follow words join them; an edited message takes the place of what it was."""
    if before is None or (now.ref is not None and now.ref == before.ref):
        return now
    return now.model_copy(
        update={
            "words": _told_once(before.words, now.words),
            "chosen": tuple(dict.fromkeys((*before.chosen, *now.chosen)))[:3],
            "suggested": tuple(dict.fromkeys((*before.chosen, *now.suggested)))[:3],
            "readable": before.readable and now.readable,
        }
    )


def _told_once(before: str, now: str) -> str:
    """Words after words; the same again, as by who saw a question twice, is told once."""
    return before if f"\n{now}\n" in f"\n{before}\n" else f"{before}\n{now}".strip()


def _told_of(heard: Heard, opened: bool) -> tuple[Message, ...]:
    texts: tuple[Text, ...] = ()
    if not opened:
        texts += (N_("Jeg leser det du skriver, men tar ikke vare på ordene."),)
    elif heard.spans:
        texts += (N_("Jeg tok bort noe som kan vise hvem noen er. Resten er med."),)
    if opened and len(heard.masked) > LONG:
        texts += (N_("Du skrev mye, og jeg tar vare på alt."),)
    return (Message(texts),) if texts else ()


def add(conversation: Conversation, categories: tuple[str, ...]) -> Taken:
    """Keep the needs confirmed: in place of the one being changed, or after the others."""
    pending = conversation.pending
    new = tuple(
        Need(
            category=category,
            words=(pending.words or None) if pending else None,
            suggested=pending.suggested if pending else (),
            ref=pending.ref if pending else None,
        )
        for category in categories
    )
    kept = _placed(conversation, new)
    answers = {key: value for key, value in conversation.answers.items() if key not in ("need", "first")}
    cleared: dict[str, object] = {
        "pending": None,
        "topic": None,
        "other": False,
        "adding": False,
        "replacing": None,
    }
    full = len(kept) > MOST_NEEDS
    held = conversation.model_copy(
        update={"needs": kept[:MOST_NEEDS], "answers": answers, "changed": True, **cleared}
    )
    return Taken(held, (Message((FULL,)),) if full else ())


def _placed(conversation: Conversation, new: tuple[Need, ...]) -> tuple[Need, ...]:
    place = conversation.replacing
    before = conversation.needs if place is None else conversation.needs[:place]
    after = () if place is None else _after(conversation, place)
    known = {(need.category, need.words) for need in (*before, *after)}
    return (*before, *(need for need in new if (need.category, need.words) not in known), *after)


def _after(conversation: Conversation, place: int) -> tuple[Need, ...]:
    """The needs behind the one being changed, but those that the same message told before it was edited."""
    edited = conversation.pending.ref if conversation.pending else None
    later = conversation.needs[place + 1 :]
    return tuple(need for need in later if edited is None or need.ref != edited)


QUESTION = Question("need", ask, applies=applies, choices=choices, take=take, hear=hear, lasting=False)
