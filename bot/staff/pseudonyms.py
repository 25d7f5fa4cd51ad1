"""What staff call a person they do not know: an adjective, an animal and a number.

The name follows from the conversation's id, which is 128 random bits: it says nothing about the person, stays
the same when keys are changed, and leads nowhere once the conversation is erased.
"""

from __future__ import annotations

import hashlib

NUMBERS = range(10, 100)
# Nothing that could hurt whoever hears it, and no colour of people. Only animals with "en": the words agree.
_ADJECTIVES = """
Blid Rolig Rask Munter Lun Stille Modig Varm Klok Vennlig Våken Kvikk Lett Myk Trygg Glad Ivrig Snill Sterk
Tålmodig Nysgjerrig Fredelig Frisk Djerv Hjertelig Åpen Smidig Spretten Gyllen Blå Grønn Sølvgrå Lilla
Turkis Solvarm Nattblå Lysegrønn Fargerik Blank Stripete Prikkete Rutete Mosegrønn Havblå Himmelblå
Skogsgrønn Sjøgrønn Lyngfarget Morgenfrisk Sommervarm Høstklar Vårglad Fjellvant Sjøvant Skogvant Reisevant
Lysblå Fiolett Vindvant Isblå Stjerneklar Månelys Solklar Vintervant
"""
_ANIMALS = """
rev bjørn elg hare oter mår gaupe bever hjort ulv sel delfin spurv ugle ørn falk svane and lerke erle stær
trost meis terne lunde tjeld spove ravn hegre trane laks ørret humle bie sommerfugl marihøne frosk
salamander katt hund kanin moskus nise fjellrev vipe hest fink rype alke havørn kongeørn musvåk
snøugle fiskeørn bokfink svale linerle gråtrost skjærpiplerke sandlo
"""
ADJECTIVES, ANIMALS = tuple(_ADJECTIVES.split()), tuple(_ANIMALS.split())


def pseudonym(id: str) -> str:
    """The name of one person, the same every time."""
    rest = int.from_bytes(hashlib.sha256(f"pseudonym\x1f{id}".encode()).digest()[:8])
    rest, adjective = divmod(rest, len(ADJECTIVES))
    rest, animal = divmod(rest, len(ANIMALS))
    return f"{ADJECTIVES[adjective]} {ANIMALS[animal]} {NUMBERS[rest % len(NUMBERS)]}"
