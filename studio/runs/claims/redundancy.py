"""C18: whether the LSTM's input gate repeats its forget gate, and what merging them does."""

from collections.abc import Mapping

import numpy as np

from studio.analysis.claims import (
    Finding,
    differences_of,
    finding,
    largest,
    nothing_measured,
    outcomes_of,
    told,
)
from studio.analysis.comparing import compare
from studio.analysis.coupling import (
    REDUNDANT,
    correlation_within_units,
    gate_correlation,
    judge_correlation,
    judge_merging,
)
from studio.analysis.intervals import mean_over_seeds
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import figure, with_interval
from studio.core.arrays import Doubles, Floats
from studio.core.events import Trace
from studio.core.metrics import metrics_of
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, Measured, experiment
from studio.runs.claims.states import ended_seeds, prepared, traced

_TASKS: Mapping[str, Mapping[str, int]] = {
    "sensor-faults": {"length": 40, "examples": 1000},
    "delayed-recall": {"delay": 12, "examples": 1000},
}
_CONTENDERS = (
    ContenderSpec(name="coupled", cell="coupled-lstm"),
    ContenderSpec(name="LSTM", cell="lstm"),
)
_STEPS, _SEEDS = 250, 5
_EXAMPLES = 40


def redundancy(laboratory: Laboratory) -> list[Finding]:
    """Trains an LSTM and one with merged gates, and looks at the gates of the first."""
    verdicts: dict[str, ScoreVerdict] = {}
    correlations: dict[str, list[tuple[float, float]]] = {}
    for name, parameters in _TASKS.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(
            name,
            laboratory.machine(),
            parameters=parameters,
            contenders=_CONTENDERS,
            training={"epochs": 1000, "steps": _STEPS, "seeds": _SEEDS},
        )
        measured = laboratory.compare(spec)
        verdict = compare(measured.history, metrics_of(measured.history.preparation)[0])[0]
        if verdict.seeds:
            verdicts[name] = verdict
        correlations[name] = _correlations(laboratory, measured)
    return [_gates(correlations), _merged(verdicts)]


def _correlations(laboratory: Laboratory, measured: Measured) -> list[tuple[float, float]]:
    """Of each seed's LSTM: over units and steps, and within units."""
    found = []
    for seed in ended_seeds(measured):
        if not laboratory.seconds_left:
            break
        examples = prepared(laboratory, measured).test
        traces = traced(laboratory, measured, seed, examples, _EXAMPLES)["LSTM"]
        entered, kept = _all_steps(traces, "input"), _all_steps(traces, "forget")
        found.append((gate_correlation(entered, kept), correlation_within_units(entered, kept)))
    return found


def _all_steps(traces: tuple[Trace, ...], gate: str) -> Floats:
    return np.concatenate([trace.layers[f"l0_{gate}"] for trace in traces])


def _gates(correlations: Mapping[str, list[tuple[float, float]]]) -> Finding:
    known = {name: np.array(each) for name, each in correlations.items() if each}
    if not known:
        return nothing_measured("The time was up before a trained LSTM could be looked at.")
    intervals = {name: mean_over_seeds(each[:, 0]) for name, each in known.items()}
    of_all = mean_over_seeds(np.concatenate([each[:, 0] for each in known.values()]))
    one_by_one = "; ".join(
        f"{name} {with_interval(interval)}, within units {_mean(known[name][:, 1])}"
        for name, interval in intervals.items()
    )
    text = (
        f"Correlation of the input gate with 1 − forget gate over units and steps of trained LSTMs "
        f"({_EXAMPLES} test examples each): {one_by_one}. From {REDUNDANT:g} on a quarter of the "
        f"one follows from the other; 1 would be the same gate."
    )
    unit = "correlation of the gates"
    return finding(judge_correlation(of_all), of_all, unit, text, conditions=intervals)


def _mean(values: Doubles) -> str:
    return figure(float(np.nanmean(values)), 1.0) if np.isfinite(values).any() else "unknown"


def _merged(verdicts: Mapping[str, ScoreVerdict]) -> Finding:
    if not verdicts:
        return nothing_measured("The time was up before both LSTMs were trained on a task.")
    found = list(verdicts.values())
    names = list(verdicts)
    outcome = judge_merging(outcomes_of(found))
    text = (
        f"An LSTM with coupled gates (input = 1 − forget, a quarter fewer weights), computed by "
        f"torch.nn as no other engine has it, {_STEPS} steps, {_SEEDS} seeds. {told(names, found)}"
    )
    unit = "accuracy, coupled − LSTM, the largest difference"
    return finding(outcome, largest(found), unit, text, conditions=differences_of(names, found))


CLAIM = Claim(
    "C18",
    "redundancy",
    "Merging the forget and the input gate removes redundant interactions that can hurt the LSTM.",
    f"LSTMs with separate and with coupled gates learn {len(_TASKS)} built-in tasks with {_SEEDS} "
    "seeds each; of the separate ones the correlation of both gates is taken.",
    redundancy,
    share=1.5,
)
