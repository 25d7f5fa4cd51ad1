"""A summary to read: what is asked for most in one municipality, with a picture beside each table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.allocation.explain import Bars, Block, Heading, Paragraph, Points, Table
from bot.exports.labels import HIDDEN, SPLITS, Labels
from bot.summaries import ANY, Key, Place, Release
from bot.summaries.figures import FIRST, QUESTION, UNSENT, WITHOUT_FLOODS, parts
from dialogs.needs import OTHER
from dialogs.text import N_, Text, Value

PEOPLE = N_("Personer")
NEED = N_("Ønske")


@dataclass(frozen=True, slots=True)
class Reader:
    """A release as it is told of one place and its running half-year."""

    release: Release
    labels: Labels
    place: Place

    @property
    def latest(self) -> str:
        """The half-year that is running."""
        return self.release.grid.half_years[-1]

    def key(self, need: str = ANY, **more: str) -> Key:
        """A figure of this place."""
        return Key(self.latest, self.place.key, need)._replace(**more)

    def told(self, key: Key) -> Value:
        """The number, or a word where it is left out."""
        people = self.release.people(key)
        return HIDDEN if people is None else people

    def by_people(self, keys: Sequence[Key]) -> list[Key]:
        """The largest first; those that are left out last, in their own order."""
        return sorted(keys, key=lambda key: -(self.release.people(key) or 0))


def blocks(release: Release, labels: Labels) -> tuple[Block, ...]:
    """The whole report: each place, and how to read it."""
    first: tuple[Block, ...] = (Heading(1, N_("Hva folk har bedt om")), *_about(release))
    told = (each for place in release.grid.scope for each in _place(Reader(release, labels, place)))
    return (*first, *told, *_how_to_read(release, labels))


def _about(release: Release) -> tuple[Block, ...]:
    text = N_(
        "Tallene er fra {day}. De teller personer, ikke meldinger. Et tall på under {fewest} vises aldri.",
        day=release.released_on.isoformat(),
        fewest=release.limit,
    )
    return (Paragraph(text),)


def _place(reader: Reader) -> Iterator[Block]:
    name = reader.labels.place(reader.place.key)
    yield Heading(2, N_("{place}, {half}", place=name, half=half_year_told(reader.latest)))
    if reader.release.people(reader.key()) is None:
        yield Paragraph(N_("Ingen ønsker har fått nok svar til å vises ennå."))
        return
    yield Paragraph(N_("Personer som har sendt ønsker: {people}.", people=reader.told(reader.key())))
    yield from _needs(reader)
    yield from _topics(reader)
    yield from _outside(reader)
    for split in ("age_band", "group", "money", "district"):
        yield from _split(reader, split)
    yield from _trend(reader)
    yield from _stops(reader)
    yield from _unmet(reader)


def _needs(reader: Reader) -> Iterator[Block]:
    keys = reader.by_people([reader.key(need) for need in reader.release.grid.categories])
    shown = [key for key in keys if reader.release.people(key) is not None]
    yield Heading(3, N_("Det flest ber om"))
    if not shown:
        yield Paragraph(N_("Ingen ønsker har fått nok svar til å vises ennå."))
        return
    rows = tuple(
        (
            reader.labels.need(key.need),
            reader.told(key),
            reader.told(key._replace(counted=FIRST)),
            reader.told(key._replace(counted=WITHOUT_FLOODS)),
        )
        for key in shown
    )
    yield _bars(reader, N_("Personer som har bedt om det"), shown)
    heads = (NEED, PEOPLE, N_("Trenger det først"), N_("Uten mistenkte masseinnsendinger"))
    yield Table(N_("Ønsker med nok svar til å vises"), heads, rows)
    if len(shown) < len(keys):
        yield Paragraph(N_("Ønsker som ikke vises: {count}.", count=len(keys) - len(shown)))


def _topics(reader: Reader) -> Iterator[Block]:
    keys = reader.by_people([reader.key(topic) for topic in reader.release.grid.topics])
    yield Heading(3, N_("Etter tema"))
    yield _bars(reader, N_("Personer som har bedt om noe innen temaet"), keys)
    rows = tuple((reader.labels.need(key.need), reader.told(key)) for key in keys)
    yield Table(N_("Temaer"), (N_("Tema"), PEOPLE), rows)


def _outside(reader: Reader) -> Iterator[Block]:
    """What people told outside the list: in own words alone, and what a coordinator has named since."""
    keys = [reader.key(need) for need in (OTHER, *(each.key for each in reader.labels.added))]
    shown = [key for key in reader.by_people(keys) if reader.release.people(key) is not None]
    if shown:
        yield Heading(3, N_("Utenfor listen"))
        rows = tuple((reader.labels.need(key.need), reader.told(key)) for key in shown)
        yield Table(N_("Det folk sa med egne ord, og det som har fått navn siden"), (NEED, PEOPLE), rows)


def _split(reader: Reader, split: str) -> Iterator[Block]:
    """Who has answered, what they ask for most, and how many there are of them by another's count."""
    held = parts(reader.place, split)
    if not held:
        return
    rows = []
    for part in held:
        key = reader.key(split=split, part=part)
        needs = reader.by_people([key._replace(need=need) for need in reader.release.grid.categories])
        most = reader.labels.need(needs[0].need) if reader.release.people(needs[0]) else HIDDEN
        rows.append((reader.labels.part(key), reader.told(key), most, reach(reader, key) or "–"))
    yield Heading(3, SPLITS[split])
    heads = (SPLITS[split], PEOPLE, N_("Mest av det som vises"), N_("Av alle som bor her"))
    yield Table(N_("Hvem som har svart, og hva de ber om"), heads, tuple(rows))


def reach(reader: Reader, key: Key) -> Text | None:
    """What share has answered, where it is known how many live here: a low share is not a low need."""
    place = reader.labels.places.get(key.place)
    held = place.outside if place else ()
    outside = next((each for each in held if (each.split, each.part) == (key.split, key.part)), None)
    people = reader.release.people(key)
    if outside is None or people is None:
        return None
    share = f"{100 * people / outside.people:.1f}".replace(".", ",")
    return N_("{share} % ({source})", share=share, source=outside.source)


def _trend(reader: Reader) -> Iterator[Block]:
    keys = [reader.key(half_year=year) for year in reader.release.grid.half_years]
    yield Heading(3, N_("Utvikling"))
    named = [(half_year_told(key.half_year), key) for key in keys]
    yield Bars(N_("Personer per halvår"), tuple(_bar(reader, name, key) for name, key in named))
    rows = tuple((name, reader.told(key)) for name, key in named)
    yield Table(N_("Personer per halvår"), (N_("Halvår"), PEOPLE), rows)


def _stops(reader: Reader) -> Iterator[Block]:
    keys = [
        reader.key(split=QUESTION, part=question, counted=UNSENT)
        for question in reader.release.grid.questions
    ]
    shown = [key for key in reader.by_people(keys) if reader.release.people(key) is not None]
    if shown:
        yield Heading(3, N_("Hvor folk stopper før de sender"))
        rows = tuple((reader.labels.part(key), reader.told(key)) for key in shown)
        yield Table(N_("Spørsmålet de stoppet ved"), (N_("Spørsmål"), PEOPLE), rows)


def _unmet(reader: Reader) -> Iterator[Block]:
    names = unmet(reader.release, reader.labels, reader.place.key)
    if names:
        yield Heading(3, N_("Ønsker uten et tilbud"))
        yield Paragraph(
            N_("Verken tilbud i kommunens oversikt eller tiltak som fikk penger, møter disse ønskene:")
        )
        yield Points(tuple(reader.labels.need(need) for need in names))


def unmet(release: Release, labels: Labels, place: str) -> tuple[str, ...]:
    """The shown categories of the running half-year that no service and no funded measure meets."""
    if place not in labels.places:
        return ()
    met = {each for service in labels.places[place].municipality.services for each in service.categories}
    met.update(labels.funded.get(place, ()))
    keys = (Key(release.grid.half_years[-1], place, need) for need in release.grid.categories)
    return tuple(
        key.need for key in keys if key.need not in {*met, OTHER} and release.people(key) is not None
    )


def _how_to_read(release: Release, labels: Labels) -> Iterator[Block]:
    yield Heading(2, N_("Slik leser du tallene"))
    total = len(release.figures)
    yield Points(
        (
            N_("{count} av {total} tall er utelatt.", count=release.left_out, total=total),
            N_(
                "Et tall er utelatt når det er færre enn {fewest}, null medregnet, eller når det ville røpet "
                "et slikt tall.",
                fewest=release.limit,
            ),
            N_(
                "Et tall flytter seg først når minst {fewest} har kommet til eller gått.",
                fewest=release.limit,
            ),
            N_("Én person kan ha flere ønsker. Derfor er summen av ønskene større enn antallet personer."),
            N_("De som ikke har svart, kan trenge noe annet. Få ønsker betyr ikke at behovet er lite."),
        )
    )
    yield Heading(3, N_("Spørsmålene, slik de ble stilt"))
    yield Points(tuple(release.words.values()))
    yield Heading(3, N_("Utgave av det folk fikk vite først"))
    yield Points(
        tuple(
            N_("{place}: {mark}", place=labels.place(key), mark=mark) for key, mark in release.notices.items()
        )
    )


def _bars(reader: Reader, about: Text, keys: Sequence[Key]) -> Bars:
    return Bars(about, tuple(_bar(reader, reader.labels.need(key.need), key) for key in keys))


def _bar(reader: Reader, name: Value, key: Key) -> tuple[Value, int, Value]:
    return name, reader.release.people(key) or 0, reader.told(key)


def half_year_told(half_year: str) -> Text:
    """A half-year as people say it."""
    year, number = half_year.split("-")
    return N_("{number}. halvår {year}", number=number, year=year)
