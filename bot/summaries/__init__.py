"""How many people asked for what, and which of those numbers may leave: pure, without clock or files.

One way through, and the same for every format and page:

    counts = count(voices, grid)                # exact, never published: Key -> people
    shown = suppress(counts, grid, earlier)     # exact or left out: Key -> people
    release = Release(...)                      # what was published, with its dates, questions and notice

`bot.store.publishing` hands in `Voices` from the database and keeps what was released;
`bot.operations.releasing.released(...)` gives the newest `Release`, and makes one when the last is old enough.
Whatever shows a count outside the staff's own queue reads a `Release` and nothing else:

    release.figures             every `Figure` in the order of the grid: key, people, as_of
    release.people(key)         the number, or None where it is left out
    figure.key                  Key(half_year, place, need, split, part, counted)
        half_year   "2026-2"; "" never
        place       a municipality's key, or ALL ("") for all of them together, where there are several
        need        ANY ("") for anybody, a topic's key, or a category's key
        split, part ("", "") for all; else "district", "age_band", "group" or "money" and one of its parts;
                    a part UNSAID stands for those who did not say
        counted     "people" (who asked for it), "first" (who need it first; categories alone),
                    "without_floods" (people, less what came in a flagged flood)
    figure.people               whole number, or None: fewer than `release.limit`, or hidden to protect others;
                                zero is left out like one to four
    figure.as_of                the day the number was true: a number moves only when the change hides everybody

`docs/summaries.md` says what is promised, `docs/adr/0007-fixed-tables-made-safe.md` why it is done so.
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
