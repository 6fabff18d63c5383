"""C5 and C20: several tasks, both cells, the same budget."""

from collections.abc import Mapping, Sequence

from studio.analysis.claims import (
    Finding,
    Outcome,
    differences_of,
    finding,
    judge_conditions,
    largest,
    nothing_measured,
    outcomes_of,
    told,
)
from studio.analysis.comparing import compare
from studio.analysis.verdicts import ScoreVerdict
from studio.core.metrics import metrics_of
from studio.core.spec import ComparisonSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment

_TASKS: Mapping[str, Mapping[str, int]] = {
    "reber": {"examples": 1000},
    "sensor-faults": {"length": 60, "examples": 1000},
    "tone-words": {},
    "wearable": {},
    "delayed-recall": {"delay": 20},
}
_TRAINING = {"epochs": 8, "seeds": 4}


def main_verdict(laboratory: Laboratory, spec: ComparisonSpec) -> ScoreVerdict:
    """The first two contenders by the task's main metric."""
    history = laboratory.compare(spec).history
    return compare(history, metrics_of(history.preparation)[0])[0]


def _suite(laboratory: Laboratory) -> dict[str, ScoreVerdict]:
    found = {}
    for name, parameters in _TASKS.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(name, laboratory.machine(), parameters=parameters, training=_TRAINING)
        verdict = main_verdict(laboratory, spec)
        if verdict.seeds:
            found[name] = verdict
    return found


def _parity(laboratory: Laboratory) -> list[Finding]:
    found = _suite(laboratory)
    if not found:
        return [nothing_measured("The time was up before a task was done.")]
    verdicts = list(found.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["same"] * len(verdicts))
    text = f"{_margins(verdicts)} {told(list(found), verdicts)}"
    unit = "accuracy, GRU − LSTM, the largest difference"
    each = differences_of(list(found), verdicts)
    return [finding(outcome, largest(verdicts), unit, text, conditions=each)]


def _margins(verdicts: Sequence[ScoreVerdict]) -> str:
    seeds = min(len(verdict.seeds) for verdict in verdicts)
    return f"Margin {verdicts[0].margin:g} of accuracy, {seeds} seeds at least."


def _depends(laboratory: Laboratory) -> list[Finding]:
    found = _suite(laboratory)
    if not found:
        return [nothing_measured("The time was up before a task was done.")]
    verdicts = list(found.values())
    outcomes = outcomes_of(verdicts)
    wins = {kind: outcomes.count(kind) for kind in ("first", "same", "second", "undecided")}
    decided = wins["first"] + wins["second"] + wins["same"]
    verdict: Outcome = "undecided"
    if wins["first"] and wins["second"]:
        verdict = "supported"
    elif len([kind for kind in ("first", "same", "second") if wins[kind]]) > 1:
        verdict = "partly supported"
    elif decided == len(outcomes) and not wins["same"]:
        verdict = "refuted"
    text = (
        f"GRU better {wins['first']}, practically the same {wins['same']}, LSTM better "
        f"{wins['second']}, undecided {wins['undecided']}. {told(list(found), verdicts)}"
    )
    unit = "accuracy, GRU − LSTM, the largest difference"
    each = differences_of(list(found), verdicts)
    return [finding(verdict, largest(verdicts), unit, text, conditions=each)]


_DESIGN = f"Both cells learn {len(_TASKS)} built-in tasks with {_TRAINING['seeds']} seeds each."
PARITY = Claim("C5", "parity", "On many tasks both score about the same.", _DESIGN, _parity)
DEPENDS = Claim(
    "C20",
    "it depends",
    "The difference is usually small and depends on dataset and task.",
    f"{_DESIGN} Counted are wins, ties and losses.",
    _depends,
)
