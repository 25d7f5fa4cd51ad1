"""Who the person is, on the same screen as the notice."""

from __future__ import annotations

import zlib

from dialogs import parse
from dialogs.help import line_text, lines_for
from dialogs.model import Choice, Conversation, Effect, Erased, LinkCut, Message, Said, Situation
from dialogs.needs import ADULT, UNDER_12, YOUNG_PARENT, band_label, band_of, bands
from dialogs.script import NotUnderstood, Question, Taken, record
from dialogs.text import N_, Text

OLDEST = 120
_WORDS = {
    UNDER_12: ("under 12", "yngre enn 12", "younger than 12"),
    YOUNG_PARENT: ("ung mor", "ung far", "ung mamma", "ung pappa", "young parent"),
    ADULT: (
        *("forelder", "mor", "far", "mamma", "pappa", "gravid"),
        *("jeg har barn", "eg har barn", "parent", "pregnant"),
    ),
}


def notice(conversation: Conversation, situation: Situation) -> tuple[Message, ...]:
    """Who runs it, that it is a program, who reads and when, and that danger may be passed on."""
    return (*_notice(situation), *_telegram(situation))


def _notice(situation: Situation) -> tuple[Message, ...]:
    place, hours = situation.municipality.name, situation.municipality.staffed
    return (
        Message(
            (
                N_("Hei, jeg er Lytt, et dataprogram fra {place}.", place=place),
                N_("Jeg spør hva du trenger. Svarene er med og styrer hva kommunen bruker penger på."),
            )
        ),
        Message(
            (
                N_("Ansatte i kommunen leser svarene dine {hours}.", hours=hours),
                N_("Er noen i fare, kan barnevernet eller politiet få vite det."),
                N_("Du kan hoppe over spørsmål og slette alt."),
            ),
            ways=("privacy", "language"),
        ),
    )


def notice_mark(situation: Situation) -> str:
    """A mark of what the notice says: whoever saw another one is shown this one too."""
    texts = (text.msgid for message in _notice(situation) for text in message.texts)
    return f"{zlib.crc32(chr(10).join(texts).encode()):08x}{situation.municipality.notice}"


def _telegram(situation: Situation) -> tuple[Message, ...]:
    """Said where a company in between can read along: only Telegram asks for an age."""
    if not situation.youngest_age:
        return ()
    private = (N_("Nettsiden er mer privat: {address}", address=situation.web_address),)
    return (
        Message((N_("Telegram kan lese det du skriver her."), *(private if situation.web_address else ()))),
    )


def ask(conversation: Conversation, situation: Situation) -> tuple[Text, ...]:
    """The question itself."""
    return (N_("Hvem er du? Ikke skriv navn. Velg det som passer."),)


def choices(conversation: Conversation, situation: Situation) -> tuple[Choice, ...]:
    """The age bands of the young, parents in two ages, and none of these."""
    limit = situation.municipality.age_limit
    young = (Choice(band, band_label(band), (band, *_WORDS.get(band, ()))) for band in bands(limit))
    return (
        *young,
        Choice(YOUNG_PARENT, N_("Under 25, har eller venter barn"), _WORDS[YOUNG_PARENT]),
        Choice(ADULT, N_("25 eller eldre, har eller venter barn"), _WORDS[ADULT]),
        Choice("none", N_("Ingen av disse"), ("ingen", "ingen av delene", "none")),
    )


def take(conversation: Conversation, ids: tuple[str, ...], situation: Situation) -> Taken:
    """Record who the person is; some are kindly sent on, and nobody loses words by one press."""
    if not ids and situation.youngest_age:
        raise NotUnderstood(N_("Her må jeg vite om du er 16 år eller eldre."), *_web_instead(situation))
    held = _recorded(conversation, ids)
    if elsewhere := _elsewhere(held, situation):
        return _sent_on(conversation, held, elsewhere, situation)
    if _loses_words(conversation, held, situation):
        return Taken(conversation.model_copy(update={"aside": "younger", "younger": ids[0]}))
    return Taken(held, _for_age(held) if held.answer("who") != conversation.answer("who") else ())


def _recorded(conversation: Conversation, ids: tuple[str, ...]) -> Conversation:
    held = record(conversation, "who", ids)
    answers = {
        key: value for key, value in held.answers.items() if key != "children" or held.group == "family"
    }
    return held.model_copy(update={"answers": answers})


def _loses_words(before: Conversation, held: Conversation, situation: Situation) -> bool:
    """Whether this age closes for words that were open until now, and there are some."""
    limit = situation.municipality.age_limit
    pending = before.pending is not None and bool(before.pending.words)
    has_words = pending or any(need.words for need in before.needs)
    return has_words and not before.youngest(limit) and not words_open(held, situation)


def younger(conversation: Conversation) -> Taken:
    """The person stands by an age that closes for their words: the needs stay, without the words."""
    held = _without_words(_recorded(conversation, (conversation.younger or UNDER_12,)))
    return Taken(held, _for_age(held))


def _without_words(held: Conversation) -> Conversation:
    """Who turns out to be on the youngest path keeps their needs, without the words."""
    needs = tuple(need.model_copy(update={"words": None}) for need in held.needs)
    pending = held.pending and held.pending.model_copy(update={"words": ""})
    return held.model_copy(update={"needs": needs, "pending": pending})


def _for_age(held: Conversation) -> tuple[Message, ...]:
    """What matters most to know at this age, beside the notice that all have seen."""
    if not held.answer("who"):
        return ()
    if held.group == "family":
        told = N_("Dette er ikke en søknad. Ikke skriv navn på barna.")
    elif held.age() < 16:
        told = N_("Du velger selv hva du svarer på. Spør gjerne en voksen du stoler på.")
    elif held.age() < 18:
        told = N_("Du svarer for deg selv. Du kan få svar fra en voksen.")
    else:
        told = N_("Dette er ikke en søknad. Trenger du penger nå, spør NAV.")
    return (Message((told,)),)


def _elsewhere(held: Conversation, situation: Situation) -> str | None:
    """Why the person is not asked further here, if they are not."""
    who = held.answer("who")
    if who in (UNDER_12, "none"):
        return who
    return "channel" if held.age() < situation.youngest_age else None


def _sent_on(before: Conversation, held: Conversation, reason: str, situation: Situation) -> Taken:
    """Nothing is kept of who is sent on, but a red flag; needs already told are never lost by one press."""
    if before.needs:
        told = N_("Da kan jeg ikke ta imot ønskene dine. Jeg endret ingenting. Du kan slette alt.")
        return Taken(before, (Message((told,), ways=("start", "delete")),))
    gone: Effect = LinkCut() if held.flagged else Erased()
    dropped = (Message((N_("Det du skrev, har jeg slettet."),)),) if before.pending else ()
    notes = (*dropped, *sent_on(held, reason, situation))
    return Taken(held.model_copy(update={"pending": None}), notes, (gone,))


def words_open(conversation: Conversation, situation: Situation) -> bool:
    """Whether own words may be kept: always above the age limit, below it as the municipality says."""
    place = situation.municipality
    return not conversation.youngest(place.age_limit) or (place.own_words_when_staffed and situation.staffed)


def sent_on(conversation: Conversation, reason: str, situation: Situation) -> tuple[Message, ...]:
    """Kind words for who is not asked further here, and where else to turn."""
    texts = {
        UNDER_12: (
            N_("Takk for at du sa det. Jeg kan bare spørre dem som er 12 år eller eldre."),
            N_("Snakk gjerne med en voksen du stoler på, eller ring hit:"),
        ),
        "none": (
            N_("Takk for at du sa det. Akkurat nå spør jeg unge, og familier med barn."),
            N_("Trenger du hjelp, kan du kontakte kommunen eller NAV, eller ringe hit:"),
        ),
        "channel": (
            N_("I Telegram må du være 16 år eller eldre."),
            *_web_instead(situation),
            N_("Trenger du et menneske nå, kan du ringe hit:"),
        ),
    }[reason]
    lines = lines_for(situation.municipality.help_lines, conversation.age())[:3]
    return (Message((*texts, *map(line_text, lines)), ways=("anew", "help")),)


def _web_instead(situation: Situation) -> tuple[Text, ...]:
    if not situation.web_address:
        return ()
    return (N_("Du kan svare på nettsiden i stedet: {address}", address=situation.web_address),)


def hear(conversation: Conversation, said: Said, situation: Situation) -> Taken:
    """Read an age in years, or the name of a choice."""
    text, options = said.heard.masked, choices(conversation, situation)
    named = parse.choice(text, options, situation.spoken, numbered=situation.numbered)
    if named:
        return take(conversation, (named.id,), situation)
    age = parse.age(text, beside_need=bool(said.heard.chosen))
    if age is None:
        raise NotUnderstood(N_("Velg det som passer for deg, eller skriv alderen din."))
    return _take_age(conversation, age, situation)


def _take_age(conversation: Conversation, age: int, situation: Situation) -> Taken:
    if age > OLDEST:
        raise NotUnderstood(N_("Det ble et høyt tall. Hvor gammel er du?"))
    band = band_of(age, situation.municipality.age_limit)
    if band is None:
        raise NotUnderstood(N_("Er du 25 eller eldre? Velg om du har eller venter barn."))
    return take(conversation, (band,), situation)


QUESTION = Question("who", ask, choices=choices, take=take, hear=hear, lead=notice, ways=("skip",))
