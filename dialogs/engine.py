"""The only transitions: start a conversation, and take one step in it."""

from __future__ import annotations

from dataclasses import replace

from dialogs import commands, letters, tell
from dialogs.help import help_now
from dialogs.model import (
    Choice,
    Chose,
    Coded,
    Commanded,
    Conversation,
    Danger,
    Done,
    Edited,
    Effect,
    Erased,
    Event,
    FlagRaised,
    Heard,
    LettersShown,
    LinkCut,
    Message,
    Opened,
    Outcome,
    Picked,
    Said,
    Showed,
    Situation,
    Written,
)
from dialogs.questions import SCRIPT, need, safe, thread, who
from dialogs.questions.asides import CHANGEABLE, LANGUAGES
from dialogs.questions.plain import NOT_A_CHOICE
from dialogs.script import NotUnderstood, Question, Taken
from dialogs.text import N_

_GRAVE = ("danger", "safe", "contact")
CLEARLY = 0.5  # score; a short answer that is misread must not become a need by a guess
THANKS = 5  # words; a longer text is never dropped, whatever the reader made of it


def start(municipality: str, language: str, situation: Situation) -> Outcome:
    """A new conversation, with the notice and the first question."""
    begun = Conversation(municipality=municipality, language=language, notice=who.notice_mark(situation))
    return _asked(begun, (), (), situation)


def current(conversation: Conversation, situation: Situation) -> Question | None:
    """The question the person is at: it follows from their answers and is stored nowhere."""
    following = SCRIPT.next(conversation, situation)
    if following and following.id in _GRAVE:
        return following
    if conversation.aside:
        return SCRIPT.by_id[conversation.aside]
    if conversation.thread:
        return following
    revisited = SCRIPT.by_id.get(conversation.revisit or "")
    return revisited if revisited and revisited.applies(conversation, situation) else following


def step(conversation: Conversation, event: Event, situation: Situation) -> Outcome:
    """What one event changes and what is answered; the same input gives the same outcome."""
    if isinstance(event, Written):
        return _written(conversation, event, situation)
    return _with_notice(_with_letters(_stepped(conversation, event, situation), situation), situation)


def _written(conversation: Conversation, written: Written, situation: Situation) -> Outcome:
    """A worker wrote: the bot steps aside, and says who is writing."""
    held = thread.opened(conversation, written.letter.name)
    notes = () if thread.hidden(situation) else (letters.told(written.letter),)
    return _asked(held, notes, (), situation, again=True)


def _with_letters(outcome: Outcome, situation: Situation) -> Outcome:
    """What waited for the person comes first, once; never between a cry and help, nor where others see it."""
    settled = any(isinstance(effect, Erased | LinkCut | LettersShown) for effect in outcome.effects)
    urgent = any(each.kind == "grave" for each in outcome.messages)
    if situation.discreet or settled or urgent or not outcome.messages:
        return outcome
    told, shown = letters.waiting(situation.letters)
    return replace(outcome, messages=(*told, *outcome.messages), effects=(*outcome.effects, *shown))


def _with_notice(outcome: Outcome, situation: Situation) -> Outcome:
    """A notice that has changed since the person saw it is shown again, but never between a cry and help."""
    held, mark = outcome.conversation, who.notice_mark(situation)
    if held.notice == mark or held.danger or any(each.kind == "grave" for each in outcome.messages):
        return outcome
    marked = held.model_copy(update={"notice": mark})
    if not held.notice or not outcome.messages:
        return replace(outcome, conversation=marked if outcome.messages else held)
    told = (Message((N_("Dette er nytt siden sist:"),)), *who.notice(held, situation))
    return replace(outcome, conversation=marked, messages=(*told, *outcome.messages))


def _stepped(conversation: Conversation, event: Done, situation: Situation) -> Outcome:
    if isinstance(event, Said):
        return _said(conversation, event, situation)
    if isinstance(event, Chose):
        return _chose(conversation, event, situation)
    if isinstance(event, Commanded):
        return _commanded(conversation, event, situation)
    if isinstance(event, Picked):
        return _picked(conversation, event, situation)
    if isinstance(event, Edited):
        return _edited(conversation, event, situation)
    if isinstance(event, Opened):
        return _opened(conversation, event, situation)
    if isinstance(event, Coded):
        return _coded(conversation, event, situation)
    return _showed(conversation, event, situation)


# --- words -------------------------------------------------------------------------------------


def _said(conversation: Conversation, said: Said, situation: Situation) -> Outcome:
    grave = said.heard.grave
    if grave and grave.strength == "sure":
        return _grave(conversation, said, situation)
    command = commands.read(said.heard.masked)
    if command and _is_command(conversation, said, command[0], situation):
        return _commanded(conversation, Commanded(*command), situation)
    gently = _gently(conversation, said, situation)
    if gently is not conversation:
        return _worded(gently, said, situation, _under_danger(gently, situation))
    return _worded(conversation, said, situation, current(conversation, situation))


def _gently(conversation: Conversation, said: Said, situation: Situation) -> Conversation:
    """With a message that may be grave, the person is asked whether they are safe before all else.

    Too many words to be an answer to that are more of the same message.
    """
    heard, danger = said.heard, conversation.danger
    if danger is None and heard.grave:
        danger = Danger(kind=heard.grave.kind, strength="maybe", words=heard.masked)
    elif danger and danger.strength == "maybe" and _at_length(heard) and not safe.named(said, situation):
        danger = danger.model_copy(update={"words": f"{danger.words}\n{heard.masked}"})
    else:
        return conversation
    return conversation.model_copy(update={"danger": danger})


def _is_command(conversation: Conversation, said: Said, name: str, situation: Situation) -> bool:
    """A word the question itself offers is an answer; help is always help."""
    if name == "help":
        return True
    question = current(conversation, situation)
    if question is thread.QUESTION:
        # What stands in Telegram's own menu is never meant for the worker.
        return name in thread.COMMANDS or said.heard.masked.lstrip().startswith("/")
    if question is None or name == "start":
        return True
    labels = (situation.spoken(each.label) + each.words for each in question.choices(conversation, situation))
    return said.heard.masked.strip().casefold() not in {word.casefold() for each in labels for word in each}


def _grave(conversation: Conversation, said: Said, situation: Situation) -> Outcome:
    """A sure disclosure: the questions stop, and the words go to a red flag alone."""
    grave = said.heard.grave
    assert grave is not None  # the caller looked; the type does not say so
    danger = Danger(kind=grave.kind, strength="sure", words="")
    held = conversation.model_copy(update={"danger": danger, "flagged": True, "aside": None})
    return _asked(held, (), (FlagRaised(grave.kind, "sure", said.heard.masked),), situation)


def _under_danger(conversation: Conversation, situation: Situation) -> Question | None:
    """The question that was open before the gentle line came in front of it."""
    return current(conversation.model_copy(update={"danger": None}), situation)


def _worded(
    conversation: Conversation, said: Said, situation: Situation, question: Question | None
) -> Outcome:
    if question is None:
        return _said_after_all(conversation, said, situation)
    if question.hear is None:
        return _asked(conversation, (Message((NOT_A_CHOICE,)),), (), situation)
    try:
        taken = question.hear(conversation, said, situation)
    except NotUnderstood as misread:
        return _misread(conversation, said, situation, question, misread)
    return _after(_with_ref(taken, question, said.ref), question, situation)


def _with_ref(taken: Taken, question: Question, ref: str | None) -> Taken:
    """Remember which message answered, so that editing it corrects that answer."""
    if ref is None or question.id not in taken.conversation.answers:
        return taken
    refs = {**taken.conversation.refs, ref: question.id}
    return Taken(taken.conversation.model_copy(update={"refs": refs}), taken.notes, taken.effects)


def _misread(
    conversation: Conversation, said: Said, situation: Situation, question: Question, misread: NotUnderstood
) -> Outcome:
    """Ask again kindly; words that hold a need are kept and asked about next."""
    # Under a gentle question about safety, nobody is told that they answered wrongly.
    told = () if conversation.danger and question.id not in _GRAVE else (Message(misread.texts),)
    asks_need = question.id in ("need", "category", "heard")
    if asks_need or question.id in _GRAVE or not _holds_need(said):
        return _asked(conversation, told, (), situation, again=True)
    taken = need.wait(conversation, said, situation)
    waiting = taken.conversation.pending
    held = conversation.model_copy(update={"pending": waiting, "aside": None, "revisit": None})
    kept = Message((N_("Jeg husker det du skrev, og spør om det etterpå."),))
    if question.id != "who":
        return _asked(held, taken.notes, (), situation)
    return _asked(held, (*told, *(taken.notes or (kept,))), (), situation, again=True)


def _holds_need(said: Said) -> bool:
    """Whether words at another question tell a need: clearly, at length, or in what can not be read."""
    heard = said.heard
    clearly = any(guess.score >= CLEARLY for guess in heard.categories[:1])
    return not heard.readable or (bool(heard.chosen) and (clearly or _at_length(heard)))


def _at_length(heard: Heard) -> bool:
    return len(heard.masked.split()) > THANKS


def _said_after_all(conversation: Conversation, said: Said, situation: Situation) -> Outcome:
    """Words when nothing is asked: kept if they may hold a need; a short "thanks" is only answered."""
    if not _holds_need(said) and not _at_length(said.heard):
        return _asked(conversation, (tell.nothing_more(),), (), situation)
    answers = {key: value for key, value in conversation.answers.items() if key != "need"}
    taken = need.wait(conversation.model_copy(update={"answers": answers}), said, situation)
    return _asked(taken.conversation, taken.notes, taken.effects, situation)


def _edited(conversation: Conversation, edited: Edited, situation: Situation) -> Outcome:
    """A changed message corrects the answer it gave; a message that gave none is left alone."""
    if edited.heard.grave and edited.heard.grave.strength == "sure":
        return _grave(conversation, Said(edited.heard, edited.ref), situation)
    said = Said(edited.heard, edited.ref)
    gently = _gently(conversation, said, situation)
    asks, conversation = gently is not conversation, gently
    places = [i for i, each in enumerate(conversation.needs) if each.ref == edited.ref]
    if places:
        return _edited_need(conversation, said, places[0], situation)
    if conversation.pending and conversation.pending.ref == edited.ref:
        taken = need.wait(conversation, said, situation)
        return _asked(taken.conversation, taken.notes, (), situation)
    question = SCRIPT.by_id.get(conversation.refs.get(edited.ref, ""))
    if conversation.thread and conversation.thread.ref == edited.ref:
        question = thread.QUESTION  # mended words are more words to the worker
    if question is not None and question.hear is not None:
        return _worded(conversation, said, situation, question)
    return _asked(conversation, (), (), situation) if asks else Outcome(conversation, ())


def _edited_need(conversation: Conversation, said: Said, place: int, situation: Situation) -> Outcome:
    """An edited message waits for a new yes; until then its needs stay as they were."""
    held = conversation.model_copy(update={"replacing": place, "aside": None})
    taken = need.wait(held, said, situation)
    return _asked(taken.conversation, taken.notes, (), situation)


# --- presses -----------------------------------------------------------------------------------


def _chose(conversation: Conversation, chose: Chose, situation: Situation) -> Outcome:
    question = current(conversation, situation)
    options = {choice.id for choice in question.choices(conversation, situation)} if question else set()
    old = chose.turn is not None and chose.turn != conversation.turn
    if question is None or question.take is None or old or not chose.ids or not options.issuperset(chose.ids):
        return _stale(conversation, situation)
    return _after(question.take(conversation, _in_order(chose.ids, question), situation), question, situation)


def _in_order(ids: tuple[str, ...], question: Question) -> tuple[str, ...]:
    """Only a question for several takes more than one; doubles count once."""
    distinct = tuple(dict.fromkeys(ids))
    return distinct if question.several or question.id == "heard" else distinct[:1]


def _stale(conversation: Conversation, situation: Situation) -> Outcome:
    """A press on an old question: say so kindly, change nothing, show where the person is."""
    told = Message((N_("Det spørsmålet er vi ferdige med. Her er du nå:"),))
    shown = _asked(conversation, (told,), (), situation, again=True)
    return Outcome(conversation, shown.messages, stale=True)


def _picked(conversation: Conversation, picked: Picked, situation: Situation) -> Outcome:
    question = current(conversation, situation)
    if question is None or not question.several or picked.turn != conversation.turn:
        return _stale(conversation, situation)
    marked = set(conversation.picked) ^ {picked.id}
    options = question.choices(conversation, situation)
    held = conversation.model_copy(
        update={"picked": tuple(choice.id for choice in options if choice.id in marked)}
    )
    return Outcome(held, (_message(question, held, situation, kind="edit"),))


# --- commands ----------------------------------------------------------------------------------


def _commanded(conversation: Conversation, command: Commanded, situation: Situation) -> Outcome:
    if command.name == "help":
        return Outcome(conversation, (help_now(conversation, situation),))
    if conversation.thread and current(conversation, situation) is thread.QUESTION:
        return _commanded_in_talk(conversation, command, situation)
    return _commanded_alone(conversation, command, situation)


def _commanded_in_talk(conversation: Conversation, command: Commanded, situation: Situation) -> Outcome:
    """While a worker talks there is no step back, and what was told is changed after it."""
    if command.name == "stop":
        ended = thread.end(conversation)
        return Outcome(ended.conversation, (*ended.notes, tell.stopped(ended.conversation)), ended.effects)
    if command.name in ("edit", "skip", "back"):
        told = (Message((N_("Avslutt praten først, så kan du endre."),)),) if command.name == "edit" else ()
        return _asked(conversation, told, (), situation, again=True)
    return _commanded_alone(conversation, command, situation)


def _commanded_alone(conversation: Conversation, command: Commanded, situation: Situation) -> Outcome:
    name, value = command.name, command.value
    if name in ("skip", "back"):
        return {"skip": _skip, "back": _back}[name](conversation, situation)
    if name == "language" and value in {choice.id for choice in LANGUAGES}:
        return _asked(conversation.model_copy(update={"language": value, "aside": None}), (), (), situation)
    if name == "edit" and value and _can_change(conversation, value):
        return _asked(_changing(conversation, value), (), (), situation)
    if name in _ASIDE_OF:
        return _asked(conversation.model_copy(update={"aside": _ASIDE_OF[name]}), (), (), situation)
    return _told_only(conversation, name, situation)


_ASIDE_OF = {"edit": "edit", "delete": "erase", "language": "language", "receipt": "receipt"}


def _can_change(conversation: Conversation, value: str) -> bool:
    needs = {f"need{i}" for i in range(len(conversation.needs))}
    return value in needs or (value in CHANGEABLE and value in conversation.answers)


def _changing(conversation: Conversation, value: str) -> Conversation:
    if value.startswith("need"):
        return conversation.model_copy(update={"replacing": int(value[4:]), "aside": None})
    return conversation.model_copy(update={"revisit": value, "aside": None})


def _told_only(conversation: Conversation, name: str, situation: Situation) -> Outcome:
    if name == "mine":
        _, shown = letters.waiting(situation.letters)
        return Outcome(conversation, (tell.mine(conversation, situation),), shown)
    if name == "privacy":
        return Outcome(conversation, tell.privacy(situation))
    if name == "take":
        return Outcome(conversation, (tell.handed_over(),))
    if name == "stop":
        return Outcome(conversation, (tell.stopped(conversation),))
    if name == "interpreter":
        held = conversation.model_copy(update={"interpreter": True})
        told = (N_("Jeg har skrevet opp at du vil ha tolk."), N_("Skriv gjerne på ditt eget språk."))
        return _asked(held, (Message(told),), (), situation, again=True)
    return _started(conversation, situation)


def _started(conversation: Conversation, situation: Situation) -> Outcome:
    """Start in the middle never wipes: it goes on where the person is."""
    notes: tuple[Message, ...] = ()
    if conversation.needs and (not conversation.sent or conversation.changed):
        notes = (Message((N_("Fint at du er her. Det du har sagt, er ikke sendt ennå."),)),)
    return _asked(conversation.model_copy(update={"aside": None, "revisit": None}), notes, (), situation)


def _skip(conversation: Conversation, situation: Situation) -> Outcome:
    question = current(conversation, situation)
    if question is None or question.take is None or question.id == "send":
        return _asked(conversation, (), (), situation, again=True)
    if conversation.revisit == question.id and question.id in conversation.answers:
        return _asked(conversation.model_copy(update={"revisit": None}), (), (), situation)
    try:
        taken = question.take(conversation, (), situation)
    except NotUnderstood as needed:
        return _asked(conversation, (Message(needed.texts),), (), situation, again=True)
    return _after(taken, question, situation)


def _back(conversation: Conversation, situation: Situation) -> Outcome:
    """One question back; the old answer stays until there is a new one."""
    if conversation.aside or conversation.topic or conversation.other:
        held = conversation.model_copy(update={"aside": None, "topic": None, "other": False})
        return _asked(held, (), (), situation)
    if conversation.pending:
        choosing = conversation.pending.choosing
        kept = conversation.pending.model_copy(update={"choosing": False}) if choosing else None
        held = conversation.model_copy(update={"pending": kept, "adding": bool(conversation.needs)})
        return _asked(held, (), (), situation)
    return _asked(_one_before(conversation, situation), (), (), situation, again=True)


def _one_before(conversation: Conversation, situation: Situation) -> Conversation:
    if conversation.adding or conversation.replacing is not None:
        # Who wanted to say more, and then did not, is back where they chose that.
        more = conversation.more and not conversation.adding
        return conversation.model_copy(update={"adding": False, "replacing": None, "more": more})
    question = current(conversation, situation)
    order = [each.id for each in SCRIPT]
    place = order.index(question.id) if question and question.id in order else len(order)
    earlier = [
        each
        for each in order[:place]
        if (each in CHANGEABLE and each in conversation.answers) or _need_at(each, conversation)
    ]
    if not earlier:
        return conversation
    if earlier[-1] == "need":
        return conversation.model_copy(update={"replacing": len(conversation.needs) - 1, "revisit": None})
    return conversation.model_copy(update={"revisit": earlier[-1]})


def _need_at(question: str, conversation: Conversation) -> bool:
    return question == "need" and bool(conversation.needs)


# --- receipts, codes and what is not words -----------------------------------------------------


def _opened(conversation: Conversation, opened: Opened, situation: Situation) -> Outcome:
    if not opened.found:
        told = Message((N_("Jeg fant ingen svar med den kvitteringen. Se på tallene og prøv igjen."),))
        asking = conversation.model_copy(update={"aside": "receipt"})
        return _asked(asking, (told,), (), situation, again=True)
    held = conversation.model_copy(update={"aside": None})
    full = (Message((need.FULL,)),) if opened.full else ()
    instead = (tell.other_receipt(),) if opened.instead else ()
    notes = (Message((N_("Fint at du er tilbake."),)), *instead, *tell.opened(held, situation), *full)
    return _asked(held, notes, (), situation)


def _coded(conversation: Conversation, coded: Coded, situation: Situation) -> Outcome:
    if coded.kind is None:
        told = Message((N_("Den koden virker ikke. Du kan fortsette uten kode."),))
        return _asked(conversation, (told,), (), situation, again=True)
    given = {
        "attested": True,
        "assisted": conversation.assisted or coded.kind == "assisted",
        "attester": conversation.attester or coded.attester,  # who met the person first
    }
    told = Message((N_("Takk. Koden viser at du har møtt noen som jobber her."),))
    return _asked(conversation.model_copy(update=given), (told,), (), situation, again=True)


def _showed(conversation: Conversation, showed: Showed, situation: Situation) -> Outcome:
    return _asked(conversation, (tell.unread(showed.kind),), (), situation, again=True)


# --- asking ------------------------------------------------------------------------------------


def _after(taken: Taken, question: Question, situation: Situation) -> Outcome:
    held = taken.conversation
    if Erased() in taken.effects:
        held = Conversation(municipality=held.municipality, language=held.language)
    gone = Erased() in taken.effects or (LinkCut() in taken.effects and not held.sent)
    if gone or (question.id in _GRAVE and taken.notes and not held.contacting):
        # After a disclosure the next question waits until the person wants to go on.
        return Outcome(held, taken.notes, taken.effects)
    if held.revisit == question.id:
        held = held.model_copy(update={"revisit": None})
    if any(isinstance(effect, LettersShown) for effect in taken.effects):
        situation = replace(situation, letters=())
    return _asked(held, taken.notes, taken.effects, situation)


def _asked(
    conversation: Conversation,
    notes: tuple[Message, ...],
    effects: tuple[Effect, ...],
    situation: Situation,
    *,
    again: bool = False,
) -> Outcome:
    """Tell the notes, then whatever is told once, then ask the question the person is at now.

    `again` shows the same question in the same turn, so that its buttons still work.
    """
    held = conversation.model_copy(update={"picked": ()})
    messages = list(notes)
    question = current(held, situation)
    while question and question.tells:
        messages.append(_message(question, held, situation))
        held = held.model_copy(update={"answers": {**held.answers, question.id: ("told",)}})
        question = current(held, situation)
    if question is None:
        return Outcome(held, (*messages, *tell.ending(held, messages, situation)), effects)
    again = again and question.id == held.asked
    if not again:
        held = held.model_copy(update={"turn": held.turn + 1, "asked": question.id})
        messages += question.lead(held, situation)
    return Outcome(held, (*messages, _message(question, held, situation)), effects)


def _message(
    question: Question, conversation: Conversation, situation: Situation, kind: str = "say"
) -> Message:
    marked = set(conversation.picked)
    options = tuple(
        Choice(each.id, each.label, each.words, each.picture, each.id in marked)
        for each in question.choices(conversation, situation)
    )
    return Message(
        question.ask(conversation, situation),
        options,
        question.several,
        question.id,
        conversation.turn,
        question.ways,
        "grave" if question.id in _GRAVE else "edit" if kind == "edit" else "say",
        wordless=not who.words_open(conversation, situation),
    )
