"""Writing to a person: a letter now or when they wished for it, a draft that is kept, a letter taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot import feedback
from bot.clock import milliseconds, moment
from bot.i18n import SOURCE
from bot.municipalities.wished import next_time
from bot.staff import access
from bot.staff.access import Reviewing
from bot.staff.office import Visit
from bot.store import casework, conversations, flags, staff, threads, worklist
from bot.store.threads import Kept, Thread
from bot.store.worklist import Sender
from dialogs.answers import ANSWERS

HERE = "/ansatt/person"
LONGEST = 10_000  # characters of one letter
LATER = "senere"
_ID = re.compile(r"[0-9a-f]{32}")
routes = APIRouter(prefix=HERE)


@dataclass(frozen=True, slots=True)
class Talk:
    """What the person's page shows of the talk with them; times in ms.

    `ways` are the channels they can be met in now: none means that the receipt's mailbox holds it.
    """

    thread: Thread | None
    language: str
    letters: Sequence[Kept]
    draft: str
    answers: Mapping[str, str]
    ways: frozenset[str]
    watched: bool
    shown_as: str
    next_at: int
    new_id: str

    @property
    def waits(self) -> bool:
        """Whether the time they wished for is not now."""
        return self.next_at > 0


async def talk(db: AsyncConnection, visit: Visit, id: str, sender: Sender | None) -> Talk:
    """The talk with a person, for a worker who has been let in; the worker's own is marked as looked at."""
    world, me = visit.office.world, visit.worker.name
    thread = await threads.thread(db, id)
    if thread and thread.worker == me:
        await threads.mark_seen(db, id, visit.now)
    ties = await conversations.reachable(db, world.keys, [id], visit.now)
    language = await conversations.language_of(db, world.keys, id) or SOURCE
    return Talk(
        thread=thread,
        language=language,
        letters=await threads.of(db, world.keys, id),
        draft=await threads.draft(db, world.keys, id, me),
        answers={key: world.words.say(answer, language) for key, answer in ANSWERS.items()},
        ways=frozenset(tie.channel for tie in ties),
        watched=sender is not None and sender.answer == "adult_hidden",
        shown_as=await _shown_as(db, visit),
        next_at=_next_at(visit, sender),
        new_id=world.new_id(),
    )


def _next_at(visit: Visit, sender: Sender | None) -> int:
    """When the person wants to be written to, in ms; 0 where that is now."""
    now = moment(visit.now)
    wished = next_time(sender.answer_time if sender else None, now)
    return milliseconds(wished) if wished > now else 0


async def _shown_as(db: AsyncConnection, visit: Visit) -> str:
    """Who the person is told that it is from."""
    account = await staff.named(db, visit.worker.name)
    return (account and account.shown_as) or visit.worker.name


@routes.post("/{id}/brev")
async def write(visit: Reviewing, id: str) -> Response:
    """Write to the person; the same form sent twice is one letter."""
    words, letter_id = visit.field("brev"), visit.field("id")
    world, chats = visit.office.world, list[bytes]()
    async with visit.acting() as db:
        sender = await _writable(db, visit, id)
        if len(words) > LONGEST or not _ID.fullmatch(letter_id):
            raise HTTPException(422)
        if words and await threads.read(db, world.keys, letter_id) is None:
            letter = await _letter(db, visit, id, sender)
            chats = await feedback.write(db, world, letter)
            await threads.keep_draft(db, world.keys, world.new_id(), id, visit.worker.name, "", visit.now)
    visit.office.intake.queued(chats)
    return visit.go(_place(id))


async def _letter(db: AsyncConnection, visit: Visit, id: str, sender: Sender | None) -> Kept:
    later = _next_at(visit, sender) if visit.field("nar") == LATER else 0
    return Kept(
        id=visit.field("id"),
        conversation_id=id,
        author="worker",
        name=await _shown_as(db, visit),
        words=visit.field("brev"),
        written_at=visit.now,
        due_at=later or visit.now,
        worker=visit.worker.name,
    )


@routes.post("/{id}/utkast")
async def keep_draft(visit: Reviewing, id: str) -> Response:
    """Keep what is written so far: it is there again after signing in anew, on whichever machine.

    A ready answer that is put in without a script comes after it.
    """
    world, words, answer = visit.office.world, visit.field("brev"), ANSWERS.get(visit.field("sett"))
    async with visit.acting() as db:
        access.must_see(visit, await casework.municipality_of(db, id))
        await access.must_be_stranger(db, visit, id)
        if answer:
            language = await conversations.language_of(db, world.keys, id) or SOURCE
            words = "\n\n".join(filter(None, (words, world.words.say(answer, language))))
        if len(words) > LONGEST:
            raise HTTPException(422)
        await threads.keep_draft(db, world.keys, world.new_id(), id, visit.worker.name, words, visit.now)
    return visit.go(_place(id))


@routes.post("/{id}/angre")
async def withdraw(visit: Reviewing, id: str) -> Response:
    """Take back a letter that waits for its time; its words are a draft again."""
    world = visit.office.world
    async with visit.acting() as db:
        await _writable(db, visit, id)
        letter = await threads.read(db, world.keys, visit.field("id"))
        if letter and letter.worker == visit.worker.name and await threads.withdraw(db, id, letter.id):
            await threads.keep_draft(
                db, world.keys, world.new_id(), id, visit.worker.name, letter.words, visit.now
            )
    return visit.go(_place(id))


async def _writable(db: AsyncConnection, visit: Visit, id: str) -> Sender | None:
    """Let a worker write to whom they may read: who sent something or is in danger, and is a stranger."""
    municipality = await access.conversation(db, visit, id, "write")
    sender = await worklist.one(db, id)
    if sender is None and not await flags.listed(db, [municipality], id):
        raise HTTPException(404)
    return sender


def _place(id: str) -> str:
    return f"{HERE}/{id}#prat"
