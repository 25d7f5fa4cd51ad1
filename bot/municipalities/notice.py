"""The notice in full: what article 13 asks to be told, item by item, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.municipalities import Place
from dialogs.text import N_, Text, Told

UNDECIDED = N_("Kommunen har ikke bestemt dette ennå.")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a person has a right to be told; `key` names the letter of article 13 it answers."""

    key: str
    heading: Text
    texts: tuple[Text, ...]


def notice_items(place: Place) -> tuple[Item, ...]:
    """All of article 13, in the order a person asks."""
    return (*_who_and_why(place), *_where_and_how_long(place), *_rights())


def _who_and_why(place: Place) -> tuple[Item, ...]:
    name, ground = place.municipality.name, place.ground
    officer = _said(ground.officer) if ground.officer.strip() else UNDECIDED
    decided = bool(ground.basis and ground.statute)
    basis = _said(f"{ground.basis} ({ground.statute})") if decided else UNDECIDED
    return (
        Item(
            "1a controller",
            N_("Hvem som spør"),
            (N_("{place} bestemmer hva svarene brukes til.", place=name),),
        ),
        Item(
            "1b officer",
            N_("Personvernombudet"),
            (officer,),
        ),
        Item(
            "1c purpose",
            N_("Hva svarene brukes til"),
            (N_("Svarene er med og styrer hva kommunen bruker penger på. De brukes ikke til noe annet."),),
        ),
        Item("1c basis", N_("Loven"), (basis,)),
        Item(
            "1d interests",
            N_("Hvem som har nytte av det"),
            (N_("Kommunen gjør dette for dem som bor der. Ingen tjener penger på det."),),
        ),
    )


def _where_and_how_long(place: Place) -> tuple[Item, ...]:
    kept = place.ground.retention
    hours = place.municipality.staffed
    return (
        Item(
            "1e recipients",
            N_("Hvem som leser"),
            (
                N_("Ansatte i kommunen leser svarene dine {hours}.", hours=hours),
                N_("Er noen i fare, kan barnevernet eller politiet få vite det."),
            ),
        ),
        Item(
            "1f abroad",
            N_("Utenfor Norge"),
            (N_("Svarene blir hos kommunen. Bruker du Telegram, er meldingene også hos dem."),),
        ),
        Item(
            "2a how long",
            N_("Hvor lenge"),
            (
                N_("Det du ikke sender, sletter jeg etter 30 dager."),
                _said(kept) if kept else UNDECIDED,
            ),
        ),
    )


def _rights() -> tuple[Item, ...]:
    return (
        Item(
            "2b rights",
            N_("Det du kan gjøre"),
            (
                N_("Du kan se, endre, hente ut og slette svarene når du vil."),
                N_("Du kan også be kommunen stoppe og ikke bruke dem."),
            ),
        ),
        Item(
            "2c withdraw",
            N_("Hvis du ombestemmer deg"),
            (N_("Du kan slutte når du vil. Det får ingen følger for deg."),),
        ),
        Item(
            "2d complain",
            N_("Å klage"),
            (N_("Du kan klage til Datatilsynet: www.datatilsynet.no"),),
        ),
        Item(
            "2e must you",
            N_("Må du svare?"),
            (N_("Nei. Du velger selv, og får samme hjelp ellers om du ikke svarer."),),
        ),
        Item(
            "2f machine",
            N_("Hvem som bestemmer"),
            (N_("Et menneske bestemmer hvem som får penger. Datamaskinen teller bare."),),
        ),
    )


def _said(words: str | Told) -> Text:
    """A municipality's own words, which no catalogue holds."""
    return Text("{words}", (("words", words),))
