"""C6: scores and seconds over length and size of the training part, and generalisation gaps."""

from collections.abc import Mapping

import numpy as np

from studio.analysis.claims import (
    Finding,
    finding,
    judge_conditions,
    judge_difference,
    largest,
    nothing_measured,
    outcomes_of,
)
from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.maps import Key, Scales
from studio.analysis.words import with_interval
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.spec import ComparisonSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment
from studio.runs.claims.mapping import Tried, explore, maps_of, tried_at

SCALES = Scales((30, 60, 120), (60, 200, 600), "steps", "examples")
_GAPS_AT = 60
"""Steps of the sequences whose generalisation gaps are compared."""
_OTHERS = (200, 1000)
_STEPS, _SEEDS = 250, 5
_GAP_MARGIN = 0.02


def curve(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on more and more examples of each length."""

    def spec(length: int, size: int) -> ComparisonSpec:
        return _spec(laboratory, length, size)

    histories = explore(laboratory, SCALES, spec)
    of_one_length = {
        f"{size} examples": history
        for (length, size), history in histories.items()
        if length == _GAPS_AT
    }
    return [judge_small(tried_at(histories, SCALES)), _overfitting(of_one_length)]


def judge_small(found: Mapping[Key, Tried]) -> Finding:
    """Supported where the GRU is the better one at every place."""
    if not found:
        return nothing_measured("The time was up before a place was done.")
    verdicts = [each.verdict for each in found.values()]
    outcome = judge_conditions(outcomes_of(verdicts), ["first"] * len(verdicts))
    is_whole = len(found) == len(SCALES.keys)
    if not is_whole and outcome == "supported":
        outcome = "partly supported"
    late = "" if is_whole else " The time was up before the others."
    maps = maps_of(found, SCALES)
    text = (
        f"Over length and size of the training part, after {_STEPS} training steps, {_SEEDS} seeds."
        f" {' '.join(each.sentence for each in maps)}{late}"
    )
    unit = "accuracy over length and examples, GRU − LSTM, the largest difference"
    return finding(outcome, largest(verdicts), unit, text, maps=maps)


def _spec(laboratory: Laboratory, length: int, size: int) -> ComparisonSpec:
    total = size + sum(_OTHERS)
    return experiment(
        "sensor-faults",
        laboratory.machine(),
        parameters={"length": length, "examples": total},
        task={"split": tuple(part / total for part in (size, *_OTHERS))},
        training={"epochs": 1000, "steps": _STEPS, "seeds": _SEEDS},
    )


def _overfitting(histories: dict[str, ComparisonHistory]) -> Finding:
    gaps = {name: _gap_difference(history) for name, history in histories.items()}
    known = {name: gap for name, gap in gaps.items() if gap.is_known}
    if not known:
        return nothing_measured("Too few runs ended to compare generalisation gaps.")
    outcomes = [judge_difference(gap, _GAP_MARGIN) for gap in known.values()]
    outcome = outcomes[0] if len(set(outcomes)) == 1 else "undecided"
    if "supported" in outcomes and outcome == "undecided":
        outcome = "partly supported"
    each = "; ".join(f"{name}: {with_interval(gap)}" for name, gap in known.items())
    text = (
        f"Generalisation gap at {_GAPS_AT} steps (validation minus training loss, last epoch), "
        f"LSTM − GRU. {each}."
    )
    widest = max(known.values(), key=lambda gap: abs(gap.value))
    unit = "nats, LSTM − GRU, the largest difference"
    return finding(outcome, widest, unit, text, conditions=known)


def _gap_difference(history: ComparisonHistory) -> Interval:
    gru, lstm = history.contenders
    pairs = [(run, lstm.run(run.run.seed)) for run in gru.runs]
    ended = [(a, b) for a, b in pairs if a.has_ended and b.has_ended]
    return mean_over_seeds(np.array([_gap(b) - _gap(a) for a, b in ended]))


def _gap(run: RunHistory) -> float:
    last = run.epochs[-1]
    return (last.validation_loss or 0.0) - last.train_loss


CLAIM = Claim(
    "C6",
    "small data",
    "Under about 100,000 training examples the GRU does better and overfits less.",
    "Both cells learn sensor faults in sequences of "
    f"{SCALES.rows[0]}, {SCALES.rows[1]} and {SCALES.rows[2]} steps from {SCALES.columns[0]}, "
    f"{SCALES.columns[1]} and {SCALES.columns[2]} examples, five seeds each, scored on "
    f"{_OTHERS[1]:,} others.",
    curve,
    share=2.0,
)
