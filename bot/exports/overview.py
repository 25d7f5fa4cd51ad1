"""What a release says of one place and half-year, as the rows and sentences of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from bot.exports.labels import SPLITS, Labels
from bot.exports.report import Reader, half_year_told, reach, unmet
from bot.summaries import ALL, ANY, Key, Place, Release
from bot.summaries.figures import DISTRICT, FIRST, MONEY, QUESTION, UNSAID, UNSENT, WITHOUT_FLOODS, parts
from dialogs.needs import OTHER
from dialogs.text import N_, Text, Value

MOST = 3  # sentences of one kind
BY_CHANCE = 2  # standard deviations of a count: what is within them may be chance, and is not named
FEW_SHOWN = 0.25  # of the kinds of need: below this the topics tell more


@dataclass(frozen=True, slots=True)
class Line:
    """One bar of a chart and row of its table; a number is None where it is left out."""

    name: Value
    people: int | None
    first: int | None = None
    without_floods: int | None = None
    before: int | None = None
    there: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of people: how many have sent something, what they ask for most, and how many live here."""

    name: Value
    people: int | None
    most: Value | None
    reach: Text | None


@dataclass(frozen=True)
class Overview:
    """A release cut to what is seen (`Release.seen`), beside an earlier half-year or another part of it."""

    release: Release
    labels: Labels
    place: Place
    before: str | None = None
    beside: tuple[Key, ...] = ()  # whom each need is counted for as well: districts, or municipalities

    @cached_property
    def reader(self) -> Reader:
        """The release as it is told of this place."""
        return Reader(self.release, self.labels, self.place)

    @property
    def people(self) -> int | None:
        """How many have sent something."""
        return self.release.people(self.reader.key())

    def of(self, needs: Iterable[str]) -> list[Line]:
        """A line for each need whose number is shown, the most asked for first."""
        lines = (self._line(need) for need in needs)
        return sorted(
            (each for each in lines if each.people is not None), key=lambda each: -(each.people or 0)
        )

    @cached_property
    def needs(self) -> list[Line]:
        """The categories that are shown."""
        return self.of(self.release.grid.categories)

    @cached_property
    def topics(self) -> list[Line]:
        """The topics that are shown."""
        return self.of(self.release.grid.topics)

    def outside(self) -> list[Line]:
        """What was told outside the list: in own words alone, and what a coordinator has named since."""
        return self.of((OTHER, *(each.key for each in self.labels.added)))

    @property
    def hidden(self) -> int:
        """How many categories are not shown."""
        return len(self.release.grid.categories) - len(self.needs)

    def _line(self, need: str) -> Line:
        key, shown = self.reader.key(need), self.release.people
        return Line(
            self.labels.need(need),
            shown(key),
            shown(key._replace(counted=FIRST)),
            shown(key._replace(counted=WITHOUT_FLOODS)),
            shown(key._replace(half_year=self.before)) if self.before else None,
            tuple(shown(each._replace(need=need)) for each in self.beside),
        )

    def trend(self) -> list[Line]:
        """How many have sent something in each half-year."""
        keys = (self.reader.key(half_year=year) for year in self.release.grid.half_years)
        return [Line(half_year_told(key.half_year), self.release.people(key)) for key in keys]

    def stops(self) -> list[Line]:
        """Where people stop before they send, the most first."""
        keys = (
            self.reader.key(split=QUESTION, part=part, counted=UNSENT) for part in self.release.grid.questions
        )
        lines = (Line(self.labels.part(key), self.release.people(key)) for key in keys)
        return sorted(
            (each for each in lines if each.people is not None), key=lambda each: -(each.people or 0)
        )

    def splits(self) -> Iterator[tuple[Text, list[Part]]]:
        """Who has answered, told apart in each way there is."""
        for split in ("group", "age_band", MONEY, DISTRICT):
            if held := parts(self.place, split):
                yield SPLITS[split], [self._part(split, part) for part in held]

    def _part(self, split: str, part: str) -> Part:
        key = self.reader.key(split=split, part=part)
        asked = self.reader.by_people([key._replace(need=need) for need in self.release.grid.categories])
        most = self.labels.need(asked[0].need) if self.release.people(asked[0]) else None
        return Part(self.labels.part(key), self.release.people(key), most, reach(self.reader, key))

    def unmet(self) -> list[Value]:
        """What people ask for and neither a service in the municipality's list nor a funded measure meets."""
        names = unmet(self.release, self.labels, self.place.key)
        return [self.labels.need(need) for need in names]

    # --- where to look first ----------------------------------------------------------------------

    def facts(self) -> list[Text]:
        """What stands out, each in a sentence; every number in it is one that is shown."""
        if self.people is None:
            return [N_("For få har sendt noe her til at tall kan vises.")]
        kinds = (self._most, self._first, self._few, self._lacking, self._grown, self._districts)
        return [fact for each in (*kinds, self._money, self._flooded, self._stopped) for fact in each()]

    def _most(self) -> Iterator[Text]:
        for line in self.needs[:1]:
            yield N_(
                "Mest ønsket av det som kan vises: «{need}», {people} av {all} personer.",
                need=line.name,
                people=line.people or 0,
                all=self.people or 0,
            )

    def _first(self) -> Iterator[Text]:
        asked = [each for each in self.needs if each.first]
        for line in sorted(asked, key=lambda each: -(each.first or 0))[:1]:
            yield N_(
                "Mest nødvendig først, av det som kan vises: «{need}», {people} personer.",
                need=line.name,
                people=line.first or 0,
            )

    def _few(self) -> Iterator[Text]:
        """Where few live, the topics say what the categories may not."""
        if len(self.needs) >= FEW_SHOWN * len(self.release.grid.categories):
            return
        for line in self.topics[:MOST]:
            yield N_("Temaet «{topic}»: {people} personer.", topic=line.name, people=line.people or 0)
        yield N_(
            "{count} av {total} typer ønsker er skjult, for få har svart. Temaene samler flere.",
            count=self.hidden,
            total=len(self.release.grid.categories),
        )

    def _lacking(self) -> Iterator[Text]:
        names = self.unmet()
        for line in [each for each in self.needs if each.name in names][:MOST]:
            yield N_(
                "{people} ber om «{need}». Verken tilbud i oversikten eller tiltak som fikk penger, "
                "møter det.",
                people=line.people or 0,
                need=line.name,
            )

    def _grown(self) -> Iterator[Text]:
        grown = [each for each in self.needs if (each.people or 0) > (each.before or each.people or 0)]
        for line in sorted(grown, key=lambda each: (each.before or 0) - (each.people or 0))[:1]:
            yield N_(
                "«{need}» har økt mest, fra {before} til {people} personer.",
                need=line.name,
                before=line.before or 0,
                people=line.people or 0,
            )

    def _districts(self) -> Iterator[Text]:
        """Districts where a need is more usual than chance would make it."""
        found = sorted(self._more_than_usual(), key=lambda each: -each[0])
        for _, text in found[:MOST]:
            yield text

    def _more_than_usual(self) -> Iterator[tuple[float, Text]]:
        shown, everybody = self.release.people, self.people or 1
        for district in parts(self.place, DISTRICT):
            there = self.reader.key(split=DISTRICT, part=district)
            live = shown(there) if district != UNSAID else None
            for need in self.release.grid.categories if live else ():
                people, usual = shown(there._replace(need=need)), shown(self.reader.key(need))
                expected = (live or 0) * (usual or 0) / everybody
                if people and expected and people > expected + BY_CHANCE * sqrt(expected):
                    yield (
                        people / expected,
                        self._told(there, need, people / (live or 1), expected / (live or 1)),
                    )

    def _told(self, there: Key, need: str, share: float, normal: float) -> Text:
        return N_(
            "I {district} ber {share} av 100 om «{need}», mot {normal} av 100 i hele kommunen.",
            district=self.labels.part(there),
            share=round(100 * share),
            need=self.labels.need(need),
            normal=round(100 * normal),
        )

    def _money(self) -> Iterator[Text]:
        short = self.release.people(self.reader.key(split=MONEY, part="no"))
        if short is not None:
            yield N_("{people} sier at de ikke har penger nok til det barna trenger.", people=short)

    def _flooded(self) -> Iterator[Text]:
        for line in self.needs:
            if line.without_floods is not None and line.without_floods != line.people:
                yield N_(
                    "«{need}»: {people} personer, men {fewer} uten mistenkte masseinnsendinger.",
                    need=line.name,
                    people=line.people or 0,
                    fewer=line.without_floods,
                )

    def _stopped(self) -> Iterator[Text]:
        for line in self.stops()[:1]:
            yield N_(
                "Flest stopper ved «{question}»: {people} personer har ikke sendt.",
                question=line.name,
                people=line.people or 0,
            )


def overview(
    release: Release,
    labels: Labels,
    place: str,
    half_year: str,
    before: str | None = None,
    districts: Sequence[str] = (),
) -> Overview:
    """What is seen of a place in a half-year, beside an earlier one and some of its districts.

    All municipalities together stand beside each of them.
    """
    seen = release.seen(place, half_year)
    held = next(each for each in seen.grid.scope if each.key == place)
    anybody = Key(half_year, place, ANY)
    beside = tuple(anybody._replace(split=DISTRICT, part=each) for each in districts)
    if place == ALL:
        beside = tuple(anybody._replace(place=each.key) for each in seen.grid.places)
    return Overview(seen, labels, held, before, beside)
