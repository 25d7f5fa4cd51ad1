"""Answers a worker can begin from: few, plain, and said in the language the person chose."""

from __future__ import annotations

from dialogs.text import N_, Text

ANSWERS: dict[str, Text] = {
    "read": N_("Hei! Vi har lest det du skrev. Takk for at du sa det."),
    "more": N_("Vil du fortelle litt mer? Du bestemmer selv hva du sier."),
    "meet": N_("Vil du møte en av oss? Skriv når og hvor det passer."),
    "exists": N_("Det finnes noe som kan passe for deg. Vil du høre om det?"),
    "later": N_("Vi jobber med dette. Du hører fra oss når vi vet mer."),
    "done": N_("Nå er vi ferdige for denne gang. Skriv igjen når du vil."),
}
