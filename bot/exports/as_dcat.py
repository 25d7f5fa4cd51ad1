"""Describe the open data of a municipality by DCAT-AP-NO, for data.norge.no and others who collect such."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from dialogs.text import N_, Text

Told: TypeAlias = Mapping[str, str]
"""The same in each language, by its code."""

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
SOCIETY, OPEN, LICENCE = "data-theme/SOCI", "access-right/PUBLIC", "licence/CC_BY_4_0"
ORGANISATIONS = "https://data.brreg.no/enhetsregisteret/api/enheter"


@dataclass(frozen=True, slots=True)
class DataSet:
    """Numbers that everybody may fetch: `files` are addresses by format (CSV, JSON) and what is sent."""

    address: str
    title: Told
    description: Told
    changed_on: date
    publisher: str
    organisation: str  # its number in Enhetsregisteret, where that is told
    contact: str  # an address where somebody answers
    words: tuple[str, ...]  # of the Los vocabulary
    files: Mapping[str, tuple[str, str]]


def title(place: str) -> Text:
    """What the data of a municipality is called."""
    return N_("Dette har folk sagt i {place}", place=place)


def about(fewest: int) -> Text:
    """What it counts, and what it leaves out."""
    return N_(
        "Hvor mange unge og familier som har bedt om hva, per halvår. Personer er telt, ikke meldinger. "
        "Et tall på under {fewest} vises aldri.",
        fewest=fewest,
    )


def text(of: DataSet) -> str:
    """The file: a catalogue with one data set."""
    nodes = [_catalogue(of), _dataset(of), _publisher(of), _theme(), _licence()]
    return json.dumps({"@context": CONTEXT, "@graph": nodes}, ensure_ascii=False, indent=1) + "\n"


def _catalogue(of: DataSet) -> dict[str, Any]:
    address = f"{of.address}#catalogue"
    return _described(of, address, "dcat:Catalog") | {"dcat:dataset": _link(f"{of.address}#dataset")}


def _dataset(of: DataSet) -> dict[str, Any]:
    return _described(of, f"{of.address}#dataset", "dcat:Dataset") | {
        "dct:modified": {"@type": "xsd:date", "@value": of.changed_on.isoformat()},
        "dct:accessRights": _authority(OPEN),
        "dct:subject": [_link(word) for word in of.words],
        "dcat:theme": _authority(SOCIETY),
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": of.publisher,
            "vcard:hasEmail" if of.contact.startswith("mailto:") else "vcard:hasURL": _link(of.contact),
        },
        "dcat:distribution": [_file(of, *each) for each in of.files.items()],
    }


def _described(of: DataSet, address: str, kind: str) -> dict[str, Any]:
    return {
        "@id": address,
        "@type": kind,
        "dct:identifier": address,
        "dct:title": _told(of.title),
        "dct:description": _told(of.description),
        "dct:publisher": _link(_agent(of)),
    }


def _file(of: DataSet, format: str, sent: tuple[str, str]) -> dict[str, Any]:
    address, media_type = sent
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _told(of.title),
        "dct:format": _authority(f"file-type/{format}"),
        "dct:license": _authority(LICENCE),
        "dcat:mediaType": _link(f"https://www.iana.org/assignments/media-types/{media_type}"),
        "dcat:accessURL": _link(address),
        "dcat:downloadURL": _link(address),
    }


def _publisher(of: DataSet) -> dict[str, Any]:
    known = {"dct:identifier": of.organisation} if of.organisation else {}
    return {"@id": _agent(of), "@type": "foaf:Agent", "foaf:name": of.publisher} | known


def _agent(of: DataSet) -> str:
    return f"{ORGANISATIONS}/{of.organisation}" if of.organisation else f"{of.address}#publisher"


def _theme() -> dict[str, Any]:
    name = {"@language": "en", "@value": "Population and society"}
    return _authority(SOCIETY) | {"@type": "skos:Concept", "skos:prefLabel": name, "dct:title": name}


def _licence() -> dict[str, Any]:
    return _authority(LICENCE) | {"@type": "dct:LicenseDocument"}


def _authority(name: str) -> dict[str, Any]:
    return _link(f"{AUTHORITY}/{name}")


def _link(address: str) -> dict[str, Any]:
    return {"@id": address}


def _told(words: Told) -> list[dict[str, str]]:
    return [{"@language": code, "@value": said} for code, said in words.items()]
