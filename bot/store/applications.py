"""Applications: a draft that its partners share, each by a code of its own, and what of it was sent."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import written
from bot.store.crypto import ID_BYTES, Keys
from bot.store.sealed import unlock
from bot.store.tables.funding import applications

CODE_LENGTH = 12
# A partner's code is the beginning of the application's id, which finds it, and of a keyed hash.
HEAD_BYTES, SIGN_BYTES = 2, 8
BY_FILE = "by file"  # stands in a sealed draft that a file began; no field of the form is called so


@dataclass(frozen=True, slots=True)
class Kept:
    """An application as it is kept: the form as it stands, and what was sent last (None: nothing counts)."""

    id: str
    call: str
    version: int
    draft: Mapping[str, Any]
    sent: Mapping[str, Any] | None
    changed_at: int
    sent_at: int | None
    withdrawn_at: int | None
    partner: str | None = None  # the id of whose own code opened it; None for who leads it, and for staff
    by_file: bool = False  # whether a coordinator's file began it, and may replace it

    @property
    def counts(self) -> bool:
        """Whether it takes part."""
        return self.sent is not None and self.withdrawn_at is None


def plain(code: str) -> str:
    """A code as it is hashed: as people type it, with hyphens, spaces and small letters."""
    return "".join(each for each in code.upper() if each.isalnum())


def shown(code: str) -> str:
    """A code as it is shown, in groups of four."""
    return "-".join(code[first : first + 4] for first in range(0, len(code), 4))


async def begin(
    db: AsyncConnection,
    keys: Keys,
    id: str,
    call: str,
    code: str,
    draft: Mapping[str, Any],
    now: int,
    *,
    by_file: bool = False,
) -> None:
    """Begin a draft."""
    row = {
        "id": id,
        "call_key": call,
        "code_hash": keys.hash("application", plain(code)),
        "draft": _locked(keys, id, "draft", _marked(draft, by_file)),
        "version": 1,
        "changed_at": now,
    }
    await db.execute(insert(applications), [row])


async def save(
    db: AsyncConnection,
    keys: Keys,
    kept: Kept,
    draft: Mapping[str, Any],
    now: int,
    sent: Mapping[str, Any] | None = None,
) -> bool:
    """Keep the form as it stands; False where somebody else changed it meanwhile.

    `sent` is what was sent, with a word of a partner that came after and is about just that.
    """
    sealed = _locked(keys, kept.id, "draft", _marked(draft, kept.by_file))
    values = {"draft": sealed, "version": kept.version + 1, "changed_at": now}
    if sent is not None:
        values["sent"] = _locked(keys, kept.id, "sent", sent)
    return await _changed(db, kept, values)


async def send(db: AsyncConnection, keys: Keys, kept: Kept, now: int) -> bool:
    """Let the draft as it stands count, in place of what was sent before."""
    sent = _locked(keys, kept.id, "sent", kept.draft)
    values = {"sent": sent, "sent_at": now, "withdrawn_at": None, "version": kept.version + 1}
    return await _changed(db, kept, values)


async def withdraw(db: AsyncConnection, kept: Kept, now: int) -> bool:
    """Take back what was sent; the draft stays."""
    return await _changed(db, kept, {"withdrawn_at": now, "version": kept.version + 1})


async def _changed(db: AsyncConnection, kept: Kept, values: Mapping[str, Any]) -> bool:
    here = (applications.c.id == kept.id, applications.c.version == kept.version)
    return (await db.execute(update(applications).where(*here).values(**values))).rowcount > 0


async def by_code(db: AsyncConnection, keys: Keys, call: str, code: str) -> Kept | None:
    """The application that a code opens in a call: the code of who leads it, or a partner's own."""
    hashes = keys.hashes("application", plain(code))
    found = await _some(db, keys, applications.c.code_hash.in_(hashes), applications.c.call_key == call)
    return found[0] if found else await _by_partner(db, keys, call, code)


def partner_code(keys: Keys, id: str, partner: str) -> str:
    """What one partner opens an application with and confirms by; made of its id, and gone with its row."""
    return base64.b32encode(_signs(keys, id, partner)[0]).decode()


def _signs(keys: Keys, id: str, partner: str) -> list[bytes]:
    hashes = keys.hashes("application partner", id, partner.casefold())
    return [bytes.fromhex(id)[:HEAD_BYTES] + each[ID_BYTES:][:SIGN_BYTES] for each in hashes]


async def _by_partner(db: AsyncConnection, keys: Keys, call: str, code: str) -> Kept | None:
    try:
        sign = base64.b32decode(plain(code), map01="I")  # no code has 0 or 1: they are O and I, misread
    except ValueError:
        return None
    if len(sign) != HEAD_BYTES + SIGN_BYTES:
        return None
    begins = applications.c.id.startswith(sign[:HEAD_BYTES].hex())
    for kept in await _some(db, keys, applications.c.call_key == call, begins):
        for partner in written.read(kept.draft)[0].partners[1:]:  # who leads has the code of the draft
            known = partner.id or partner.name
            ours = _signs(keys, kept.id, known) if partner.name else []
            if any(hmac.compare_digest(sign, each) for each in ours):
                return replace(kept, partner=known)
    return None


async def by_id(db: AsyncConnection, keys: Keys, id: str) -> Kept | None:
    """An application by its id."""
    found = await _some(db, keys, applications.c.id == id)
    return found[0] if found else None


async def of_call(db: AsyncConnection, keys: Keys, call: str) -> list[Kept]:
    """Every application of a call, drafts too, in the order they were begun."""
    return await _some(db, keys, applications.c.call_key == call)


async def _some(db: AsyncConnection, keys: Keys, *wanted: ColumnElement[bool]) -> list[Kept]:
    query = select(applications).where(*wanted).order_by(applications.c.sent_at, applications.c.id)
    return [_kept(keys, row) for row in await db.execute(query)]


def _marked(draft: Mapping[str, Any], by_file: bool) -> Mapping[str, Any]:
    return {**draft, BY_FILE: True} if by_file else draft


def _locked(keys: Keys, id: str, column: str, held: Mapping[str, Any]) -> bytes:
    return keys.lock(json.dumps(held, ensure_ascii=False, default=str), "applications", column, id)


def _kept(keys: Keys, row: Row[Any]) -> Kept:
    held = dict(row._mapping)
    draft, sent = unlock(keys, applications, "draft", held), unlock(keys, applications, "sent", held)
    form = json.loads(draft or "{}")
    by_file = form.pop(BY_FILE, False) is True
    return Kept(
        row.id,
        row.call_key,
        row.version,
        form,
        None if sent is None else json.loads(sent),
        row.changed_at,
        row.sent_at,
        row.withdrawn_at,
        by_file=by_file,
    )
