"""Print the invented municipality's explanation into docs: `python -m tests.allocation.printed`."""

from bot.funding import proposing
from bot.funding.proposing import Proposal
from bot.i18n import Words
from tests.allocation.rounds import FEWEST
from tests.allocation.town import KEY, attesters, competition
from tests.funding.written import CALLS
from tests.rules.source import ROOT

ABOUT = """<!-- Made by python -m tests.allocation.printed -->
> An example: 480 invented people and twelve invented applicants in the Trondheim call, as
> `lytt allocate trondheim-2021 -o FOLDER` explains it to those who decide. Nothing in it is real.

"""


def printed() -> str:
    """The page as it stands in docs."""
    words = Words(ROOT / "locales", ("dialogs", "money"))
    rule, met = CALLS[KEY].rule, competition(attested=True).round
    proposal = Proposal(competition(), rule, FEWEST, {}, "salt", met, attesters())
    files = proposing.propose(proposal, words)
    return ABOUT + files["internal/explanation.md"].decode()


if __name__ == "__main__":
    (ROOT / "docs" / "allocation-example.md").write_text(printed(), "utf-8")
