"""C6: scores and generalisation gaps over the size of the training part."""

import numpy as np

from studio.analysis.claims import (
    Finding,
    differences_of,
    finding,
    judge_conditions,
    judge_difference,
    largest,
    nothing_measured,
    outcomes_of,
    told,
)
from studio.analysis.comparing import compare
from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.words import with_interval
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.metrics import metrics_of
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment

_SIZES = (60, 200, 600)
_OTHERS = (200, 1000)
_STEPS = 250
_GAP_MARGIN = 0.02


def curve(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on more and more examples, with the same test part."""
    histories = {}
    for size in _SIZES:
        if laboratory.seconds_left:
            histories[f"{size} examples"] = _trained(laboratory, size)
    verdicts = {}
    for name, history in histories.items():
        verdict = compare(history, metrics_of(history.preparation)[0])[0]
        if verdict.seeds:
            verdicts[name] = verdict
    if not verdicts:
        return [nothing_measured("The time was up before a size was done.")]
    found = list(verdicts.values())
    outcome = judge_conditions(outcomes_of(found), ["first"] * len(found))
    unit = "accuracy, GRU − LSTM, the largest difference"
    text, each = f"Score. {told(list(verdicts), found)}", differences_of(list(verdicts), found)
    score = finding(outcome, largest(found), unit, text, conditions=each)
    return [score, _overfitting(histories)]


def _trained(laboratory: Laboratory, size: int) -> ComparisonHistory:
    total = size + sum(_OTHERS)
    spec = experiment(
        "sensor-faults",
        laboratory.machine(),
        parameters={"length": 60, "examples": total},
        task={"split": tuple(part / total for part in (size, *_OTHERS))},
        training={"epochs": 1000, "steps": _STEPS, "seeds": 5},
    )
    return laboratory.compare(spec).history


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
    text = f"Generalisation gap (validation minus training loss, last epoch), LSTM − GRU. {each}."
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
    f"Both cells learn sensor faults from {_SIZES[0]}, {_SIZES[1]} and {_SIZES[2]} examples, five "
    "seeds each, scored on the same test part.",
    curve,
)
