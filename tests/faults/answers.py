"""What people in these tests answer to each question of Lytt, known by its words."""

from dataclasses import dataclass

from tests.emulator import Message, Person


@dataclass(frozen=True)
class Press:
    """Press the button with this label."""

    label: str

    def carry_out(self, person: Person, message: Message) -> None:
        person.presses(self.label, message)


@dataclass(frozen=True)
class Say:
    """Write these words."""

    words: str

    def carry_out(self, person: Person, message: Message) -> None:
        person.says(self.words)


Reply = Press | Say
Answers = dict[str, Reply | None]

LAST = "Vil du ha svar?"

# Sent by the shortest way: six updates with /start.
SHORT: Answers = {
    "Hvem er du?": Press("16–17 år"),
    "Hva trenger du for å få det bedre?": Say("jeg trenger hjelp til å ta lappen"),
    "Stemmer det?": Press("Ja, det stemmer"),
    "Hvor bor du?": Press("Heimdal"),
    "Vil du sende det til kommunen nå?": Press("Send"),
    LAST: None,
}

# Two needs, what stands in their way, and which comes first: twelve updates with /start.
LONG: Answers = SHORT | {
    "Vil du sende det til kommunen nå?": Press("Si mer"),
    "utstyr\nVil du sende det til kommunen nå?": Press("Send"),
    "Hva mer trenger du?": Say("vintersko"),
    "Hva står i veien?": Press("Det koster for mye"),
    "Hva trenger du først?": Press("Førerkort (lappen)"),
}


def reply_to(text: str, answers: Answers) -> Reply | None:
    """What to answer the question a message ends with; None where all is said."""
    asked = [prompt for prompt in answers if prompt in text]
    if not asked:
        raise AssertionError(f"nobody knows what to answer to: {text}")
    return answers[max(asked, key=lambda prompt: (text.rfind(prompt) + len(prompt), len(prompt)))]
