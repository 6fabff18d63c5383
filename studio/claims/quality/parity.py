"""C5 and C20: both cells on several tasks with the same budget."""

from collections.abc import Mapping, Sequence

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.findings import (
    Finding,
    Outcome,
    describe_conditions,
    differences_of,
    finding,
    judge_conditions,
    largest,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ComparisonSpec

_TASKS: Mapping[str, Mapping[str, int]] = {
    "reber": {"examples": 1000},
    "sensor-faults": {"length": 60, "examples": 1000},
    "tone-words": {},
    "wearable": {},
    "delayed-recall": {"delay": 20},
}
_TRAINING = {"epochs": 8, "seeds": 4}


def main_verdict(laboratory: Laboratory, spec: ComparisonSpec) -> ScoreVerdict:
    """The verdict on the first two contenders by the task's main metric."""
    history = laboratory.compare(spec).history
    return compare(history, metrics_of(history.preprocessing)[0])[0]


def _suite(laboratory: Laboratory) -> dict[str, ScoreVerdict]:
    verdicts = {}
    for name, parameters in _TASKS.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(name, laboratory.machine(), parameters=parameters, training=_TRAINING)
        verdict = main_verdict(laboratory, spec)
        if verdict.seeds:
            verdicts[name] = verdict
    return verdicts


def _parity(laboratory: Laboratory) -> list[Finding]:
    by_task = _suite(laboratory)
    if not by_task:
        return [not_measured("Time ran out before the first task was finished.")]
    verdicts = list(by_task.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["same"] * len(verdicts))
    text = f"{_margins(verdicts)} {describe_conditions(list(by_task), verdicts)}"
    unit = "accuracy, GRU − LSTM, largest difference"
    differences = differences_of(list(by_task), verdicts)
    return [finding(outcome, largest(verdicts), unit, text, conditions=differences)]


def _margins(verdicts: Sequence[ScoreVerdict]) -> str:
    seeds = min(len(verdict.seeds) for verdict in verdicts)
    return f"Accuracy margin {verdicts[0].margin:g}, at least {seeds} seeds."


def _depends(laboratory: Laboratory) -> list[Finding]:
    by_task = _suite(laboratory)
    if not by_task:
        return [not_measured("Time ran out before the first task was finished.")]
    verdicts = list(by_task.values())
    outcomes = outcomes_of(verdicts)
    counts = {kind: outcomes.count(kind) for kind in ("first", "same", "second", "undecided")}
    decided = counts["first"] + counts["second"] + counts["same"]
    outcome: Outcome = "undecided"
    if counts["first"] and counts["second"]:
        outcome = "supported"
    elif len([kind for kind in ("first", "same", "second") if counts[kind]]) > 1:
        outcome = "partly supported"
    elif decided == len(outcomes) and not counts["same"]:
        outcome = "refuted"
    text = (
        f"GRU better: {counts['first']}, practically the same: {counts['same']}, LSTM better: "
        f"{counts['second']}, inconclusive: {counts['undecided']}. "
        f"{describe_conditions(list(by_task), verdicts)}"
    )
    unit = "accuracy, GRU − LSTM, largest difference"
    differences = differences_of(list(by_task), verdicts)
    return [finding(outcome, largest(verdicts), unit, text, conditions=differences)]


_DESIGN = (
    f"Both cells are trained on {len(_TASKS)} built-in tasks with {_TRAINING['seeds']} seeds each."
)
PARITY = Claim("C5", "parity", "On many tasks both score about the same.", _DESIGN, _parity)
DEPENDS = Claim(
    "C20",
    "it depends",
    "The difference is usually small and depends on dataset and task.",
    f"{_DESIGN} Wins, ties and losses are counted.",
    _depends,
)
