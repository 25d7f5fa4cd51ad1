"""What is asked only because the person asks for it: change, delete, language, receipt."""

from __future__ import annotations

from dialogs.categories import label
from dialogs.commands import LANGUAGE_WORDS
from dialogs.model import Choice, Conversation, Erased, Message, Said, Situation
from dialogs.questions.plain import NO, YES, naming, saying
from dialogs.script import NotUnderstood, Question, Taken
from dialogs.text import N_, Text

ERASED = Message(
    (N_("Jeg har slettet alt du har sagt."), N_("Du kan begynne på nytt når du vil.")),
    ways=("anew",),
    clears=True,
)
# What is older than Telegram lets us delete, and what the person wrote: duties.md T1.
CLEAR_THE_REST = Message(
    (
        N_("Jeg tar bort det jeg har skrevet her de siste to døgnene."),
        N_("Resten må du slette selv. Hold fingeren på samtalen i lista, og velg å slette den."),
    )
)
CHANGEABLE = {
    "who": N_("Hvem du er"),
    "children": N_("Alder på barna"),
    "district": N_("Hvor du bor"),
    "money": N_("Om pengene rekker"),
    "answer": N_("Om du vil ha svar"),
    "when": N_("Når vi kan svare"),
    "again": N_("Om jeg skal spørre igjen"),
}
LANGUAGES = (
    Choice("nb", N_("Bokmål"), LANGUAGE_WORDS["nb"]),
    Choice("nn", N_("Nynorsk"), LANGUAGE_WORDS["nn"]),
    Choice("en", N_("English"), LANGUAGE_WORDS["en"]),
)


def _closed_aside(conversation: Conversation) -> Conversation:
    return conversation.model_copy(update={"aside": None})


def edit_choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """Every need and every answer the person can change."""
    needs = tuple(
        Choice(
            f"need{i}",
            N_("Ønske {place}: {need}", place=i + 1, need=label(need.category, situation.added)),
        )
        for i, need in enumerate(conversation.needs)
    )
    answers = tuple(Choice(id, text) for id, text in CHANGEABLE.items() if id in conversation.answers)
    return (*needs, *answers, Choice("nothing", N_("Ingenting")))


def edit(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Ask the chosen one again; the old answer stays until there is a new one."""
    chosen, held = (ids[0] if ids else "nothing"), _closed_aside(conversation)
    if chosen.startswith("need"):
        return Taken(held.model_copy(update={"replacing": int(chosen[4:])}))
    if chosen == "nothing":
        return Taken(held)
    return Taken(held.model_copy(update={"revisit": chosen}))


def erase(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Erase everything, or go on as before."""
    held = _closed_aside(conversation)
    if ids == ("yes",):
        told = (ERASED, CLEAR_THE_REST) if situation.unsends else (ERASED,)
        return Taken(held, told, (Erased(),))
    return Taken(held, (Message((N_("Det er greit. Jeg slettet ingenting."),)),))


def language(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Speak the chosen language from here on."""
    held = _closed_aside(conversation)
    return Taken(held.model_copy(update={"language": ids[0]}) if ids else held)


def receipt(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Digits are tried before the words get here; other words are not a receipt."""
    raise NotUnderstood(N_("En kvittering har 16 tall. Skriv tallene, eller hopp over."))


def leave_aside(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Go on as before."""
    return Taken(_closed_aside(conversation))


_ERASE = (
    Choice("yes", N_("Ja, slett alt"), (*YES, "slett")),
    Choice("no", N_("Nei, behold det"), NO),
)


def _erase_choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    return _ERASE


def _languages(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    return LANGUAGES


def _told_erase(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    return (N_("Vil du slette alt du har sagt til meg? Da får du det ikke tilbake."),)


_edit_words = N_("Hva vil du endre?")
ASIDES = (
    Question(
        "edit", saying(_edit_words), choices=edit_choices, take=edit, hear=naming(edit_choices, edit), ways=()
    ),
    Question(
        "erase",
        _told_erase,
        choices=_erase_choices,
        take=erase,
        hear=naming(_erase_choices, erase, typos=False),
        ways=(),
    ),
    Question(
        "language",
        saying(N_("Velg språk.")),
        choices=_languages,
        take=language,
        hear=naming(_languages, language),
        ways=(),
    ),
    Question(
        "receipt",
        saying(N_("Skriv de 16 tallene du fikk.")),
        take=leave_aside,
        hear=receipt,
        ways=("skip",),
    ),
)
