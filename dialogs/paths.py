"""Short conversations, written as what a person does, that together meet everything Lytt can say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dialogs.answers import ANSWERS
from dialogs.categories import TOPICS
from dialogs.commands import LABELS
from dialogs.model import (
    TELEGRAM_AGE,
    Chose,
    Coded,
    Commanded,
    Event,
    Grave,
    Guess,
    Heard,
    Letter,
    Opened,
    Said,
    Showed,
    Span,
    Written,
)
from dialogs.needs import ADULT, OTHER, UNDER_12, YOUNG_PARENT
from dialogs.questions.need import LONG, MOST_WAITING
from dialogs.text import Value


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person does: `presses` choices of the question asked last, or brings about `event`."""

    told: Value = ""
    presses: tuple[str, ...] = ()
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A short conversation; `youngest_age` is the lower limit of its channel, in years.

    `staffed`, `soon`, `kept`, `unsends`, `discreet`, `letters` and `contact` are those of the situation.
    """

    title: str
    acts: tuple[Act, ...]
    youngest_age: int = 0
    staffed: bool = True
    soon: bool = False
    kept: bool = False
    unsends: bool = False
    discreet: bool = False
    letters: tuple[Letter, ...] = ()
    contact: str = ""


FIRST = "the first choice"  # of a list that the municipality decides
LICENCE = "Jeg får ikke jobb uten lappen."


def press(*choices: str) -> Act:
    """Press choices, by their ids."""
    return Act(presses=choices)


def use(command: str) -> Act:
    """Use a command."""
    return Act(LABELS[command], event=Commanded(command))


def write(words: str, *chosen: str, guessed: tuple[str, ...] = (), **heard: object) -> Act:
    """Write words that are understood as `chosen`; `guessed` are all that is suggested."""
    guesses = tuple(Guess(key=key, score=0.8) for key in guessed or chosen)
    fields = {"masked": words, "categories": guesses, "chosen": chosen, **heard}
    return Act(words, event=Said(Heard.model_validate(fields)))


def confide(strength: Literal["sure", "maybe"], kind: str = "suicide") -> Act:
    """Write something grave; what was written is never shown again, not here either."""
    heard = Heard(masked="…", grave=Grave(kind=kind, strength=strength))
    return Act("(noe alvorlig)", event=Said(heard))


def write_on(times: int) -> Act:
    """Write so much that it can not wait together with what is written next."""
    heard = Heard(masked="Jeg må ha bil. " * (MOST_WAITING // 16 + times), chosen=("driving_licence",))
    return Act("(en svært lang tekst)", event=Said(heard))


KARI = "Kari fra Uteseksjonen"
LETTER = Letter("l1", "worker", KARI, ANSWERS["meet"])
WAITING = (
    Letter("l0", "news", "Trondheim", "Det kommer et kurs i høst.", waiting=True),
    replace(LETTER, waiting=True),
)
CALLED = Act("(en voksen skriver)", event=Written(LETTER))


def show(kind: str, told: str) -> Act:
    """Send something that is not words."""
    return Act(f"({told})", event=Showed(kind))


YOUTH = (press("16-17"), write(LICENCE, "driving_licence", guessed=("driving_licence", "work")), press("yes"))
PARENT = (
    press(ADULT),
    press("0-1", "2-5"),
    press("money_food_clothes"),
    press("clothes_gear"),
    press(FIRST),
)
FOUR = (
    press("more"),
    write("Mat, bolig, penger", "food", "housing", "money"),
    press("yes"),
    *(use("skip"),) * 4,
)

PATHS = (
    Path(
        "16 år, ett ønske",
        (*YOUTH, press(FIRST), press("send"), press("adult"), press("evening")),
    ),
    Path(
        "Har små barn, to ønsker",
        (
            *PARENT,
            press("more"),
            write("Noen som kan passe barna når jeg er syk.", "childcare_relief"),
            press("yes"),
            press("price"),
            press("wait"),
            press("need1"),
            press("send"),
            press("news"),
            press("sometimes"),
            press("yes"),
            use("edit"),
            press("nothing"),
            use("mine"),
            use("take"),
        ),
    ),
    Path(
        "12 år, når ingen er på jobb",
        (
            press("12-14"),
            write("Jeg vil ha et sted å være.", "place_to_be"),
            press("yes"),
            press(FIRST),
            press("send_answer"),
        ),
        staffed=False,
    ),
    Path(
        "Ung forelder, alle tema",
        (
            press(YOUNG_PARENT),
            press("expecting"),
            *(act for topic in TOPICS for act in (press(topic), use("back"))),
            press(OTHER),
            write("Noen som kan klippe håret mitt.", OTHER, guessed=("after_hours_contact",)),
            press(OTHER),
            use("skip"),
        ),
    ),
    Path(
        "20 år, stopper, kommer tilbake og endrer",
        (
            press("18-24"),
            use("mine"),
            use("stop"),
            write("Jeg vil ha det bedre.", guessed=("mental_health", "safe_adult")),
            press("change"),
            press("health_and_safety"),
            press("mental_health"),
            press(FIRST),
            use("stop"),
            use("start"),
            use("mine"),
            press("send"),
            press("adult_hidden"),
            press("any"),
            use("mine"),
            use("edit"),
            press("district"),
            use("skip"),
            use("edit"),
            press("need0"),
            write("En voksen som hører på meg.", "safe_adult"),
            press("yes"),
            use("mine"),
            press("send"),
            use("receipt"),
            write("jeg husker ikke"),
            use("skip"),
            write("takk"),
        ),
    ),
    Path(
        "Ett ønske for mye",
        (*PARENT, *FOUR, press("more"), write("Ferie, tannlege", "leisure", "health_dental"), press("yes")),
    ),
    Path(
        "Hva står i veien",
        (
            press("18-24"),
            write("Hjelp på skolen, og et sted å være", "school", "place_to_be"),
            press("yes"),
            press(FIRST),
            press("more"),
            write("Mat på slutten av måneden", "food"),
            press("yes"),
            use("skip"),
            press("closed"),
        ),
    ),
    Path("Under 12 år", (press(UNDER_12),)),
    Path("30 år, uten barn", (write("30"), press("none"))),
    Path(
        "Skriver et ønske når jeg spør om alder",
        (*YOUTH, use("edit"), press("who"), write("Jeg trenger busskort også.", "transport")),
    ),
    Path("Ingen av disse, etter et ønske", (*YOUTH, use("edit"), press("who"), press("none"))),
    Path("14 år i Telegram", (press("12-14"),), youngest_age=TELEGRAM_AGE),
    Path("Vil ikke si alderen i Telegram", (use("skip"),), youngest_age=TELEGRAM_AGE),
    Path(
        "Ingen av disse, etter ord som ikke er bekreftet",
        (write("Jeg trenger lappen", "driving_licence"), press("none")),
    ),
    Path(
        "Trykker feil alder",
        (
            *YOUTH,
            use("edit"),
            press("who"),
            press("12-14"),
            write("nei"),
            use("edit"),
            press("who"),
            press("12-14"),
            write("ja"),
        ),
        staffed=False,
    ),
    Path("Skriver svært mye", (press("18-24"), write_on(1), write_on(2), press("yes"))),
    Path("Skriver mer enn det er plass til", (*PARENT, *FOUR, *map(write_on, (1, 2, 3)))),
    Path(
        "Noen er i fare",
        (
            *YOUTH[:1],
            confide("sure"),
            press("adult"),
            write("Ring etter skolen."),
            confide("sure", "violence"),
        ),
    ),
    Path(
        "Ber om en voksen, og ser etter svaret",
        (
            *YOUTH[:1],
            confide("sure"),
            press("adult"),
            press("here"),
            Act("4821 7305 9614 2087", event=Opened(found=True)),
        ),
    ),
    Path("Noen er i fare, og angrer", (confide("sure"), press("delete"), confide("sure"), press("later"))),
    Path(
        "Noen er i fare, noen leser snart og må melde fra",
        (confide("sure"), press("delete")),
        soon=True,
        kept=True,
    ),
    Path(
        "Noen kan være i fare",
        (*YOUTH, confide("maybe"), write("hm"), press("yes"), use("help"), use("delete"), press("no")),
    ),
    Path("Noen kan være i fare, og er ikke trygg", (*YOUTH[:1], confide("maybe"), press("no"))),
    Path(
        "Noen kan være i fare, og vil snakke med en voksen", (confide("maybe"), press("adult"), press("here"))
    ),
    Path(
        "En voksen svarer",
        (
            *YOUTH,
            press(FIRST),
            press("send"),
            press("adult"),
            CALLED,
            write("På onsdag etter skolen."),
            write("Jeg bor hos [name].", spans=(Span(start=11, end=17, kind="name"),)),
            use("edit"),
            use("mine"),
            press("end"),
        ),
        letters=(replace(LETTER, words="Vil du møte en av oss?"), Letter("l2", "person", "", "På onsdag.")),
        contact=KARI,
    ),
    Path("En voksen svarer, og jeg stopper", (*YOUTH, CALLED, use("stop"))),
    Path(
        "En voksen svarer, men andre kan se telefonen",
        (*YOUTH, press(FIRST), press("send"), press("adult_hidden"), CALLED, press("show"), press("end")),
        discreet=True,
        letters=WAITING,
    ),
    Path(
        "12 år, og en voksen har svart",
        (
            press("12-14"),
            CALLED,
            press("yes"),
            write("Ja, i morgen."),
            confide("sure"),
            press("later"),
            use("start"),
            press("delete"),
        ),
        staffed=False,
    ),
    Path("Noen er i fare, og en voksen skriver", (confide("sure"), CALLED, press("delete")), kept=True),
    Path("Nytt mens jeg var borte", (use("start"),), letters=WAITING),
    Path(
        "Sletter alt, vil ha et annet språk og vil vite mer",
        (use("privacy"), use("language"), press("nb"), use("interpreter"), use("delete"), press("yes")),
    ),
    Path("Sletter alt i Telegram", (use("delete"), press("yes")), unsends=True),
    Path(
        "Svar som ikke passer",
        (
            write("Jeg trenger lappen", "driving_licence"),
            write("200"),
            press(ADULT),
            write("19"),
            write("noen"),
            press("13-17"),
            write(" "),
            write("الحافلة", readable=False),
            press(OTHER),
            write("hvor som helst"),
            show("location", "et sted"),
            show("contact", "et kontaktkort"),
            show("voice", "en lydmelding"),
            show("picture", "et bilde"),
            show("sticker", "et klistremerke"),
            Act("(en gammel knapp)", event=Chose(("none",), turn=1)),
        ),
    ),
    Path(
        "Lang tekst, og et navn",
        (
            press("18-24"),
            write("Jeg må ha bil. " * (LONG // 14), "driving_licence"),
            write("Jeg bor hos [name].", "housing", spans=(Span(start=11, end=17, kind="name"),)),
        ),
    ),
    Path(
        "Kvittering og kode",
        (
            Act("0000 0000 0000 0000", event=Opened(found=False)),
            use("skip"),
            Act("kode FEIL", event=Coded(None)),
            Act("kode ABC123", event=Coded("attested")),
            *YOUTH,
            Act("4821 7305 9614 2087", event=Opened(found=True)),
            Act("4821 7305 9614 2087", event=Opened(found=True, full=True)),
            Act("4821 7305 9614 2087", event=Opened(found=True, instead=True)),
        ),
    ),
)
