"""Choose which counts may be shown, so that no group of fewer than the limit can be worked out.

A number is left out when it is too small, or has moved too little since it was last shown. Then what is
left is read as a stranger would, alone and beside each earlier release: while they could be sure of a small
group, the smallest number they need for it is left out too. Every round leaves out more, so it ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.summaries import bounds
from bot.summaries.bounds import NONE, Bounds, Sums
from bot.summaries.figures import ANY, PEOPLE, UNSENT, Grid, Key
from bot.summaries.sums import NOT, equations

Shown = Mapping[Key, int]
Reasons = frozenset[int]  # the equations that tell of a small group


def suppress(
    counts: Mapping[Key, int], grid: Grid, earlier: Sequence[Shown] = (), limit: int = 5
) -> dict[Key, int]:
    """The figures that may be renewed now: exact, of at least `limit` people, safe beside all earlier ones.

    `earlier` is what each release before this one renewed, in any order; a figure that is not renewed
    keeps its last number and date.
    """
    shown: dict[Key, int] = {}
    for year in grid.half_years:
        before = [{key: people for key, people in old.items() if key.half_year == year} for old in earlier]
        large = {
            key: people
            for key, people in counts.items()
            if key.half_year == year and _large(key, people, before, limit)
        }
        shown |= _safe(Sums(tuple(equations(grid, year))), large, [old for old in before if old], limit)
    return shown


def _large(key: Key, people: int, earlier: Sequence[Shown], limit: int) -> bool:
    """Whether a number hides everybody in it, and everybody it moved by."""
    return people >= limit and all(abs(people - shown[key]) >= limit for shown in earlier if key in shown)


def _safe(sums: Sums, shown: dict[Key, int], earlier: Sequence[Shown], limit: int) -> dict[Key, int]:
    """Those of the shown figures from which, with the earlier ones, no small group follows."""
    shown = _with_all(shown)
    now, unsettled = bounds.of(sums, shown), list[Bounds | None]()
    waiting = deque([None, *(bounds.of(sums, old) for old in reversed(earlier))])  # the newest tells most
    while waiting:
        views = list(_views(now, waiting[0]))
        if given_away := _given_away(views, shown, limit):
            shown = _with_all({key: people for key, people in shown.items() if key not in given_away})
            now = bounds.of(sums, shown)
            waiting.extend(unsettled)
            unsettled = []
        elif all(view.settled for view in views):
            waiting.popleft()  # for good: with less shown, nobody is surer of anything
        else:
            unsettled.append(waiting.popleft())
    return shown


def _with_all(shown: dict[Key, int]) -> dict[Key, int]:
    """The figures of places where the number of all is renewed: fewer newcomers than that change nothing."""
    return {key: people for key, people in shown.items() if _all_of(key) in shown}


def _given_away(views: Iterable[Bounds], shown: Shown, limit: int) -> set[Key]:
    """What must be left out, the smallest number for each small group that somebody could be sure of."""
    found: set[Key] = set()
    for view in views:
        if not view.possible:  # who believed that nobody left knows better now
            continue
        for numbers, reasons in _small_groups(view, limit):
            told_by = _told_by(view, numbers, reasons, shown)
            if told_by and found.isdisjoint(told_by):
                found.add(min(told_by, key=lambda key: (shown[key], _breadth(key), key)))
    return found


def _breadth(key: Key) -> int:
    """How much else is a part of it: of two numbers that are the same, the broader one stays."""
    return (key.need == ANY) + (not key.split) + (key.counted == PEOPLE)


def _views(now: Bounds, old: Bounds | None) -> Iterator[Bounds]:
    """What can be read from what is shown: the numbers, or how they moved since an earlier release."""
    if old is None:
        yield now
        return
    yield bounds.moved(now, old, only_more=False)
    yield bounds.moved(now, old, only_more=True)  # somebody may believe that nobody erased or changed


def _small_groups(view: Bounds, limit: int) -> Iterator[tuple[set[int], Reasons]]:
    """Each small group that somebody can be sure of: its figure, if it is one, and why."""
    for number, key in enumerate(view.sums.keys):
        if _small(view.low[number], view.high[number], limit) or _everybody(view, number, key):
            yield {number}, frozenset({view.why_low[number], view.why_high[number]} - {NONE})
    for place, (left, right) in enumerate(view.sums.sides):
        for side, other in ((left, right), (right, left)):
            if all(map(view.known, other)):
                rest = sum(view.low[each] for each in other)
                rest -= sum(view.low[each] for each in side if view.known(each))
                if not all(map(view.known, side)) and _small(rest, rest, limit):
                    yield set(), frozenset({place})


def _small(low: int, high: int, limit: int) -> bool:
    """Whether it is sure that there is somebody, and that they are few; or that so few have gone."""
    return 0 < low <= high < limit or -limit < low <= high < 0


def _everybody(view: Bounds, number: int, key: Key) -> bool:
    """Whether it is sure that everybody asked: then it is known of each of them."""
    if not key.need.startswith(NOT) or view.high[number] or view.low[number]:
        return False
    anybody = view.sums.numbers[key._replace(need=ANY)]
    return view.low[anybody] > 0


def _told_by(view: Bounds, numbers: set[int], reasons: Reasons, shown: Shown) -> set[Key]:
    """The shown figures nearest to what gives a group away: itself, what tells of it, or what tells of that.

    The number of all goes only where nothing else tells: everything else would go with it.
    """
    read: set[int] = set()
    last: set[Key] = set()
    while True:
        keys = {view.sums.keys[each] for each in numbers} & shown.keys()
        if told_by := {key for key in keys if key != _all_of(key)}:
            return told_by
        last |= keys
        if reasons <= read:
            return last
        read |= reasons
        numbers = {each for place in reasons for side in view.sums.sides[place] for each in side}
        reasons = frozenset(
            why for each in numbers for why in (view.why_low[each], view.why_high[each]) if why != NONE
        )


def _all_of(key: Key) -> Key:
    """The number of everybody whom a figure counts a part of."""
    return Key(key.half_year, key.place, counted=UNSENT if key.counted == UNSENT else PEOPLE)
