"""A proposal's folder held against itself: every file made once more by the second implementation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from bot.allocation import again, call, snapshot
from bot.allocation.call import WrongCall
from bot.allocation.margin import Allocate
from bot.allocation.snapshot import WrongSnapshot
from bot.funding.proposing import CALL, SNAPSHOT, Files, written
from bot.funding.rounds import limits
from bot.i18n import Words

EXACT, PUBLISHED = "internal/allocation.json", "public/allocation.json"
# What a snapshot that somebody changed by hand runs into, wherever it is first used.
NOT_AS_WRITTEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class WrongProposal(Exception):
    """A folder holds no proposal that can be made again; the text says why."""


def verify(files: Mapping[str, bytes], words: Words) -> list[str]:
    """Make every file once more from the snapshot and its call; the names of those that differ."""
    if SNAPSHOT not in files:
        raise WrongProposal(f"{SNAPSHOT} is missing")
    if CALL not in files:
        raise WrongProposal(f"{CALL} is missing: a folder of an older version does not hold its call")
    try:
        return _differing(files, words)
    except WrongSnapshot as error:
        raise WrongProposal(f"{SNAPSHOT}: {error}") from error
    except NOT_AS_WRITTEN as error:
        raise WrongProposal(f"{SNAPSHOT} is not as it was written") from error


def _differing(files: Mapping[str, bytes], words: Words) -> list[str]:
    other = [*_unlike_published(files)]
    if SNAPSHOT in other:  # nothing is computed from what somebody may have made to take for ever
        raise WrongProposal(f"not what its SHA-256 in {PUBLISHED} says: {', '.join(other)}")
    taken = json.loads(files[SNAPSHOT])
    for fault in _unlike_call(taken, files[CALL]):
        raise WrongProposal(fault)
    allocated = cache(again.allocate)
    made = written(taken, words, allocated) | {CALL: files[CALL]}
    names = {name for name in made.keys() | files.keys() if made.get(name) != files.get(name)}
    return sorted(names if _adds_up(taken, made, allocated) else names | {EXACT})


def _unlike_published(files: Mapping[str, bytes]) -> Iterator[str]:
    """The files inside that are not those whose hashes were published."""
    if PUBLISHED in files:
        for name, hashed in sorted(json.loads(files[PUBLISHED])["internal"].items()):
            if hashlib.sha256(files.get(f"internal/{name}", b"")).hexdigest() != hashed:
                yield f"internal/{name}"


def _unlike_call(taken: Mapping[str, Any], text: bytes) -> Iterator[str]:
    """What in a snapshot does not follow from its call, as that was published with the hash of its seed."""
    told = taken["call"]
    try:
        named = call.read(text.decode())
    except (WrongCall, UnicodeDecodeError) as error:
        raise WrongProposal(f"{CALL} is no call") from error
    if (told["key"], told["digest"]) != (named.key, named.digest):
        yield f"{CALL} is not the call of {SNAPSHOT}"
    for each in ("round", "other"):
        given = taken[each] and snapshot.read(taken[each])
        if given and hashlib.sha256((given.seed or "").encode()).hexdigest() != told["seed_hash"]:
            yield f"{SNAPSHOT} has another seed than the one whose SHA-256 was published with the call"
        if given and given.limits != limits(named):
            yield f"{SNAPSHOT} has other limits than the call"
        if given and given.ties != named.ties:
            yield f"{SNAPSHOT} decides between equals in another way than the call"
    if taken["voices"] != named.voices:
        yield f"{SNAPSHOT} counts other voices than the call"
    if taken["public"] and taken["rule"] != named.rule:
        yield f"{SNAPSHOT} has another rule than the call, and would be published"


def _adds_up(taken: Mapping[str, Any], made: Files, allocated: Allocate) -> bool:
    """Whether the accounts tell what the second implementation adds up by itself."""
    given, held = snapshot.read(taken["round"]), json.loads(made[EXACT])["accounts"]
    return all(again.adds_up(given, allocated(given, rule), held[rule]) for rule in taken["rules"])


def published_with(files: Mapping[str, bytes]) -> tuple[str, str]:
    """The SHA-256 of the call and of its seed, to be held against what was published with the call."""
    told = json.loads(files[SNAPSHOT])["call"]
    return told["digest"], told["seed_hash"]
