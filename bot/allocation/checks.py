"""Hold an application against its call: every reason at once, in words, each with the id of its rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.allocation.application import Application, Line, Measure, Milestone, Partner
from bot.allocation.call import KINDS, Call, Partners, Target
from dialogs.text import N_, Text

# One address, with nothing in it that could start another line of a mail.
NORWAY = "Europe/Oslo"
_EMAIL = re.compile(r"[^\s@,;:<>\"()]+@[^\s@,;:<>\"()]+\.[^\s@,;:<>\"()]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an application can not be taken, or (where it does not refuse) what is worth a second look.

    `part` is where in the application it stands: about, partners, measures, budget or plan; `field` the field
    itself, where one is: "measures.0.needs" is that of the first measure.
    """

    rule: str
    part: str
    why: Text
    refuses: bool = True
    field: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What an application may name: the kinds of need, and the districts of the call's municipalities."""

    needs: Collection[str]
    districts: Collection[str]


_Check = Callable[[Call, Application, Known], Iterable[Reason]]


def reasons(call: Call, application: Application, known: Known) -> tuple[Reason, ...]:
    """Everything the call says about an application, whenever it comes."""
    return tuple(dict.fromkeys(each for check in CHECKS for each in check(call, application, known)))


def _at(found: Iterable[Reason], row: str) -> Iterator[Reason]:
    """Reasons about a row of a list, each at the field that its rule is about."""
    for each in found:
        field = _FIELDS.get(each.rule)
        yield replace(each, field=f"{row}.{field}") if field else each


_FIELDS = {
    "partner-name": "name",
    "partner-twice": "name",
    "partner-kind": "kind",
    "measure-name": "name",
    "measure-twice": "name",
    "needs": "needs",
    "unknown-need": "needs",
    "unit-cost": "unit_cost",
    "places": "places",
    "least": "least",
    "most": "most",
    "measure-cap": "least",
    "after": "after",
    "periods": "periods",
    "unknown-period": "periods",
    "targets": "targets",
    "unknown-target": "targets",
    "ages": "youngest",
    "age-order": "youngest",
    "unknown-district": "districts",
    "since": "since",
    "exists-before": "since",
    "purposes": "purposes",
    "unknown-purpose": "purposes",
    "excluded-purpose": "purposes",
    "no-source": "purposes",
    "line-what": "what",
    "line-money": "money",
    "unknown-cost": "kind",
    "excluded-cost": "kind",
    "hinted-cost": "what",
    "milestone-what": "what",
    "milestone-day": "by",
}


def refused(found: Iterable[Reason]) -> bool:
    """Whether any of these keeps an application out."""
    return any(reason.refuses for reason in found)


def in_time(call: Call, at: datetime) -> tuple[Reason, ...]:
    """Why a call takes nothing at a time; nothing where it does."""
    if at < call.opens:
        return (Reason("not-open", "about", N_("Utlysningen åpner {at}.", at=_clock(call.opens))),)
    if call.is_past(at):
        return (Reason("late", "about", N_("Fristen gikk ut {at}.", at=_clock(call.deadline))),)
    return ()


def _clock(at: datetime) -> str:
    """A time of a call, as its own zone has it; the zone is named where it is not Norway's."""
    zone = str(at.tzinfo)
    return f"{at:%d.%m.%Y %H:%M:%S}" + ("" if zone == NORWAY else f" ({zone})")


def _about(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if not application.title:
        yield Reason("title", "about", N_("Skriv hva søknaden heter."), field="title")
    if not application.contact:
        why = N_("Skriv en e-postadresse vi kan svare til.")
        yield Reason("contact", "about", why, field="contact")
    elif not _EMAIL.fullmatch(application.contact):
        why = N_(
            "«{address}» kan ikke være en e-postadresse. Den må se ut som navn@eksempel.no.",
            address=application.contact,
        )
        yield Reason("contact", "about", why, field="contact")


# --- who applies ----------------------------------------------------------------------------------


def _every_partner(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if not application.partners:
        yield Reason("partners", "partners", N_("Skriv hvem som søker."), field="partners.0.name")
    names = [partner.name.casefold() for partner in application.partners]
    for place, partner in enumerate(application.partners):
        twice = names.index(partner.name.casefold()) < place
        yield from _at(_partner(call, partner, twice), f"partners.{place}")


def _partner(call: Call, partner: Partner, twice: bool) -> Iterator[Reason]:
    if not partner.name:
        yield Reason("partner-name", "partners", N_("En av dem som søker, mangler navn."))
    elif twice:
        yield Reason("partner-twice", "partners", N_("{name} står to ganger.", name=partner.name))
    if partner.kind not in KINDS:
        why = N_("Velg hva slags virksomhet {name} er.", name=partner.name)
        yield Reason("partner-kind", "partners", why)
    if not partner.confirmed:
        yield _unconfirmed(call, partner)


def _unconfirmed(call: Call, partner: Partner) -> Reason:
    why = N_("{name} har ikke bekreftet at de er med.", name=partner.name)
    return Reason("confirmed-partners", "partners", why, "confirmed_partners" in call.requires)


def _lead(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if call.lead and application.partners and application.partners[0].kind not in call.lead:
        kinds = _listed([kind_label(kind) for kind in call.lead])
        why = N_("Den som står først, må være {kinds}.", kinds=kinds)
        yield Reason("lead", "partners", why, field="partners.0.kind")


def _needed_partners(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    for needed in call.partners:
        if sum(partner.kind in needed.of for partner in application.partners) < needed.at_least:
            yield Reason(f"partners-{needed.key}", "partners", _lacking(needed), needed.refuses)


def _lacking(needed: Partners) -> Text:
    if needed.at_least == 1:
        return N_("Blant dem som søker, mangler {kind}.", kind=needed.label)
    return N_(
        "Minst {count} av dem som søker, må være dette: {kind}.", count=needed.at_least, kind=needed.label
    )


def kind_label(kind: str) -> Text:
    """What a kind of body is called."""
    return _KIND_LABELS[kind]


_KIND_LABELS = {
    "municipality": N_("en kommune"),
    "unit": N_("en enhet i kommunen"),
    "county": N_("en fylkeskommune"),
    "state": N_("en statlig etat"),
    "private": N_("en privat virksomhet"),
    "voluntary": N_("en frivillig organisasjon"),
}


def _listed(texts: list[Text]) -> Text:
    listed = texts[0]
    for text in texts[1:]:
        listed = N_("{first} eller {second}", first=listed, second=text)
    return listed


# --- what they offer ------------------------------------------------------------------------------


def _measures(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if not application.measures:
        yield Reason("measures", "measures", N_("Legg til minst ett tiltak."), field="measures.0.name")
    names = [measure.name.casefold() for measure in application.measures]
    for place, measure in enumerate(application.measures):
        if not measure.name:
            yield from _at([_of("measure-name", N_("Et tiltak mangler navn."))], f"measures.{place}")
        elif names.index(measure.name.casefold()) < place:
            twice = _of("measure-twice", N_("{name} står to ganger.", name=measure.name))
            yield from _at([twice], f"measures.{place}")
        for check in (_needs, _units, _when, _reach, _since, _purposes, _within_cap):
            yield from _at(check(call, measure, known), f"measures.{place}")


def _of(rule: str, why: Text, refuses: bool = True) -> Reason:
    return Reason(rule, "measures", why, refuses)


def _needs(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    name = measure.name
    if not measure.needs:
        yield _of("needs", N_("{name}: velg minst ett behov som tiltaket møter.", name=name))
    for need in measure.needs:
        if need not in known.needs:
            yield _of("unknown-need", N_("{name}: {need} er ikke et behov vi teller.", name=name, need=need))


def _units(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    name = measure.name
    if measure.unit_cost <= 0:
        yield _of("unit-cost", N_("{name}: skriv hva én enhet koster.", name=name))
    if measure.places < 1:
        yield _of("places", N_("{name}: skriv hvor mange plasser én enhet gir.", name=name))
    if measure.least < 1:
        yield _of("least", N_("{name}: det minste antallet må være minst én enhet.", name=name))
    if measure.most < measure.least:
        yield _of("most", N_("{name}: det største antallet er mindre enn det minste.", name=name))
    if not measure.after:
        yield _of("after", N_("{name}: skriv hva som skjer når pengene tar slutt.", name=name))


def _when(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    periods = {period.key for period in call.periods}
    if not measure.periods:
        yield _of("periods", N_("{name}: velg minst én periode.", name=measure.name))
    for key in measure.periods:
        if key not in periods:
            why = N_("{name}: {period} er ingen periode i utlysningen.", name=measure.name, period=key)
            yield _of("unknown-period", why)


def _reach(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    name, targets = measure.name, {target.key: target for target in call.targets}
    in_order = measure.youngest <= measure.oldest
    if not in_order:
        yield _of("age-order", N_("{name}: den yngste alderen er høyere enn den eldste.", name=name))
    if not measure.targets:
        yield _of("targets", N_("{name}: velg hvem tiltaket er for.", name=name))
    for key in measure.targets:
        if key not in targets:
            yield _of(
                "unknown-target", N_("{name}: {target} er ikke med i utlysningen.", name=name, target=key)
            )
        elif in_order and not _ages_meet(measure, targets[key]):
            yield _of("ages", _wrong_ages(measure, targets[key]))
    for district in measure.districts:
        if district not in known.districts:
            why = N_("{name}: {district} er ingen bydel her.", name=name, district=district)
            yield _of("unknown-district", why)


def _ages_meet(measure: Measure, target: Target) -> bool:
    """A family is its children's and parents' ages at once, so that ages are those of youth alone."""
    if target.group != "youth":
        return True
    return max(measure.youngest, target.youngest) <= min(measure.oldest, target.oldest)


def _wrong_ages(measure: Measure, target: Target) -> Text:
    return N_(
        "{name}: alderen må være mellom {youngest} og {oldest} år.",
        name=measure.name,
        youngest=target.youngest,
        oldest=target.oldest,
    )


def _since(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    if call.exists_before is None:
        return
    if measure.since is None:
        yield _of("since", N_("{name}: skriv hvilken dag tiltaket begynte.", name=measure.name))
    elif measure.since >= call.exists_before:
        why = N_(
            "{name}: pengene går ikke til nye prosjekter. Tiltaket må ha begynt før {day}.",
            name=measure.name,
            day=f"{call.exists_before:%d.%m.%Y}",
        )
        yield _of("exists-before", why)


def _purposes(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    purposes = {purpose.key: purpose for purpose in call.purposes}
    if any(purpose.allowed for purpose in call.purposes) and not measure.purposes:
        yield _of("purposes", N_("{name}: velg minst ett formål.", name=measure.name))
    for key in measure.purposes:
        purpose = purposes.get(key)
        if purpose is None:
            why = N_("{name}: {purpose} er ikke et formål her.", name=measure.name, purpose=key)
            yield _of("unknown-purpose", why)
        elif not purpose.allowed:
            why = N_(
                "{name}: pengene går ikke til dette: {purpose}", name=measure.name, purpose=purpose.label
            )
            yield _of("excluded-purpose", why)
    yield from _payable(call, measure)


def _payable(call: Call, measure: Measure) -> Iterator[Reason]:
    """In a merged pot each source pays for its own purposes: one that none pays for can get nothing."""
    if not call.sources or not measure.purposes:
        return
    paid = any(not source.purposes or set(source.purposes) & set(measure.purposes) for source in call.sources)
    if not paid:
        yield _of("no-source", N_("{name}: ingen av pengene kan gå til dette formålet.", name=measure.name))


def _within_cap(call: Call, measure: Measure, known: Known) -> Iterator[Reason]:
    limit = call.money if call.cap is None else min(call.cap, call.money)
    if measure.least * measure.unit_cost > limit:
        yield _of("measure-cap", N_("{name}: det minste antallet koster mer enn grensen.", name=measure.name))


def _cap(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    """All measures together may ask for more than the cap: then not all of it can be given."""
    for period in call.periods if call.cap is not None else ():
        asked = [each for each in application.measures if period.key in each.periods]
        if sum(each.most * each.unit_cost for each in asked) > (call.cap or 0):
            yield _of("cap", _over(call, period.dates), refuses=False)


def _over(call: Call, period: str) -> Text:
    return N_(
        "{period}: dere ber om mer enn grensen. Dere kan få høyst {most} kroner i perioden.",
        period=period,
        most=kroner(call.cap or 0),
    )


def kroner(amount: int) -> str:
    """An amount in øre as people read it: thousands apart, on one line, øre only where there are some."""
    whole, rest = divmod(amount, 100)
    return f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + (f",{rest:02}" if rest else "")


# --- the money ------------------------------------------------------------------------------------


def _budget(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if not application.budget and "budget" in call.requires:
        why = N_("Legg ved et budsjett: hva pengene går til.")
        yield Reason("budget", "budget", why, field="budget.0.what")
    for place, line in enumerate(application.budget):
        yield from _at(_line(call, line), f"budget.{place}")


def _line(call: Call, line: Line) -> Iterator[Reason]:
    costs = {cost.key: cost for cost in call.costs}
    cost = costs.get(line.kind)
    if not line.what:
        yield Reason("line-what", "budget", N_("En linje i budsjettet sier ikke hva pengene går til."))
    if line.money <= 0:
        yield Reason("line-money", "budget", N_("{line}: skriv et beløp.", line=line.what))
    if cost is None:
        yield Reason("unknown-cost", "budget", N_("{line}: velg hva slags utgift det er.", line=line.what))
    elif not cost.allowed:
        why = N_("{line}: pengene går ikke til dette: {cost}", line=line.what, cost=cost.label)
        yield Reason("excluded-cost", "budget", why)
    else:
        yield from _hinted(call, line)


def _hinted(call: Call, line: Line) -> Iterator[Reason]:
    """A line that calls itself something allowed and sounds like what is not: a human should look."""
    for cost in call.costs:
        if not cost.allowed and any(word in line.what.casefold() for word in cost.words):
            why = N_(
                "{line}: kan dette være «{cost}»? Det gir vi ikke penger til.",
                line=line.what,
                cost=cost.label,
            )
            yield Reason("hinted-cost", "budget", why, refuses=False)


def _sum(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    """The budget covers no more than all that is asked for, and no less than the least of it."""
    if not application.budget or not application.measures:
        return
    total = sum(line.money for line in application.budget)
    most = sum(each.most * each.unit_cost * len(each.periods) for each in application.measures)
    least = min(each.least * each.unit_cost for each in application.measures)
    if total > most:
        why = N_(
            "Budsjettet er {total} kroner, men tiltakene koster høyst {most} kroner.",
            total=kroner(total),
            most=kroner(most),
        )
        yield Reason("budget-above", "budget", why)
    if total < least:
        why = N_(
            "Budsjettet er {total} kroner, men det minste dere ber om, koster {least} kroner.",
            total=kroner(total),
            least=kroner(least),
        )
        yield Reason("budget-below", "budget", why)


def _accounts(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if "own_accounts" in call.requires and not application.own_accounts:
        why = N_("Prosjektet må ha eget budsjett og eget regnskap.")
        yield Reason("own-accounts", "budget", why, field="own_accounts")


# --- the plan -------------------------------------------------------------------------------------


def _milestones(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    if not application.milestones and "milestones" in call.requires:
        yield Reason("milestones", "plan", N_("Skriv milepæler: hva dere skal ha gjort, og når."))
    for place, milestone in enumerate(application.milestones):
        yield from _at(_milestone(call, milestone), f"milestones.{place}")


def _milestone(call: Call, milestone: Milestone) -> Iterator[Reason]:
    if not milestone.what:
        yield Reason("milestone-what", "plan", N_("En milepæl sier ikke hva dere skal ha gjort."))
    if not call.periods[0].starts <= milestone.by <= call.periods[-1].ends:
        yield Reason("milestone-day", "plan", N_("{what}: dagen er utenfor perioden.", what=milestone.what))


def _parts(call: Call, application: Application, known: Known) -> Iterator[Reason]:
    wanted = {part.key for part in call.parts}
    for part in call.parts:
        if not application.parts.get(part.key):
            why = N_("Dette mangler i søknaden: {part}", part=part.label)
            yield Reason(f"part-{part.key}", "plan", why, field=f"parts.{part.key}")
    for key in application.parts:
        if key not in wanted:
            yield Reason("unknown-part", "plan", N_("{part} er ikke en del av søknaden.", part=key))


CHECKS: tuple[_Check, ...] = (
    _about,
    _every_partner,
    _lead,
    _needed_partners,
    _measures,
    _cap,
    _budget,
    _sum,
    _accounts,
    _milestones,
    _parts,
)
