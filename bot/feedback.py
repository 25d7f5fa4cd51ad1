"""What comes back to people: a worker's letter, news of what was decided, being asked again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from bot.channels.base import CHANNELS
from bot.clock import milliseconds, moment
from bot.i18n import Words
from bot.municipalities import Place
from bot.municipalities.wished import next_time
from bot.store import asked, conversations, queue, threads
from bot.store.asked import Asking
from bot.store.conversations import Tie
from bot.store.crypto import Keys
from bot.store.threads import Due, Kept
from dialogs import engine
from dialogs import letters as told
from dialogs.model import Conversation, Letter, Message, Outcome, Situation, Written
from dialogs.text import Told

LAST = 2  # priority of what nobody waits for at this moment
SOON = 1
HIDDEN = "adult_hidden"  # the answer of who said that others may see their phone
HALF_A_YEAR = timedelta(days=182)
AT_ONCE = 100  # people in one transaction


class Post(Protocol):
    """What is needed of the house to bring somebody something."""

    @property
    def keys(self) -> Keys: ...
    @property
    def words(self) -> Words: ...
    def now(self) -> int: ...
    def new_id(self) -> str: ...
    def place_of(self, municipality: str) -> Place: ...


@dataclass(frozen=True, slots=True)
class News:
    """What is told to many: once to each person, whoever asks for it how often."""

    id: str
    municipality: str
    categories: Collection[str]
    text: Told
    decided: bool = False  # with it the person knows what they asked to know


@dataclass(frozen=True, slots=True)
class Reached:
    """How far news came: to how many people, and which chats have something new."""

    people: int
    chats: tuple[bytes, ...]


# --- a worker's letter ----------------------------------------------------------------------------


async def write(db: AsyncConnection, post: Post, letter: Kept) -> list[bytes]:
    """Keep a worker's letter, and bring it unless its time is later; the chats that have something new."""
    await threads.put(db, post.keys, [letter])
    if letter.due_at > post.now():
        return []
    return await bring(db, post, Due(letter.id, letter.conversation_id))


async def bring(db: AsyncConnection, post: Post, due: Due) -> list[bytes]:
    """Lay a letter where its person finds it, once: in their chats, else behind the receipt."""
    held = await conversations.held(db, post.keys, due.conversation_id)
    letter = await threads.read(db, post.keys, due.id)
    if held is None or letter is None or letter.told_at is not None:
        return []
    ties = await conversations.reachable(db, post.keys, [held.id], post.now())
    rows = [row for tie in ties for row in _rows_of_letter(post, tie, held.conversation, letter)]
    # The state is the same whichever channel shows it, and also where none does.
    held.conversation = _written(post, held.conversation, letter, discreet=False).conversation
    await conversations.restate(db, post.keys, held)
    municipality = held.conversation.municipality
    await threads.open_thread(db, held.id, municipality, letter.worker or "", post.now())
    await threads.mark_told(db, letter.id, post.now())
    await queue.put(db, rows)
    return [tie.chat for tie in ties]


def _rows_of_letter(post: Post, tie: Tie, before: Conversation, letter: Kept) -> list[dict[str, Any]]:
    """The first message holds the letter; where others may see it, it waits until it is asked for."""
    discreet = CHANNELS[tie.channel].pushes and before.watched
    outcome = _written(post, before, letter, discreet=discreet)
    rows = _rows(post, tie, outcome.messages, outcome.conversation.language, at=outcome.conversation.turn)
    return rows if discreet else _bringing(rows, letter.id)


def _written(post: Post, conversation: Conversation, letter: Kept, *, discreet: bool) -> Outcome:
    place, at = post.place_of(conversation.municipality), moment(post.now())
    value = Letter(letter.id, letter.author, letter.name, letter.words, waiting=True)
    situation = Situation(
        municipality=place.at(at),
        spoken=post.words.spoken,
        staffed=place.staffed(at),
        discreet=discreet,
        letters=(value,),
    )
    return engine.step(conversation, Written(value), situation)


def _rows(
    post: Post,
    tie: Tie,
    messages: Sequence[Message],
    language: str,
    *,
    at: int = 0,
    priority: int = SOON,
) -> list[dict[str, Any]]:
    """What is laid ready for a chat; a terminal looks for itself."""
    abilities, now = CHANNELS[tie.channel], post.now()
    if not abilities.pushes and not abilities.fetched:
        return []
    ids = [post.new_id() for _ in messages]
    shown = render.render(messages, post.words, language, abilities, ids, at=at)
    return [
        queue.row(
            post.keys,
            each.id,
            tie.chat,
            tie.channel,
            tie.address,
            each.model_dump_json(),
            now,
            priority=priority,
        )
        for each in shown
    ]


def _bringing(rows: list[dict[str, Any]], letter_id: str) -> list[dict[str, Any]]:
    return [row | {"letter_id": letter_id} if place == 0 else row for place, row in enumerate(rows)]


# --- news to many ---------------------------------------------------------------------------------


async def tell(db: AsyncConnection, post: Post, news: News) -> Reached:
    """Tell everybody who has such a need and asked to hear; each once, behind the receipt where no chat is.

    Where others may see the phone nothing is pushed. Nobody's need is named but by who wrote the news.
    """
    people = await asked.for_news(db, news.municipality, news.categories, news.id)
    chats: list[bytes] = []
    for first in range(0, len(people), AT_ONCE):
        chats += await _tell(db, post, news, people[first : first + AT_ONCE])
    return Reached(len(people), tuple(chats))


async def _tell(db: AsyncConnection, post: Post, news: News, people: Sequence[Asking]) -> list[bytes]:
    letters = {each.conversation_id: _letter(post, news, each) for each in people}
    await threads.put(db, post.keys, list(letters.values()))
    hidden = {each.conversation_id for each in people if each.answer == HIDDEN}
    ties = await conversations.reachable(db, post.keys, list(letters), post.now())
    ties = [tie for tie in ties if not (CHANNELS[tie.channel].pushes and tie.conversation_id in hidden)]
    languages = {each.conversation_id: each.language for each in people}
    rows = [
        row
        for tie in ties
        for row in _news(post, tie, letters[tie.conversation_id], languages[tie.conversation_id])
    ]
    await queue.put(db, rows)
    return [tie.chat for tie in ties]


def _letter(post: Post, news: News, person: Asking) -> Kept:
    now = post.now()
    return Kept(
        id=post.new_id(),
        conversation_id=person.conversation_id,
        author="decision" if news.decided else "news",
        name=post.place_of(news.municipality).municipality.name,
        words=getattr(news.text, person.language, news.text.nb),
        written_at=now,
        due_at=now,
        news=news.id,
        told_at=now,
    )


def _news(post: Post, tie: Tie, letter: Kept, language: str) -> list[dict[str, Any]]:
    message = told.news(Letter(letter.id, letter.author, letter.name, letter.words))
    return _bringing(_rows(post, tie, (message,), language, priority=LAST), letter.id)


# --- asked again ----------------------------------------------------------------------------------


async def ask_again(db: AsyncConnection, post: Post) -> list[bytes]:
    """Ask those whose half year has passed, once and while people are awake; the chats that are told."""
    now = moment(post.now())
    if next_time(None, now) > now:
        return []
    people = await asked.again(db, milliseconds(now - HALF_A_YEAR), post.now(), AT_ONCE)
    languages = {each.conversation_id: each.language for each in people}
    ties = await conversations.reachable(db, post.keys, list(languages), post.now())
    rows = [
        row
        for tie in ties
        for row in _rows(post, tie, (told.again(),), languages[tie.conversation_id], priority=LAST)
    ]
    await queue.put(db, rows)
    await asked.mark_asked_again(db, list(languages), post.now())
    return [tie.chat for tie in ties]
