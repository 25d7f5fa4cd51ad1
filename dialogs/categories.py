"""The 24 kinds of need in six topics, those a coordinator added, and what may stand in the way of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dialogs.needs import OTHER, Need
from dialogs.text import N_, Text, Told


@dataclass(frozen=True, slots=True)
class Topic:
    """A door to a few categories."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of need: `los` names the nearest words of the Los vocabulary, `obstacles` what to ask about.

    `group` orders the choices; it never hides one. One that is no longer `offered` still has its name, so
    that what was told under it can be shown.
    """

    key: str
    topic: str
    label: Text
    about: Text
    group: Literal["youth", "family", "both"]
    los: str
    obstacles: tuple[str, ...] = ()
    offered: bool = True


TOPICS = {
    topic.key: topic
    for topic in (
        Topic("work_and_way", N_("Lappen, buss, skole og jobb")),
        Topic("friends_and_leisure", N_("Venner og fritid")),
        Topic("someone_to_talk_to", N_("Noen å snakke med")),
        Topic("money_food_clothes", N_("Penger, mat og klær")),
        Topic("home_and_children", N_("Hjem og barn")),
        Topic("health_and_safety", N_("Helse og trygghet")),
    )
}

OBSTACLES = {
    "price": N_("Det koster for mye"),
    "far": N_("Det er for langt unna"),
    "closed": N_("Det er stengt når jeg trenger det"),
    "wait": N_("Jeg må vente lenge"),
    "alone": N_("Jeg har ingen å gjøre det med"),
    "start": N_("Jeg vet ikke hvor jeg skal begynne"),
    "hard": N_("Det er vanskelig å få til"),
    "shy": N_("Jeg gruer meg"),
    "trust": N_("Jeg har prøvd, men det hjalp ikke"),
}

CATEGORIES = {
    category.key: category
    for category in (
        Category(
            "driving_licence",
            "work_and_way",
            N_("Førerkort (lappen)"),
            N_("Å ta lappen: kjøretimer, øving, teori, prøver eller moped."),
            "youth",
            "ord/forerkort",
            ("price", "alone", "far"),
        ),
        Category(
            "transport",
            "work_and_way",
            N_("Buss og skyss"),
            N_("Å komme seg til skole, jobb og venner: buss, skyss, sykkel."),
            "both",
            "ord/reisebillett + tema/mobilitetstilbud",
            ("price", "far", "closed"),
        ),
        Category(
            "community",
            "friends_and_leisure",
            N_("Et fellesskap å høre til"),
            N_("Venner, en gjeng eller et sted der noen savner deg."),
            "both",
            "tema/fritid + ord/frivilligsentral",
            ("alone", "start", "shy"),
        ),
        Category(
            "place_to_be",
            "friends_and_leisure",
            N_("Et sted å være"),
            N_("Et gratis sted å være kveld, helg og ferie, med trygge voksne."),
            "youth",
            "ord/fritidstilbud",
            ("closed", "far", "price"),
        ),
        Category(
            "leisure",
            "friends_and_leisure",
            N_("Fritid, ferie og opplevelser"),
            N_("Å være med på trening, tur, bursdag eller ferie som andre."),
            "both",
            "ord/fritidstilbud + ord/idrettslag + ord/fritidsutstyr",
            ("price", "far", "start"),
        ),
        Category(
            "after_hours_contact",
            "someone_to_talk_to",
            N_("Noen å kontakte kveld og helg"),
            N_("Et menneske som svarer på kveld, natt og i helg."),
            "both",
            "tema/akutt-hjelp + ord/livskriser",
        ),
        Category(
            "safe_adult",
            "someone_to_talk_to",
            N_("En trygg voksen"),
            N_("En voksen som bryr seg, hører på deg og stiller opp."),
            "youth",
            "ord/stottekontakt",
            ("start", "shy", "trust"),
        ),
        Category(
            "lasting_follow_up",
            "someone_to_talk_to",
            N_("Samme person over tid"),
            N_("Den samme personen over tid, uten at hjelpen stopper på en dato."),
            "both",
            "ord/stotte-til-familier",
        ),
        Category(
            "one_door",
            "someone_to_talk_to",
            N_("Slippe å si alt på nytt"),
            N_("Hjelp som henger sammen, så du slipper å si alt på nytt."),
            "both",
            "tema/medvirkning",
        ),
        Category(
            "being_heard",
            "someone_to_talk_to",
            N_("Å bli hørt og få bestemme"),
            N_("At noen hører på deg, og lar deg være med og bestemme."),
            "both",
            "tema/medvirkning + ord/brukermedvirkning-i-skolen",
        ),
        Category(
            "forms_rights",
            "money_food_clothes",
            N_("Søknader, brev og rettigheter"),
            N_("Hjelp til å forstå brev, søke om støtte, klage og bruke BankID."),
            "both",
            "ord/rettshjelp + tema/innbyggerrettigheter",
            ("hard", "start", "alone"),
        ),
        Category(
            "money",
            "money_food_clothes",
            N_("Penger til hverdagen"),
            N_("Å få penger nok til mat, leie, strøm og regninger. Hjelp med gjeld."),
            "both",
            "ord/sosialhjelp + ord/okonomisk-radgiving",
        ),
        Category(
            "food",
            "money_food_clothes",
            N_("Mat"),
            N_("Nok og god mat, også på slutten av måneden."),
            "both",
            "ord/sosialhjelp",
            ("start", "shy"),
        ),
        Category(
            "clothes_gear",
            "money_food_clothes",
            N_("Klær, møbler og utstyr"),
            N_("Ting du må ha: klær, sko, seng, PC eller barnevogn."),
            "both",
            "ord/sosialhjelp + ord/fritidsutstyr",
            ("price", "start"),
        ),
        Category(
            "housing",
            "home_and_children",
            N_("Et trygt sted å bo"),
            N_("En hybel eller bolig, mer plass, eller hjelp så du får bli."),
            "both",
            "ord/kommunal-bolig + ord/bostotte + ord/midlertidig-botilbud",
            ("price", "wait", "start"),
        ),
        Category(
            "school",
            "work_and_way",
            N_("Skole og læring"),
            N_("Å klare skolen, komme tilbake eller få hjelp som passer deg."),
            "both",
            "tema/videregaende-skole + ord/tilpasset-opplaring + ord/fraver",
            ("hard", "wait", "trust"),
        ),
        Category(
            "work",
            "work_and_way",
            N_("Jobb og praksis"),
            N_("Å få jobb, læreplass eller praksis. Eller noe å gå til om dagen."),
            "both",
            "tema/arbeidssoking + ord/arbeidsmarkedstiltak + ord/larling",
            ("start", "hard", "far"),
        ),
        Category(
            "mental_health",
            "health_and_safety",
            N_("Psykisk helse"),
            N_("Når det er tungt: angst, stress, søvn og sorg. Hjelp uten lang kø."),
            "both",
            "ord/psykisk-helse",
            ("wait", "shy", "trust"),
        ),
        Category(
            "health_dental",
            "health_and_safety",
            N_("Lege, tannlege og helse"),
            N_("Hjelp med tenner, kropp og sykdom. Lege, medisin og briller."),
            "both",
            "ord/tannhelsetjeneste + ord/legehjelp + ord/helsestasjon-for-ungdom",
            ("price", "wait", "shy"),
        ),
        Category(
            "childcare_relief",
            "home_and_children",
            N_("Barnepass og en pause"),
            N_("Barnehage, SFO, noen som passer barna, og en pause."),
            "family",
            "ord/barnehageplass + ord/skolefritidsordning + ord/omsorgsavlastning + ord/besokshjem",
            ("price", "alone", "wait"),
        ),
        Category(
            "family_home",
            "home_and_children",
            N_("Hjelp i familien"),
            N_("Når det er krangel, brudd eller sykdom hjemme. Råd til foreldre."),
            "both",
            "ord/stotte-til-familier + tema/barnevern-og-foreldrestotte + ord/samlivsbrudd",
            ("start", "shy", "wait"),
        ),
        Category(
            "substance_use",
            "health_and_safety",
            N_("Rus og spill"),
            N_("Å slutte eller roe ned: alkohol, hasj, piller, snus eller pengespill."),
            "both",
            "ord/hjelp-ved-rusavhengighet + ord/spilleavhengighet",
            ("start", "shy", "trust"),
        ),
        Category(
            "safety_bullying",
            "health_and_safety",
            N_("Trygghet, mobbing og vold"),
            N_("Å være trygg hjemme, på skolen, på nett og ute."),
            "both",
            "ord/mobbing-i-skolen + ord/hjelp-ved-overgrep + ord/krisesenter",
            ("shy", "trust", "start"),
        ),
        Category(
            "language_new_norway",
            "home_and_children",
            N_("Norsk, tolk og ny i Norge"),
            N_("Norskkurs, tolk, og å forstå hvordan ting virker her."),
            "both",
            "ord/norskopplaring + ord/tolketjeneste + hendelse/ny-i-norge",
            ("wait", "far", "start"),
        ),
    )
}

OTHER_LABEL = N_("Noe annet")


def as_data(words: Told) -> Text:
    """Words of a category that a coordinator added: in no catalogue, each language in the data."""
    return Text("{words}", (("words", words),))


def label(key: str, added: Sequence[Category] = ()) -> Text:
    """What a category is called; a need outside the list is "something else"."""
    if key in CATEGORIES:
        return CATEGORIES[key].label
    return next((category.label for category in added if category.key == key), OTHER_LABEL)


def of_topic(topic: str, group: str | None, added: Sequence[Category] = ()) -> tuple[Category, ...]:
    """The categories of a topic that are offered, those nearest the person's group first."""
    every = (*CATEGORIES.values(), *added)
    held = [category for category in every if category.topic == topic and category.offered]
    return tuple(
        sorted(held, key=lambda category: group is not None and category.group not in ("both", group))
    )


def obstacles(need: Need) -> tuple[str, ...]:
    """What may stand in the way of this need; empty where asking would not help."""
    return (
        ()
        if need.category == OTHER or need.category not in CATEGORIES
        else CATEGORIES[need.category].obstacles
    )
