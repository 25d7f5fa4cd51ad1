"""Whether Lytt heard the person right."""

from __future__ import annotations

from dialogs import parse
from dialogs.categories import label
from dialogs.model import Choice, Conversation, Pending, Said, Situation
from dialogs.needs import OTHER
from dialogs.questions import need
from dialogs.questions.plain import NO, YES
from dialogs.script import Question, Taken
from dialogs.text import N_, Text, quoting

_YES = (*YES, "stemmer", "det stemmer", "riktig", "rett", "right")
_NO = (*NO, "endre", "velg selv", "change")


def _needs(pending: Pending) -> tuple[str, ...]:
    return tuple(key for key in pending.chosen if key != OTHER)


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """Show back what was heard: on the web in the person's words, elsewhere by category."""
    pending = conversation.pending or Pending(words="")
    quote = (quoting(N_("Du skrev: «{words}»", words=pending.words)),) if pending.words else ()
    if not pending.readable:
        quote = (*quote, N_("Jeg kan ikke lese dette, men et menneske skal lese det."))
    needs = _needs(pending)
    if not pending.readable and not needs:
        return quote
    if needs:
        return (
            *quote,
            N_("Dette hørte jeg:"),
            *(N_("• {need}", need=label(key, situation.added)) for key in needs),
            N_("Stemmer det?"),
        )
    if pending.chosen and pending.words:
        return (*quote, N_("Jeg tar vare på det slik du skrev det. Passer noe av dette også?"))
    return (*quote, N_("Jeg er ikke sikker på hva du trenger. Passer noe av dette?"))


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """Yes to the best guess, each suggestion alone, another topic, or something else."""
    pending = conversation.pending or Pending(words="")
    needs = _needs(pending)
    more: tuple[Choice, ...] = ()
    if pending.readable:
        suggested = (key for key in pending.suggested if needs != (key,))
        more = tuple(
            _only(key, situation) if key in needs else Choice(key, label(key, situation.added))
            for key in suggested
        )
    yes = (Choice("yes", N_("Ja, det stemmer"), _YES),) if needs else ()
    return (
        *yes,
        *more,
        Choice("change", N_("La meg velge selv"), _NO),
        Choice(
            OTHER,
            N_("Ta vare på det slik jeg skrev det") if pending.words else N_("Noe annet"),
            ("noe annet",),
        ),
    )


def _only(key: str, situation: Situation) -> Choice:
    """One of several that were heard: the button says that the others are left out."""
    named = label(key, situation.added)
    return Choice(key, N_("Bare: {need}", need=named), situation.spoken(named))


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Keep what was confirmed; a skip keeps the words without a category."""
    pending = conversation.pending or Pending(words="")
    if "change" in ids:
        return Taken(
            conversation.model_copy(update={"pending": pending.model_copy(update={"choosing": True})})
        )
    if "yes" in ids:
        return need.add(conversation, _needs(pending))
    return need.add(conversation, ids or (OTHER,))


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Take the name of a choice; other words are the need said again, and join the first ones."""
    options = choices(conversation, situation)
    ids = parse.several(said.heard.masked, options, situation.spoken, numbered=situation.numbered)
    if ids:
        return take(conversation, ids, situation)
    return need.hear(conversation, said, situation)


QUESTION = Question(
    "heard",
    ask,
    applies=lambda conversation, situation: (
        conversation.pending is not None and not conversation.pending.choosing
    ),
    choices=choices,
    take=take,
    hear=hear,
    lasting=False,
)
