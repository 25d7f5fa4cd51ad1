"""Print the invented municipality's explanation into docs: `python -m tests.allocation.printed`."""

from bot.funding import proposing
from bot.i18n import Words
from tests.allocation.rounds import FEWEST
from tests.allocation.town import KEY, competition
from tests.funding.written import CALLS
from tests.rules.source import ROOT

ABOUT = """<!-- Made by python -m tests.allocation.printed -->
> An example: 480 invented people and twelve invented applicants in the Trondheim call, as
> `lytt allocate trondheim-2021 -o FOLDER` explains it to those who decide. Nothing in it is real.

"""


def printed() -> str:
    """The page as it stands in docs."""
    words = Words(ROOT / "locales", ("dialogs", "money"))
    files = proposing.propose(
        competition(), CALLS[KEY].rule, words, {}, "salt", FEWEST, competition(attested=True).round
    )
    return ABOUT + files["internal/explanation.md"].decode()


if __name__ == "__main__":
    (ROOT / "docs" / "allocation-example.md").write_text(printed(), "utf-8")
