"""Tell an allocation in words: blocks of text without a language, from its JSON alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from bot.allocation.checks import kroner
from bot.allocation.margin import MOST
from bot.allocation.publish import FEWEST
from dialogs.text import N_, Text, Told, Value


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's own."""

    level: int
    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: Text


@dataclass(frozen=True, slots=True)
class Points:
    """A list, one thing a line."""

    texts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names the row."""

    about: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """How large some amounts are beside each other: name, size, and the size in words."""

    about: Text
    bars: tuple[tuple[Value, int, Value], ...]


Block: TypeAlias = Heading | Paragraph | Points | Table | Bars
Held: TypeAlias = Mapping[str, Any]

NOTHING = "–"
EVERY_LINE = "lines.csv"
ALL_SPENT = N_("Alle pengene er brukt.")
# Nobody waits, or few, or too few for a unit, or a limit stops it: it must not gainsay what stands beside it.
REST = N_("Innenfor reglene kunne resten hjelpe ingen, eller bare noen få.")
RULE_NAMES = {
    "most-requested": N_("Flest ønsker først"),
    "equal-shares": N_("Like andeler"),
    "equal-shares-completed": N_("Like andeler"),
    "equal-shares-add1": N_("Like andeler av mer og mer"),
    "phragmen": N_("Like fort til alle"),
    "proportional": N_("Etter hvor mange som ba"),
}
RULES_TOLD = {
    "most-requested": N_(
        "Hjelpen som flest ber om, får penger til én plass eller flere. "
        "Så teller vi på nytt: Hvem venter fortsatt? Slik går det videre, helt til ingenting mer passer."
    ),
    "equal-shares": N_(
        "Alle som har bedt om noe, får en like stor del av pengene. De som ber om det samme, betaler sammen. "
        "Hjelpen der hver betaler den minste delen av prisen, går først."
    ),
    "equal-shares-completed": N_(
        "Alle som har bedt om noe, får en like stor del av pengene. De som ber om det samme, betaler sammen. "
        "Hjelpen der hver betaler den minste delen av prisen, går først. "
        "Resten går til det flest venter på."
    ),
    "equal-shares-add1": N_(
        "Alle får en like stor del, og delen øker med én krone om gangen. "
        "Vi stopper før det blir dyrere enn pengene rekker."
    ),
    "phragmen": N_("Alle sparer like fort. De som ber om det samme, kjøper det så snart de har råd."),
    "proportional": N_("Det som har fått minst for hver som ba, går først."),
}
STOPPED = {
    # One text for two causes: how many are left is not public, and it may stand beside "others still wait".
    "asked": N_("For få av dem hjelpen er for, mangler plass."),
    "most": N_("Søkeren har ikke plass til flere."),
    "applicant": N_("Grensen for én søker i én periode er nådd."),
    "period": N_("Pengene for perioden er brukt."),
    "source": N_("Det er ikke mer igjen av pengene som kan gå til dette."),
    "slots": N_("Grensen for hvor mange søkere som får penger, er nådd."),
    "money": N_("Det som er igjen av pengene, er for lite."),
    "rule": N_("Regelen stopper her."),
}


TIES_TOLD = {
    "unit_cost": N_("lavest pris"),
    "asked": N_("hvor mange som ba"),
    "first": N_("hvor mange som trenger det først"),
    "lot": N_("loddet"),
}


def amount(øre: int) -> Told:
    """An amount as each language writes it."""
    written = kroner(øre)
    return Told(f"{written} kr", f"{written} kr", f"NOK {_english(øre)}")


def _english(øre: int) -> str:
    whole, rest = divmod(øre, 100)
    return f"{whole:,}" + (f".{rest:02}" if rest else "")


def price(written: str) -> Told:
    """A price that may not come out even, to the nearest whole krone; under one, to the nearest øre."""
    øre = Fraction(written)
    return amount(round(øre / 100) * 100 if øre >= 100 else round(øre))


def told(name: Any) -> Value:
    """A name as JSON holds it: the same in all languages, or one for each."""
    return Told(**name) if isinstance(name, dict) else str(name)


class Names:
    """What everything is called."""

    def __init__(self, held: Held) -> None:
        self._names = held["names"]

    def of(self, kind: str, key: str) -> Value:
        return told(self._names.get(kind, {}).get(key, key))

    def measure(self, id: str) -> Value:
        """A measure, with its applicant where another has the same name and that says more."""
        called: Value = self.of("measures", id)
        alike = list(self._names.get("measures", {}).values()).count(called) > 1
        by = self.of("applicants", self._names.get("applicants_of", {}).get(id, ""))
        return N_("{measure} ({by})", measure=called, by=by) if alike and by not in ("", called) else called

    def time(self, periods: Iterable[int]) -> str:
        """From day to day, periods that follow upon each other as one."""
        spans: list[tuple[int, str, str]] = []
        for place in sorted(set(periods)):
            first, last = self._names.get("periods", {}).get(str(place), [str(place + 1)] * 2)
            if spans and spans[-1][0] == place - 1:
                first = spans.pop()[1]
            spans.append((place, first, last))
        return ", ".join(first if first == last else f"{first}–{last}" for _, first, last in spans)

    def listed(self, kind: str, keys: Sequence[str]) -> Value:
        """Some names, with commas between them."""
        return _joined([self.measure(key) if kind == "measures" else self.of(kind, key) for key in keys])


def _joined(names: Sequence[Value]) -> Value:
    joined = names[0]
    for name in names[1:]:
        joined = N_("{first}, {second}", first=joined, second=name)
    return joined


def explain(held: Held) -> list[Block]:
    """The whole explanation, from what is exact or from what is published."""
    main, names = held["accounts"][held["rule"]], Names(held)
    parts = (
        _opening(held, main, names),
        _funded(held, main, names),
        _lines(main, names),
        _left(main, names),
        _pots(main, names),
        _unfunded(held, main, names),
        _unmet(main, names),
        _groups(main, names),
        _fair(main, names),
        _margins(held, main, names),
        told_without(held.get("attesters", ()), names),
        _other_voices(held, main, names),
        _compared(held, names),
        _again(held),
    )
    return [block for part in parts for block in part]


def _opening(held: Held, main: Held, names: Names) -> Iterator[Block]:
    yield Heading(1, N_("Hvem får pengene? {call}", call=names.of("call", "name")))
    if held.get("decision"):
        yield Paragraph(N_("Et dataprogram laget et forslag. Mennesker bestemte dette."))
    else:
        yield Paragraph(N_("Dette er et forslag fra et dataprogram. Mennesker bestemmer til slutt."))
    facts = [N_("Penger å dele ut: {money}.", money=amount(main["money"]))]
    if main["people"] is not None:
        facts.append(N_("Folk som har sagt hva de trenger: {people}.", people=main["people"]))
    if main["spent"] is not None:
        spent = amount(main["spent"])
        is_made = held.get("decision")
        facts.append(
            N_("Vedtaket bruker {spent}.", spent=spent)
            if is_made
            else N_("Forslaget bruker {spent}.", spent=spent)
        )
        facts.append(remaining(main))
    yield Points(tuple(facts))
    yield Paragraph(rule_told(held["rule"]))
    if main["chosen"]:
        chosen = names.listed("applicants", main["chosen"])
        yield Paragraph(
            N_(
                "Utlysningen har ikke plass til alle søkere. "
                "Vi valgte én om gangen: den som møter flest av ønskene som er igjen. "
                "Disse kom med ({count}): {chosen}.",
                count=len(main["chosen"]),
                chosen=chosen,
            )
        )


def _rule(rule: str) -> Text:
    return RULE_NAMES[rule]


def rule_told(rule: str) -> Text:
    """What a rule is called, and how it goes."""
    return N_("Regelen heter «{rule}». {told}", rule=_rule(rule), told=RULES_TOLD[rule])


# --- who gets money -------------------------------------------------------------------------------


def _is_funded(measure: Held) -> bool:
    return bool(measure["funded"] if "funded" in measure else measure["units"])


def _funded(held: Held, main: Held, names: Names) -> Iterator[Block]:
    funded = [each for each in main["measures"] if _is_funded(each)]
    funded.sort(key=lambda each: (-(each["cost"] or 0), each["measure"]))
    yield Heading(2, N_("Dette får penger"))
    if not funded:
        yield Paragraph(N_("Ingenting. Lenger ned står det hvorfor."))
        return
    heads = (N_("Hjelp"), N_("Søker"), N_("Plasser"), N_("Penger"), N_("Har bedt om det"))
    rows = tuple(_row(held, each, names) for each in funded)
    if held.get("decision"):  # how many asked was not frozen with it
        yield Table(N_("Dette får penger"), heads[:-1], tuple(row[:-1] for row in rows))
    else:
        yield Table(N_("Hva som får penger, og hvor mange som ba om det"), heads, rows)
    shown = [each for each in funded if each["cost"] is not None]
    bars = tuple((names.measure(each["measure"]), each["cost"], amount(each["cost"])) for each in shown)
    if bars:
        yield Bars(N_("Penger til hver hjelp"), bars)


def _row(held: Held, each: Held, names: Names) -> tuple[Value, ...]:
    places = NOTHING if each["units"] is None or each["places"] is None else each["units"] * each["places"]
    cost = _cost(each)
    applicant = names.of("applicants", each["applicant"])
    return names.measure(each["measure"]), applicant, places, cost, _asked(held, each)


def _asked(held: Held, each: Held) -> Value:
    """How many asked: for the measure where that is known, else for its needs as published."""
    if "asked" in each:
        return str(each["asked"])
    needs = held["names"]["needs_of"].get(each["measure"], [])
    known = [held["released"].get(need) for need in needs] if held.get("released") else []
    return str(known[0]) if len(known) == 1 and known[0] else NOTHING


# --- every krone ----------------------------------------------------------------------------------


def _lines(main: Held, names: Names) -> Iterator[Block]:
    spent = [line for line in main.get("lines", ()) if line["kind"] == "spent"]
    by_measure = {
        line["measure"]: [each for each in spent if each["measure"] == line["measure"]] for line in spent
    }
    if spent:
        yield Heading(2, N_("Krone for krone"))
        yield Paragraph(
            N_(
                "Det som ble valgt først, står først. En enhet er det søkeren har satt én pris på. "
                "Køen er slik den var før den første enheten. Hvert valg for seg står i filen {file}.",
                file=EVERY_LINE,
            )
        )
        order, offers = tie_order(main["tie_order"]), {each["measure"]: each for each in main["measures"]}
        yield Points(tuple(_bought(each, offers[id], order, names) for id, each in by_measure.items()))


def tie_order(ties: Sequence[str]) -> Text:
    """What decides between equals, one after the other."""
    order = TIES_TOLD[ties[0]]
    for each in ties[1:]:
        order = N_("{first}, så {second}", first=order, second=TIES_TOLD[each])
    return order


def _bought(lines: Sequence[Held], offer: Held, order: Text, names: Names) -> Text:
    """All that was bought of a measure: why the first part of it went first, and how far down it came."""
    first, last = lines[0], lines[-1]
    return N_(
        "{money} til {measure}: {units}, {met} får plass. {each} Tid: {time}. {why} {next}",
        money=amount(sum(line["cost"] for line in lines)),
        measure=names.measure(first["measure"]),
        units=_units(first["first_unit"], last["last_unit"]),
        met=sum(line["met"] for line in lines),
        each=_each(offer),
        time=names.time(line["period"] for line in lines),
        why=_why(first, last),
        next=_next(first, order, names),
    )


def _each(offer: Held) -> Text:
    """The price of a place, whether all who pay for it have one or not."""
    if offer["places"] is None:
        return N_("Det er plass til alle som ba.")
    return N_("En plass koster {price}.", price=price(str(Fraction(offer["unit_cost"], offer["places"]))))


def _units(first: int, last: int) -> Text:
    return (
        N_("enhet {unit}", unit=first)
        if first == last
        else N_("enhet {first} til {last}", first=first, last=last)
    )


def _why(first: Held, last: Held) -> Text:
    standing, end = first["standing"], last["standing"]
    if standing["price"] is None:
        if standing["asking"] == end["asking"]:
            return N_("{asking} ventet på det.", asking=standing["asking"])
        return N_(
            "{asking} ventet før den første enheten, {last} før den siste.",
            asking=standing["asking"],
            last=end["asking"],
        )
    if end["price"] is None or end["price"] == standing["price"]:
        values = {"asking": standing["asking"], "price": price(standing["price"])}
        return N_("{asking} ba om det. Det blir høyst {price} på hver.", **values)
    return N_(
        "{asking} ba om det. Det blir høyst {price} på hver først, {last} til slutt.",
        asking=standing["asking"],
        price=price(standing["price"]),
        last=price(end["price"]),
    )


def _next(line: Held, order: Text, names: Names) -> Text:
    """What came next in the queue, and what it lacked."""
    after = line["following"]
    if line["ties"]:
        others = names.listed("measures", line["ties"])
        return N_("Det sto likt med {others}. Da avgjør {order}.", others=others, order=order)
    if after is None:
        return N_("Ingenting annet sto i kø.")
    measure = names.measure(after["measure"])
    if after["price"] is None:
        behind = line["behind_people"]
        return N_("Neste i køen var {measure}, med {behind} færre.", measure=measure, behind=behind)
    paid = price(after["price"])
    if line["behind_price"] is None:
        return N_("Neste i køen var {measure}: {price} på hver.", measure=measure, price=paid)
    return N_(
        "Neste i køen var {measure}: {price} på hver. Det er {behind} for mye til å gå først.",
        measure=measure,
        price=paid,
        behind=price(str(max(Fraction(line["behind_price"]), Fraction(1)))),
    )


# --- what is left ---------------------------------------------------------------------------------


def _left(main: Held, names: Names) -> Iterator[Block]:
    yield Heading(2, N_("Dette blir igjen, og hvorfor"))
    if main["money"] == main["spent"]:
        yield Paragraph(ALL_SPENT)
    elif "left_caps" in main:
        if main["spent"] is not None:
            yield Paragraph(remaining(main))
        caps = [STOPPED[cap] for cap in main["left_caps"]]
        yield Points((*caps, REST))
    else:
        yield Points(tuple(_left_line(line, names) for line in main["lines"] if line["kind"] == "left"))


def remaining(main: Held) -> Text:
    """How much is left."""
    return N_("{money} blir igjen.", money=amount(main["money"] - main["spent"]))


def _left_line(line: Held, names: Names) -> Text:
    money = amount(line["cost"])
    if line.get("measure"):
        return N_(
            "{money}: {people} venter på {measure}. {why}",
            money=money,
            people=line["people"],
            measure=names.measure(line["measure"]),
            why=_kept(line),
        )
    if line["cap"] == "asked":
        return N_("{money}: Ingen har bedt om mer av det søkerne tilbyr.", money=money)
    return N_("{money}: {why}", money=money, why=STOPPED[line["cap"]])


def _kept(line: Held) -> Text:
    """What kept the money, and how much more it would have taken."""
    why = STOPPED[line["cap"]]
    if not line["missing"]:
        return why
    return N_("{why} {more}", why=why, more=_missing(line))


def _missing(held: Held) -> Text:
    return N_("Med {money} til kunne vi kjøpt mer.", money=amount(held["missing"]))


def _pots(main: Held, names: Names) -> Iterator[Block]:
    """What each source of a merged pot paid."""
    if not main.get("pots"):
        return
    yield Heading(2, N_("Hvor pengene kommer fra"))
    heads = (N_("Kilde"), N_("Penger"), N_("Brukt"), N_("Igjen"), N_("Brukt til"))
    yield Table(N_("Hva hver kilde betaler"), heads, tuple(_pot(each, names) for each in main["pots"]))


def _pot(each: Held, names: Names) -> tuple[Value, ...]:
    money = (amount(each[key]) for key in ("money", "used", "left"))
    used_for = names.listed("measures", each["measures"]) if each["measures"] else NOTHING
    return names.of("sources", each["source"]), *money, used_for


# --- what got nothing -----------------------------------------------------------------------------


def _unfunded(held: Held, main: Held, names: Names) -> Iterator[Block]:
    without = [each for each in main["measures"] if not _is_funded(each)]
    if without:
        yield Heading(2, N_("Dette får ikke penger"))
        yield Points(tuple(_without(held, each, names) for each in without))


def _without(held: Held, each: Held, names: Names) -> Text:
    measure = names.measure(each["measure"])
    if each.get("asked") == 0:
        return N_("{measure}: Ingen det er for, ba om det.", measure=measure)
    why, more = STOPPED[each["stopped"]], wanting(held, each)
    if each.get("ahead"):
        first = names.listed("priorities", [str(tier) for tier in range(each["tier"])])
        return N_(
            "{measure}: {why} Søkere som dette gjelder for, gikk foran: {first}. {more}",
            measure=measure,
            why=why,
            first=first,
            more=more,
        )
    return N_("{measure}: {why} {more}", measure=measure, why=why, more=more)


def wanting(held: Held, each: Held) -> Text:
    """What it would have taken to fund more of a measure."""
    if each.get("lacking", 0) > 0:
        return N_("Minst {people} til må be om det.", people=each["lacking"])
    margins = held.get("margins", {})
    if margins.get(each["measure"]):
        return N_("Ba {people} til om bare dette, ville det fått penger.", people=margins[each["measure"]])
    if each.get("missing", 0) > 0:
        return _missing(each)
    if each.get("reached"):
        own, last = each["reached"]
        return N_(
            "Av ønskene som var igjen, møter søkeren {own}. Den siste som kom med, møter {last}.",
            own=own,
            last=last,
        )
    if each["stopped"] == "asked":
        return N_("Skal det få penger, må flere be om det.")
    return N_("Skal det få penger, må grensen bli høyere, eller flere be om det.")


def _unmet(main: Held, names: Names) -> Iterator[Block]:
    if "unmet" in main:
        texts: list[Value] = [names.of("needs", need) for need in main["unmet"]]
    else:
        texts = [_need(each, names) for each in main["needs"] if each["asks"] > each["met"]]
    if texts:
        yield Heading(2, N_("Dette venter folk fortsatt på"))
        yield Points(tuple(texts))
    elif main.get("few_asked"):
        yield Heading(2, N_("Dette sier vi ikke"))
        yield Paragraph(
            N_(
                "Noe av hjelpen ba bare få om, eller ingen. "
                "Da sier vi ikke hva folk venter på. Vi sier heller ikke hva en annen regel hadde gitt."
            )
        )


def _need(each: Held, names: Names) -> Text:
    values = {"need": names.of("needs", each["need"]), "asks": each["asks"], "met": each["met"]}
    if each["no_measure"]:
        return N_(
            "{need}: {asks} ba, {met} får plass. Ingen søknad er for {none} av dem.",
            **values,
            none=each["no_measure"],
        )
    return N_("{need}: {asks} ba, {met} får plass.", **values)


# --- for whom, and was it fair --------------------------------------------------------------------


def _groups(main: Held, names: Names) -> Iterator[Block]:
    if not main.get("groups"):
        return
    yield Heading(2, N_("Hvem får hjelp for pengene?"))
    yield Paragraph(
        N_(
            "Penger viser ikke alt. Noe av det folk trenger, er billig. "
            "Se også hvor mange ønsker som blir møtt."
        )
    )
    heads = (N_("Gruppe"), N_("Folk"), N_("Ønsker"), N_("Møtt"), N_("Penger"))
    rows = tuple(
        (names.of("groups", each["group"]), each["people"], each["asks"], each["met"], amount(each["money"]))
        for each in main["groups"]
    )
    yield Table(N_("Folk, ønsker og penger i hver gruppe"), heads, rows)


def _fair(main: Held, names: Names) -> Iterator[Block]:
    if main.get("few_asked"):
        return
    yield Heading(2, N_("Er noen forbigått?"))
    yield Paragraph(
        N_(
            "Tenk deg at alle som svarte, har en like stor del av pengene. "
            "Kunne de som ba om det samme, kjøpt mer sammen? Da står det her."
        )
    )
    owed = [each for each in main["owed"] if each["cap"] != "asked" or each["waiting"]]
    if owed:
        yield Points(tuple(_owed(each, names) for each in owed))
    elif "lines" in main:
        yield Paragraph(N_("Vi fant ingen slik gruppe."))
    else:
        yield Paragraph(N_("Vi fant ingen slik gruppe som vi kan vise."))


def _owed(each: Held, names: Names) -> Text:
    measure, why = names.measure(each["measure"]), STOPPED[each["cap"]]
    if each["cap"] == "asked":
        return N_(
            "De som ba om {measure}, kunne kjøpt mer. {waiting} venter. "
            "Det er for få til å fylle nok plasser.",
            measure=measure,
            waiting=each["waiting"],
        )
    if not each["explained"]:
        return N_("Regelen selv gikk forbi dem som ba om {measure}.", measure=measure)
    return N_("De som ba om {measure}, kunne kjøpt mer. {why}", measure=measure, why=why)


def _margins(held: Held, main: Held, names: Names) -> Iterator[Block]:
    if "margins" not in held or not main["people"]:
        return
    yield Heading(2, N_("Hvor få falske svar snur valget?"))
    share = amount(main["money"] // main["people"])
    yield Paragraph(N_("Deler vi pengene likt på alle som svarte, blir det {share} på hver.", share=share))
    turned = sorted((people, id) for id, people in held["margins"].items() if people)
    if turned:
        yield Points(
            tuple(
                N_(
                    "{measure}: {people} kan være nok.",
                    measure=names.measure(id),
                    people=people,
                )
                for people, id in turned
            )
        )
    else:
        yield Paragraph(
            N_(
                "Vi la til 1 til {people} falske svar for hver hjelp som ikke får penger. "
                "Ingenting ble snudd.",
                people=MOST,
            )
        )


def told_without(attesters: Sequence[Held], names: Names) -> Iterator[Block]:
    """What would change without the people of each attester; that never leaves the house."""
    if not attesters:
        return
    yield Heading(2, N_("Avgjør kodene fra ett sted?"))
    texts = [text for number, each in enumerate(attesters, 1) for text in _without_one(each, number, names)]
    if texts:
        yield Points(tuple(texts))
        yield Paragraph(N_("Se på det før dere bestemmer."))
    else:
        yield Paragraph(
            N_(
                "Noen svarte med en kode fra et sted eller en ansatt. "
                "Vi regnet på nytt uten dem, ett sted om gangen. De samme fikk penger hver gang."
            )
        )


def _without_one(each: Held, number: int, names: Names) -> Iterator[Text]:
    place = each["name"] or N_("et sted uten navn, eller en ansatt (nummer {number})", number=number)
    if each["people"] < FEWEST:
        place = N_("et sted med få svar")
    if each["lost"]:
        lost = names.listed("measures", each["lost"])
        yield N_(
            "Uten dem som svarte med kode fra {place}, hadde dette ikke fått penger: {names}.",
            place=place,
            names=lost,
        )
    if each["gained"]:
        gained = names.listed("measures", each["gained"])
        yield N_(
            "Uten dem som svarte med kode fra {place}, hadde også dette fått penger: {names}.",
            place=place,
            names=gained,
        )


def _other_voices(held: Held, main: Held, names: Names) -> Iterator[Block]:
    """What would change if the voices that do not steer did."""
    other = held.get("other")
    if not other:
        return
    yield Heading(2, N_("Hva om andre svar hadde telt?"))
    if other["steering"] == "all":
        yield Paragraph(N_("En ansatt har møtt {people} av dem som svarte.", people=other["people"]))
    else:
        yield Paragraph(N_("{people} har svart når vi teller alle.", people=other["people"]))
    funded = {each["measure"] for each in main["measures"] if _is_funded(each)}
    gained, lost = sorted(set(other["funded"]) - funded), sorted(funded - set(other["funded"]))
    if gained:
        yield Paragraph(
            N_(
                "Med de svarene hadde også dette fått penger: {names}.",
                names=names.listed("measures", gained),
            )
        )
    if lost:
        yield Paragraph(
            N_("Med de svarene hadde dette ikke fått penger: {names}.", names=names.listed("measures", lost))
        )
    if not gained and not lost:
        yield Paragraph(N_("Med de svarene hadde de samme fått penger."))


def _compared(held: Held, names: Names) -> Iterator[Block]:
    others = [rule for rule in held["accounts"] if rule != held["rule"]]
    if not others:
        return
    yield Heading(2, N_("Hva hadde en annen regel gitt?"))
    order = [held["rule"], *others]
    heads = (N_("Hjelp"), *(_rule(rule) for rule in order))
    by_rule = {rule: {each["measure"]: each for each in held["accounts"][rule]["measures"]} for rule in order}
    rows = [
        (names.measure(id), *(_cost(by_rule[rule][id]) for rule in order))
        for id in by_rule[held["rule"]]
        if any(_is_funded(by_rule[rule][id]) for rule in order)
    ]
    rows.append((N_("Til sammen"), *(_sum(held["accounts"][rule]["spent"]) for rule in order)))
    yield Table(N_("Penger til hver hjelp, etter hver regel"), heads, tuple(rows))
    for rule in others:
        yield Paragraph(_difference(held, rule, by_rule, names))
    if "groups" in held["accounts"][held["rule"]]:
        yield from _left_out(held, order, names)


def _left_out(held: Held, order: Sequence[str], names: Names) -> Iterator[Block]:
    """Which groups each rule leaves without anything, and whether a rule could have helped."""
    yield Points(tuple(_missed(held, rule, names) for rule in order))
    groups = held["accounts"][held["rule"]]["groups"]
    unreached = [each["group"] for each in groups if each["no_measure"] == each["asks"]]
    if unreached:
        yield Paragraph(N_("Ingen søknad er for disse: {groups}.", groups=names.listed("groups", unreached)))


def _missed(held: Held, rule: str, names: Names) -> Text:
    missed = [each for each in held["accounts"][rule]["groups"] if not each["met"]]
    if not missed:
        return N_("«{rule}» møter noen ønsker i hver gruppe.", rule=_rule(rule))
    return N_(
        "«{rule}» møter ingen ønsker her: {groups}.",
        rule=_rule(rule),
        groups=_joined([_group(each, names) for each in missed]),
    )


def _group(each: Held, names: Names) -> Text:
    return N_("{group} ({asks} ønsker)", group=names.of("groups", each["group"]), asks=each["asks"])


def _cost(each: Held) -> Value:
    return _sum(each["cost"])


def _sum(øre: int | None) -> Value:
    return NOTHING if øre is None else amount(øre)


def _difference(held: Held, rule: str, by_rule: Mapping[str, Mapping[str, Held]], names: Names) -> Text:
    here, there = (
        {id for id, each in by_rule[one].items() if _is_funded(each)} for one in (held["rule"], rule)
    )
    gained, lost = sorted(there - here), sorted(here - there)
    if gained and lost:
        return N_(
            "«{rule}» hadde gitt penger til {gained}. Den hadde ikke gitt noe til {lost}.",
            rule=_rule(rule),
            gained=names.listed("measures", gained),
            lost=names.listed("measures", lost),
        )
    if gained:
        which = names.listed("measures", gained)
        return N_("«{rule}» hadde også gitt penger til {names}.", rule=_rule(rule), names=which)
    if lost:
        which = names.listed("measures", lost)
        return N_("«{rule}» hadde ikke gitt noe til {names}.", rule=_rule(rule), names=which)
    return N_("«{rule}» hadde gitt penger til de samme.", rule=_rule(rule))


def _again(held: Held) -> Iterator[Block]:
    yield Heading(2, N_("Slik kan dette sjekkes"))
    yield Paragraph(
        N_(
            "Kommunen har alle tallene. Et annet program kan regne ut alt på nytt. "
            "Endrer noen en fil, stemmer ikke fingeravtrykket her lenger."
        )
    )
    marks = [("call.toml", held["call"]["digest"]), *sorted(held.get("internal", {}).items())]
    marks += [("vedtak", held["decision"])] if held.get("decision") else []
    yield Points(tuple(f"{file}: {digest}" for file, digest in marks))
