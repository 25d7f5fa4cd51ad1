"""How many people asked for what, and which of those numbers may leave: pure, without clock or files.

One way through, and the same for every format and page:

    counts = count(voices, grid)                      # exact, never published: Key -> people
    shown = suppress(counts, grid, earlier, fewest)   # what may be renewed now, exact: Key -> people
    release = Release(...)                            # what is shown, with its dates, questions and notices

`bot.store.publishing` gives `Voices` from the database and keeps what was released. Whatever shows a count
outside the staff's own queue reads a `Release` and nothing else; `bot.operations.releasing.released(world,
fewest)` gives the newest, and makes one when the last is a week old:

    release.figures             every `Figure` of the grid, shown or not, in its order
    release.people(key)         the number, or None where it is left out
    release.grid                half_years (the last is running), places with districts, topics, categories
    figure.key                  Key(half_year, place, need, split, part, counted)
        half_year   "2026-2" ends with December
        place       a municipality's key, or ALL ("") for all of them together, where there are several
        need        ANY ("") for anybody, a topic's key, or a category's key
        split, part ("", "") for all; else "district", "age_band", "group" or "money" and one of its parts;
                    the part UNSAID stands for those who did not say
        counted     "people" (who asked for it), "first" (who need it first; categories alone),
                    "without_floods" (people, less what came in a flagged flood), "unsent" (who stopped before
                    sending; with split "question", at which: of the running half-year)
    figure.people               a whole number, or None: fewer than `release.limit`, or hidden to protect
                                others; zero is left out like one to four
    figure.as_of                the day the number was true; it moves only by `release.limit` people or more

`docs/summaries.md` says what is promised, `docs/adr/0008-few-fixed-tables.md` why it is done so.
"""

from bot.summaries.count import count
from bot.summaries.figures import (
    ALL,
    ANY,
    COUNTED,
    SPLITS,
    UNSAID,
    Figure,
    Grid,
    Key,
    Place,
    Release,
    Voices,
    half_year,
)
from bot.summaries.suppress import suppress

__all__ = [
    "ALL",
    "ANY",
    "COUNTED",
    "SPLITS",
    "UNSAID",
    "Figure",
    "Grid",
    "Key",
    "Place",
    "Release",
    "Voices",
    "count",
    "half_year",
    "suppress",
]
