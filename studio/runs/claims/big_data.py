"""C7: the learning curve continued to a million sequences, in one pass."""

from collections.abc import Mapping, Sequence

from studio.analysis.claims import Finding, Outcome, finding, nothing_measured
from studio.analysis.intervals import Interval, crossed_mean
from studio.analysis.words import with_interval
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.streams import Learned, follow

MARKS = (10_000, 100_000, 1_000_000)
_DELAY, _SYMBOLS, _NOISE = 8, 4, 0.5
_SEEDS, _HIDDEN, _BATCH = 3, 16, 250
_TEST = 4000
_MARGIN = 0.01
_CHANCE = 1 / _SYMBOLS
_LEARNED = 0.1


def big_data(laboratory: Laboratory) -> list[Finding]:
    """Shows both cells a million sequences once, and scores them on the way."""
    total = 2 * _TEST + 1000
    spec = experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={
            "delay": _DELAY,
            "symbols": _SYMBOLS,
            "noise": _NOISE,
            "examples": total,
        },
        contenders=pair(_HIDDEN),
        task={"split": (_TEST / total, 1000 / total, _TEST / total)},
        training={"seeds": _SEEDS, "batch_size": _BATCH, "lr": 0.005},
    )
    return [judge_stream(list(follow(laboratory, spec, MARKS)))]


def judge_stream(curve: Sequence[Learned]) -> Finding:
    """Judges what was learned at the end of the stream; before it, the claim stays open."""
    if not curve:
        return nothing_measured(f"The time was up before {MARKS[0]:,} sequences were seen.")
    differences = {
        f"{each.sequences:,} sequences": crossed_mean(each.right["GRU"] - each.right["LSTM"])
        for each in curve
    }
    last = list(differences.values())[-1]
    is_over = curve[-1].sequences == MARKS[-1]
    seeds, examples = curve[-1].right["GRU"].shape
    text = (
        f"{_told(curve, differences)} One pass, {seeds} seeds with a stream each, accuracy on the "
        f"same {examples:,} sequences of {_DELAY + 2} steps; up to {_MARGIN:g} counts as a match."
    )
    if not is_over:
        text += f" The time was up before {MARKS[-1]:,} were seen, so it stays open."
    outcome = _outcome(curve[-1], last) if is_over else "undecided"
    unit = f"accuracy after {curve[-1].sequences:,} sequences, GRU − LSTM"
    return finding(outcome, last, unit, text, conditions=differences)


def _outcome(learned: Learned, difference: Interval) -> Outcome:
    """The LSTM matches where the GRU is ahead by no more than the margin."""
    best = max(float(each.mean()) for each in learned.right.values())
    if not difference.is_known or best < _CHANCE + _LEARNED:
        return "undecided"
    if difference.high <= _MARGIN:
        return "supported"
    return "refuted" if difference.low > 0 else "undecided"


def _told(curve: Sequence[Learned], differences: Mapping[str, Interval]) -> str:
    each = [
        f"{name}: GRU {learned.right['GRU'].mean():.3f}, LSTM {learned.right['LSTM'].mean():.3f}, "
        f"GRU − LSTM {with_interval(difference)}"
        for learned, (name, difference) in zip(curve, differences.items(), strict=True)
    ]
    return "; ".join(each) + "."


CLAIM = Claim(
    "C7",
    "big data",
    "With millions of examples the LSTM matches or exceeds the GRU.",
    f"Both cells see a generated stream of {MARKS[-1]:,} short sequences once, {_SEEDS} seeds "
    f"each, and are scored on the same test part after {MARKS[0]:,}, {MARKS[1]:,} and "
    f"{MARKS[2]:,}.",
    big_data,
    share=3.5,
)
