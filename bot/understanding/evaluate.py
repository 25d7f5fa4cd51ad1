"""The report of `make evaluate`: how well free text is understood, by writers the model has not read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import clock
from bot.understanding import data, read, train
from bot.understanding.letters import plain
from bot.understanding.model import Model
from bot.understanding.reader import Reader
from bot.understanding.train import Row
from dialogs.model import Heard

ROOT = Path(__file__).parents[2]
EVERYDAY = ROOT.parent / "shared" / "data" / "everyday"
UNSEEN = ROOT / "tests" / "understanding" / "unseen.jsonl"
# The files of one writer each, so that a model can be tried on a writer it has not read.
WRITERS = (
    ("needs_family",),
    ("needs_youth",),
    ("needs_wide", "grave_wide"),
    ("needs_apart",),
    ("needs_stranger", "grave_stranger"),
    ("grave",),
    ("grave_apart",),
    ("grave_voices",),
    ("grave_outright",),
)
_FOLDS = 5


def share(hits: Iterable[bool]) -> float:
    """The part of cases that hit; nothing to count is no part."""
    listed = list(hits)
    return sum(listed) / len(listed) if listed else float("nan")


def heard_by(model: Model, rows: Sequence[Row]) -> list[Heard]:
    reader = Reader(model)
    return [reader.read(plain(row["text"]), row["text"]) for row in rows]


@dataclass(frozen=True, slots=True)
class NeedScores:
    """Shares of the texts with a need, without any, and with one outside the list."""

    first: float
    three: float
    none: float
    other: float
    missed: float  # needs taken for none

    def __str__(self) -> str:
        return (
            f"first {self.first:.3f}  among three {self.three:.3f}  none {self.none:.3f}"
            f"  other {self.other:.3f}  needs taken for none {self.missed:.3f}"
        )


def need_scores(rows: Sequence[Row], heard: Sequence[Heard]) -> NeedScores:
    """`first`: the best guess is right; `three`: the main need is among the three best."""
    pairs = list(zip(rows, heard, strict=True))
    needs = [(row, one) for row, one in pairs if row["labels"] and row["labels"] != ["other"]]
    return NeedScores(
        first=share(one.categories[0].key in row["labels"] for row, one in needs),
        three=share(row["labels"][0] in {g.key for g in one.categories[:3]} for row, one in needs),
        none=share(one.chosen == () for row, one in pairs if not row["labels"]),
        other=share(one.chosen == ("other",) for row, one in pairs if row["labels"] == ["other"]),
        missed=share(one.chosen == () for _, one in needs),
    )


def across_writers(writer: Sequence[str]) -> dict[str, tuple[list[Row], list[Heard]]]:
    """Each of one writer's files, read by a model that was trained on all the others."""
    phrases = train.corpus()
    held = {name: phrases.pop(name) for name in writer}
    model = train.fit(phrases)
    return {name: (rows, heard_by(model, rows)) for name, rows in held.items()}


def grave_held_out(folds: int = _FOLDS) -> tuple[list[Row], list[Heard]]:
    """The written disclosures and hard negatives, each read by a model that has not read it."""
    phrases = train.corpus()
    rows, heard = [], []
    for fold in range(folds):
        kept = [row for number, row in enumerate(phrases["grave"]) if number % folds != fold]
        held = phrases["grave"][fold::folds]
        rows += held
        heard += heard_by(train.fit({**phrases, "grave": kept}), held)
    return rows, heard


@dataclass(frozen=True, slots=True)
class GraveScores:
    """Shares: what is found of outright and of indirect disclosures, and what is found where nothing is."""

    explicit: float
    indirect: float
    false_sure: float
    false: float

    def __str__(self) -> str:
        return (
            f"explicit {self.explicit:.3f}  indirect {self.indirect:.3f}"
            f"  hard negatives: sure {self.false_sure:.3f}, any {self.false:.3f}"
        )


def grave_scores(rows: Sequence[Row], heard: Sequence[Heard]) -> GraveScores:
    pairs = list(zip(rows, heard, strict=True))
    harmless = [one for row, one in pairs if row["kind"] == "none"]
    return GraveScores(
        explicit=share(one.grave is not None for row, one in pairs if row["directness"] == "explicit"),
        indirect=share(one.grave is not None for row, one in pairs if row["directness"] == "indirect"),
        false_sure=share(one.grave is not None and one.grave.strength == "sure" for one in harmless),
        false=share(one.grave is not None for one in harmless),
    )


def personal_scores(rows: Sequence[Row], heard: Sequence[Heard]) -> tuple[dict[str, tuple[int, int]], float]:
    """For each kind how many spans were masked of how many, and the share of clean texts masked in vain."""
    found: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for row, one in zip(rows, heard, strict=True):
        for start, end, kind in row["spans"]:
            written[kind] += 1
            found[kind] += any(s.start <= start and end <= s.end for s in one.spans)
    clean = [one for row, one in zip(rows, heard, strict=True) if not row["spans"]]
    return {kind: (found[kind], written[kind]) for kind in written}, share(bool(one.spans) for one in clean)


def everyday() -> list[str]:
    """Real sentences beside the repository, for counting false alarms; none if they are not there."""
    return [line for path in sorted(EVERYDAY.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]


def false_alarms(sentences: Sequence[str]) -> tuple[float, float]:
    """Sure, and sure or maybe, of 10,000 sentences."""
    grave = [read(sentence).grave for sentence in sentences]
    sure = share(one is not None and one.strength == "sure" for one in grave)
    return 10_000 * sure, 10_000 * share(one is not None for one in grave)


def main() -> None:
    for writer in WRITERS:
        for name, (rows, heard) in across_writers(writer).items():
            print(f"\n{name} ({len(rows)} texts), its writer unread")
            _print_unread(name, rows, heard)
    rows, heard = grave_held_out()
    print(f"\nGrave disclosures, {_FOLDS} parts, each tested unread\n  {grave_scores(rows, heard)}")
    if sentences := everyday():
        sure, either = false_alarms(sentences)
        print(f"  of 10,000 everyday sentences: sure {sure:.1f}, sure or maybe {either:.0f}")
    _print_personal("Personal data, the development set", data.phrases("personal"))
    if UNSEEN.exists():
        _print_unseen()
    _print_speed()


def _print_unread(name: str, rows: Sequence[Row], heard: Sequence[Heard]) -> None:
    if name in data.GRAVE:
        print(f"  {grave_scores(rows, heard)}")
        return
    print(f"  {need_scores(rows, heard)}")
    _print_by_language(rows, heard)
    _print_by_category(rows, heard)


def _print_by_language(rows: Sequence[Row], heard: Sequence[Heard]) -> None:
    for language in sorted({row["lang"] for row in rows}):
        chosen = [number for number, row in enumerate(rows) if row["lang"] == language]
        scores = need_scores([rows[number] for number in chosen], [heard[number] for number in chosen])
        print(f"  {language:8} {scores}")


def _print_by_category(rows: Sequence[Row], heard: Sequence[Heard]) -> None:
    """Each category by its main texts, with what it is most often taken for."""
    for key in sorted({row["labels"][0] for row in rows if row["labels"]}):
        mine = [one for row, one in zip(rows, heard, strict=True) if row["labels"][:1] == [key]]
        taken = Counter(one.chosen[0] if one.chosen else "none" for one in mine)
        right = share((one.chosen or ("none",))[0] == key for one in mine)
        others = ", ".join(f"{name} {count}" for name, count in taken.most_common(4) if name != key)
        print(f"    {key:20} {right:.2f} of {len(mine):3}   taken for: {others}")


def _print_personal(title: str, rows: Sequence[Row]) -> None:
    kinds, in_vain = personal_scores(rows, [read(row["text"]) for row in rows])
    print(f"\n{title}")
    print("  " + "  ".join(f"{kind} {found}/{written}" for kind, (found, written) in sorted(kinds.items())))
    print(f"  masked in vain: {in_vain:.3f} of the texts without any")


def _print_unseen() -> None:
    rows = data.json_lines(UNSEEN.read_text("utf-8"))
    needs = [row for row in rows if "labels" in row]
    grave = [row for row in rows if "kind" in row]
    print(f"\nTexts written before the model was made, {len(rows)} in all")
    print(f"  {need_scores(needs, [read(row['text']) for row in needs])}")
    print(f"  {grave_scores(grave, [read(row['text']) for row in grave])}")
    _print_personal("  of them with and without personal data", [row for row in rows if "spans" in row])


def _print_speed() -> None:
    texts = [row["text"] for row in data.phrases("needs_youth")]
    started = clock.monotonic()
    for text in texts:
        read(text)
    print(f"\n{len(texts) / (clock.monotonic() - started):.0f} short texts a second, one at a time")


if __name__ == "__main__":
    main()
