"""What staff read in place of what is stored: words for keys, and times as they stand on the wall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.clock import DAY_MS, MINUTE_MS, OSLO, moment
from bot.municipalities import Place
from bot.staff.pseudonyms import pseudonym
from bot.store.casework import Change
from bot.store.worklist import ALL, HANDLED, MINE, NEW
from dialogs import categories
from dialogs.categories import Category
from dialogs.needs import ADULT, OTHER, YOUNG_PARENT, bands
from dialogs.needs import band_label as young
from dialogs.text import N_, Text, Told

STATES = {NEW: N_("Nye"), MINE: N_("Mine"), HANDLED: N_("Ferdige"), ALL: N_("Alle")}
GROUPS = {"youth": N_("Ungdom"), "family": N_("Familie")}
CHANNELS = {"web": N_("Nettprat"), "telegram": N_("Telegram"), "terminal": N_("Terminal")}
DANGERS = {
    "suicide": N_("Selvmord"),
    "self_harm": N_("Selvskading"),
    "violence": N_("Vold"),
    "sexual_abuse": N_("Seksuelle overgrep"),
    "neglect_hunger": N_("Omsorgssvikt eller sult"),
    "homeless_tonight": N_("Uten et sted å sove i natt"),
}
STRENGTHS = {"sure": N_("Sagt rett ut"), "maybe": N_("Kan være alvorlig")}
ANSWERS = {
    "adult": N_("Vil ha svar fra en i kommunen"),
    "adult_hidden": N_("Vil ha svar. Andre kan se telefonen."),
    "news": N_("Vil bare høre hva som skjer videre"),
    "no": N_("Vil ikke ha svar"),
}
TIMES = {
    "day": N_("På dagen"),
    "evening": N_("På kvelden"),
    "weekend": N_("I helga"),
    "any": N_("Når som helst"),
}
MONEY = {
    "yes": N_("Har nok penger"),
    "sometimes": N_("Har av og til nok penger"),
    "no": N_("Har ikke nok penger"),
    "unsaid": N_("Ville ikke si om de har nok penger"),
}
CHILDREN = {
    "expecting": N_("Venter barn"),
    "0-1": N_("0–1 år"),
    "2-5": N_("2–5 år"),
    "6-12": N_("6–12 år"),
    "13-17": N_("13–17 år"),
}
RECEIVERS = {
    "child_welfare": N_("Barnevernet"),
    "police": N_("Politiet"),
    "health": N_("Legevakt eller helsetjeneste"),
    "crisis_centre": N_("Krisesenteret"),
    "others": N_("Andre"),
}
DONE = {
    "corrected": N_("{by} rettet fra «{before}» til «{after}»"),
    "proposed": N_("{by} foreslo en ny kategori"),
    "noted": N_("{by} skrev et notat"),
    "assigned": N_("{by} ga saken til {after}"),
    "took": N_("{by} tok saken"),
    "released": N_("{by} la saken tilbake i køen"),
    "known": N_("{by} kjenner personen og ga saken til {after}"),
    "handled": N_("{by} merket saken som ferdig"),
    "reopened": N_("{by} åpnet saken igjen"),
    "contact": N_("{by} satte {after} som fast kontakt"),
    "uncontacted": N_("{by} tok bort den faste kontakten"),
    "joined": N_("{by} la saken under en annen"),
    "parted": N_("{by} tok saken ut igjen"),
}
UNKNOWN = N_("Ikke sagt")


def did(change: Change, added: Sequence[Category] = ()) -> Text:
    """What a worker did, in a sentence."""
    kind, after = change.kind, change.after
    if kind == "corrected":
        words = {"before": category(change.before or "", added), "after": category(after or "", added)}
        return Text(DONE[kind].msgid, (("by", change.by), *words.items()))
    if kind == "assigned" and after == change.by:
        kind = "took"
    if after is None:
        kind = {"assigned": "released", "contact": "uncontacted"}.get(kind, kind)
    return Text(DONE[kind].msgid, (("by", change.by), ("after", after or "")))


def name(id: str | None) -> Text:
    """What a person is called here."""
    return plain(pseudonym(id)) if id else N_("Slettet person")


def category(key: str, added: Sequence[Category] = ()) -> Text:
    """A kind of need, of the list or added to it."""
    return categories.label(key, added)


def every_category(added: Sequence[Category] = ()) -> list[tuple[str, Text]]:
    """All kinds a need can be counted as, topic by topic."""
    listed = [
        (each.key, each.label)
        for topic in categories.TOPICS
        for each in categories.of_topic(topic, None, added)
    ]
    return [*listed, (OTHER, categories.OTHER_LABEL)]


def obstacle(key: str) -> Text:
    """What stands in the way."""
    return categories.OBSTACLES.get(key, plain(key))


def band(key: str | None) -> Text:
    """An age band."""
    if key == YOUNG_PARENT:
        return N_("Forelder under 25")
    if key == ADULT:
        return N_("Forelder over 25")
    return young(key) if key and key != "none" else UNKNOWN


def districts(places: Iterable[Place]) -> dict[str, str]:
    """The districts of some municipalities, as their residents call them."""
    return {each.key: each.name for place in places for each in place.municipality.districts}


def every_band(limit: int) -> list[tuple[str, Text]]:
    """The bands that can be asked for where the age limit is this."""
    return [(each, band(each)) for each in (*bands(limit)[1:], YOUNG_PARENT, ADULT)]


def at(ms: int) -> str:
    """A time as it stands on the wall in Norway."""
    return f"{moment(ms).astimezone(OSLO):%d.%m.%Y kl. %H.%M}"


def day(ms: int) -> str:
    """A day as people in Norway write it."""
    return f"{moment(ms).astimezone(OSLO):%d.%m.%Y}"


def exactly(ms: int) -> str:
    """A time as a machine reads it."""
    return moment(ms).isoformat(timespec="seconds")


def length(ms: int) -> Text:
    """How long, in the two largest units that matter."""
    minutes = max(ms, 0) // MINUTE_MS
    if ms >= 2 * DAY_MS:
        return N_("{days} dager", days=ms // DAY_MS)
    if minutes >= 60:
        return N_("{hours} t {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return N_("{minutes} min", minutes=minutes)


def clock(seen_by: int, now: int) -> Text:
    """How it stands with the time by which a flag must be seen."""
    if now < seen_by:
        return N_("Må ses innen {length}", length=length(seen_by - now + MINUTE_MS - 1))
    return N_("{length} over fristen", length=length(now - seen_by))


def waited(sent_at: int, now: int) -> Text:
    """How long somebody has waited."""
    return N_("Ventet {length}", length=length(now - sent_at))


def plain(words: str | Told) -> Text:
    """What a municipality has written itself, which no catalogue holds."""
    return Text("{words}", (("words", words),))
