"""`make bench`: sharing out money beside pabutools, each run in a process of its own."""

import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bot.allocation.account import account, canonical
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.model import Limits, Measure, Round, Voices

RULES = ("most-requested", "equal-shares-completed")
LIMIT = 300  # seconds: what takes longer did not finish
# People, measures and units; the most seconds and megabytes that Lytt may take, where there is a bar.
SIZES = {
    (10_000, 50, 20): (3, 250),
    (100_000, 50, 20): (10, 250),
    (10_000, 50, 1): (3, 250),
    (100_000, 50, 1): (10, 250),
}
# Where measures share needs, in four half-years under caps, and so many of 25 applicants get in.
SHARED = (10_000, 50, 20, 8)
SHARED_SECONDS, SHARED_MEGABYTES = 6, 250  # both rules: three seconds each


@dataclass(frozen=True)
class Took:
    """What one run took; seconds of processor time, so that a busy neighbour does not count."""

    seconds: float
    megabytes: int

    def __str__(self) -> str:
        return f"{self.seconds:8.2f} s {self.megabytes:5} MB"


def town(people: int, measures: int, units: int) -> Round:
    """Each person asks for one to five of the needs, some needs far more often than others."""
    chance = random.Random(1)
    needs = [f"n{number:02}" for number in range(measures)]
    weights = [1 / (number + 1) ** 0.5 for number in range(measures)]
    crowd: Counter[tuple[frozenset[str], str]] = Counter()
    for _ in range(people):
        asks = frozenset(chance.choices(needs, weights, k=chance.randint(1, 5)))
        crowd[asks, chance.choice(["youth", "family"])] += 1
    places = max(1, people // 2000) if units > 1 else None
    offers = tuple(
        Measure(
            f"m{n:02}",
            f"q{n:02}",
            frozenset({need}),
            chance.randrange(100_000, 5_000_000, 100),
            None,
            places,
            1,
            units,
        )
        for n, need in enumerate(needs)
    )
    voices = tuple(Voices(asks, group, count) for (asks, group), count in crowd.items())
    return Round(voices, offers, Limits(sum(each.cost for each in offers) * units // 2), "seed")


def shared(people: int, measures: int, units: int, applicants: int | None = None) -> Round:
    """Each measure meets two of 24 needs, of three of five target groups, in four half-years, under caps."""
    chance = random.Random(1)
    needs, groups = [f"n{number:02}" for number in range(24)], [f"g{number}" for number in range(5)]
    weights = [1 / (number + 1) ** 0.5 for number in range(24)]
    crowd: Counter[tuple[frozenset[str], str]] = Counter()
    for _ in range(people):
        asks = frozenset(chance.choices(needs, weights, k=chance.randint(1, 5)))
        crowd[asks, chance.choice(groups)] += 1
    offers = tuple(
        Measure(
            f"m{n:02}",
            f"q{n % 25:02}",
            frozenset(chance.sample(needs, 2)),
            chance.randrange(100_000, 5_000_000, 100),
            frozenset(chance.sample(groups, 3)),
            max(1, people // 2000),
            1,
            units,
            (0, 1, 2, 3),
        )
        for n in range(measures)
    )
    money = sum(each.cost for each in offers) * units * 2
    voices = tuple(Voices(asks, group, count) for (asks, group), count in crowd.items())
    return Round(voices, offers, Limits(money, (money // 4,) * 4, money // 24, applicants), "seed")


def ours(given: Round) -> None:
    """The rule, with its account and its checks."""
    for rule in RULES:
        demand = Demand(given)
        canonical(account(given, rule, allocate(given, rule, demand), demand))


def theirs(given: Round) -> None:
    """Both rules by pabutools: each unit a project of its own, nothing netted, no account."""
    from pabutools import election as pb  # why: half a second and 100 MB that Lytt's own runs must not count
    from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares  # why: the same

    names = {m.id: [f"{m.id}-{unit}" for unit in range(m.most)] for m in given.measures}
    projects = {name: pb.Project(name, m.cost) for m in given.measures for name in names[m.id]}
    by_need = {next(iter(m.needs)): names[m.id] for m in given.measures}
    instance = pb.Instance(projects.values(), budget_limit=given.limits.money)
    asked = [
        ([projects[name] for need in each.asks for name in by_need[need]], each.people)
        for each in given.voices
    ]
    ballots = [pb.ApprovalBallot(each) for each, people in asked for _ in range(people)]
    profile = pb.ApprovalProfile(ballots, instance=instance)
    compact = profile.as_multiprofile()
    greedy_utilitarian_welfare(instance, compact, sat_class=pb.Cost_Sat)
    method_of_equal_shares(instance, compact, sat_class=pb.Cost_Sat)


WHO: dict[str, Callable[[Round], None]] = {"Lytt": ours, "pabutools": theirs}


def one(who: str, size: tuple[int, ...]) -> None:
    """In a process of its own: do it, and tell what it took; a fourth number is how many may get in."""
    given = shared(*size) if len(size) > 3 else town(*size)
    begun = time.process_time()
    WHO[who](given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 if sys.platform == "linux" else 1024)
    print(json.dumps([time.process_time() - begun, peak // 1024]))


def took(who: str, size: tuple[int, ...]) -> Took | None:
    """What a run takes, or None where it does not finish."""
    command = [sys.executable, "-m", "tests.benchmarks.allocation", who, *map(str, size)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return Took(*json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    print(f"{'people x measures x units, both rules':40}{'Lytt':>18}{'pabutools':>22}")
    well = True
    for size, (seconds, megabytes) in SIZES.items():
        mine, other = took("Lytt", size), took("pabutools", size)
        print(f"{' x '.join(map(str, size)):40}{mine!s:>18}{other or f'over {LIMIT} s'!s:>22}")
        well = well and mine is not None and mine.seconds <= seconds and mine.megabytes <= megabytes
    mine = took("Lytt", SHARED)  # pabutools knows no periods, no caps of applicants and no places
    print(f"{'the same with shared needs, 8 get in':40}{mine!s:>18}")
    well = well and mine is not None and mine.seconds <= SHARED_SECONDS and mine.megabytes <= SHARED_MEGABYTES
    return 0 if well else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1], tuple(map(int, sys.argv[2:])))
    else:
        sys.exit(main())
