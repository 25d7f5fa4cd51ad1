"""The script as something to read: scenes in which every question is met, and a diagram of their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs import engine
from dialogs.model import Choice, Chose, Conversation, Erased, Event, Message, Municipality, Situation
from dialogs.paths import FIRST, PATHS, Act, Path
from dialogs.questions import SCRIPT
from dialogs.script import Question
from dialogs.text import Text, Value

RECEIPT = "4821730596142087"
WEB = "https://lytt.example"
ASKED_BEFORE = 12  # people, so that the sentence about others is met


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person did, as words or labels, and what was answered."""

    did: tuple[Value, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation with a title, turn by turn."""

    title: str
    turns: tuple[Turn, ...]


def scenes(municipality: Municipality, youngest_age: int = 0, *, unsends: bool = False) -> tuple[Scene, ...]:
    """Every path walked through the engine, for a channel with this lower age limit in years."""
    walks = ((path, _situation(path, municipality, youngest_age, unsends=unsends)) for path in PATHS)
    return tuple(Scene(path.title, tuple(_walk(path, situation))) for path, situation in walks)


def _situation(path: Path, municipality: Municipality, youngest_age: int, *, unsends: bool) -> Situation:
    return Situation(
        municipality,
        spoken=_as_written,
        receipt=RECEIPT,
        staffed=path.staffed,
        soon=path.soon,
        kept=path.kept,
        counts={"driving_licence": ASKED_BEFORE},
        youngest_age=max(youngest_age, path.youngest_age),
        unsends=unsends or path.unsends,
        discreet=path.discreet,
        letters=path.letters,
        contact=path.contact,
        web_address=WEB,
    )


def _as_written(text: Text) -> tuple[str, ...]:
    return (text.msgid,)


def _walk(path: Path, situation: Situation) -> Iterator[Turn]:
    """The turns of a path, up to where nothing of the person is left."""
    outcome = engine.start(situation.municipality.key, "nb", situation)
    yield Turn((), outcome.messages)
    for act in path.acts:
        did, event = _done(act, outcome.conversation, situation)
        outcome = engine.step(outcome.conversation, event, situation)
        yield Turn(did, outcome.messages)
        if Erased() in outcome.effects:
            return


def _done(act: Act, conversation: Conversation, situation: Situation) -> tuple[tuple[Value, ...], Event]:
    if act.event:
        return (act.told,), act.event
    question = engine.current(conversation, situation)
    options = question.choices(conversation, situation) if question else ()
    pressed = _pressed(act, options)
    return tuple(each.label for each in pressed), Chose(tuple(each.id for each in pressed), conversation.turn)


def _pressed(act: Act, options: tuple[Choice, ...]) -> tuple[Choice, ...]:
    if act.presses == (FIRST,):
        return options[:1]
    by_id = {choice.id: choice for choice in options}
    if not by_id.keys() >= set(act.presses):
        raise ValueError(f"a path presses {act.presses} where there is only {tuple(by_id)}")
    return tuple(by_id[id] for id in act.presses)


def diagram(municipality: Municipality) -> str:
    """The order of the questions as a Mermaid flow chart; a person meets those that apply to them."""
    asked = _asked(scenes(municipality))
    main = [_node(question, asked) for question in SCRIPT]
    asides = [_node(question, asked) for question in SCRIPT.asides]
    arrow = " --> ".join(question.id for question in SCRIPT)
    return "\n".join(
        [
            "flowchart TD",
            *main,
            f"  {arrow}",
            '  subgraph anytime["Når som helst"]',
            *(f"  {each}" for each in asides),
            "  end",
        ]
    )


def _asked(every: tuple[Scene, ...]) -> dict[str, Message]:
    """Each question as it was first asked, by its id."""
    messages = [message for scene in every for turn in scene.turns for message in turn.messages]
    return {message.question: message for message in reversed(messages) if message.question}


def _node(question: Question, asked: dict[str, Message]) -> str:
    texts = [text.msgid for text in asked[question.id].texts]
    asking = [text for text in texts if text.endswith("?")]
    return f'  {question.id}["{(asking or texts)[-1 if asking else 0]}"]'
