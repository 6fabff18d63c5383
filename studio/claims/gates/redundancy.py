"""C18: whether the LSTM's input gate duplicates its forget gate, and what coupling them does."""

from collections.abc import Mapping

import numpy as np

from studio.analysis.intervals import mean_over_seeds
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.wording import format_figure, with_interval
from studio.claims.analysis.findings import (
    Finding,
    describe_conditions,
    differences_of,
    finding,
    largest,
    not_measured,
)
from studio.claims.analysis.gate_redundancy import (
    REDUNDANT,
    correlation_within_units,
    gate_correlation,
    judge_correlation,
    judge_merging,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, MeasuredComparison, experiment
from studio.claims.laboratory.stored_states import (
    finished_seeds,
    prepared_task,
    traces_by_contender,
)
from studio.core.arrays import Doubles, Floats
from studio.core.results.events import Trace
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ContenderSpec

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
    """Trains an LSTM and one with coupled gates, and correlates the gates of the first."""
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
        verdict = compare(measured.history, metrics_of(measured.history.preprocessing)[0])[0]
        if verdict.seeds:
            verdicts[name] = verdict
        correlations[name] = _correlations(laboratory, measured)
    return [_judge_gates(correlations), _judge_coupling(verdicts)]


def _correlations(
    laboratory: Laboratory, measured: MeasuredComparison
) -> list[tuple[float, float]]:
    """Of each seed's LSTM: over units and steps, and within units."""
    correlations = []
    for seed in finished_seeds(measured):
        if not laboratory.seconds_left:
            break
        examples = prepared_task(laboratory, measured).test
        traces = traces_by_contender(laboratory, measured, seed, examples, _EXAMPLES)["LSTM"]
        gates = _all_steps(traces, "input"), _all_steps(traces, "forget")
        correlations.append((gate_correlation(*gates), correlation_within_units(*gates)))
    return correlations


def _all_steps(traces: tuple[Trace, ...], gate: str) -> Floats:
    return np.concatenate([trace.layers[f"l0_{gate}"] for trace in traces])


def _judge_gates(correlations: Mapping[str, list[tuple[float, float]]]) -> Finding:
    known = {name: np.array(by_seed) for name, by_seed in correlations.items() if by_seed}
    if not known:
        return not_measured("Time ran out before the gates of a trained LSTM were traced.")
    intervals = {name: mean_over_seeds(by_seed[:, 0]) for name, by_seed in known.items()}
    overall = mean_over_seeds(np.concatenate([by_seed[:, 0] for by_seed in known.values()]))
    by_task = "; ".join(
        f"{name} {with_interval(interval)}, within units {_mean(known[name][:, 1])}"
        for name, interval in intervals.items()
    )
    text = (
        f"Correlation of the input gate with 1 − forget gate over units and steps of trained LSTMs "
        f"({_EXAMPLES} test examples each): {by_task}. At {REDUNDANT:g} a quarter of the variance "
        f"of one gate is explained by the other; 1 means identical gates."
    )
    unit = "correlation of the gates"
    return finding(judge_correlation(overall), overall, unit, text, conditions=intervals)


def _mean(values: Doubles) -> str:
    return format_figure(float(np.nanmean(values)), 1.0) if np.isfinite(values).any() else "unknown"


def _judge_coupling(verdicts: Mapping[str, ScoreVerdict]) -> Finding:
    if not verdicts:
        return not_measured("Time ran out before both LSTMs were trained on a task.")
    names, judged = list(verdicts), list(verdicts.values())
    outcome = judge_merging(outcomes_of(judged))
    text = (
        f"An LSTM with coupled gates (input = 1 − forget, a quarter fewer weights), computed by "
        f"torch.nn, the only engine that supports it, {_STEPS} steps, {_SEEDS} seeds. "
        f"{describe_conditions(names, judged)}"
    )
    unit = "accuracy, coupled − LSTM, largest difference"
    return finding(outcome, largest(judged), unit, text, conditions=differences_of(names, judged))


CLAIM = Claim(
    "C18",
    "redundancy",
    "Merging the forget and the input gate removes redundant interactions that can hurt the LSTM.",
    f"LSTMs with separate and with coupled gates are trained on {len(_TASKS)} built-in tasks with "
    f"{_SEEDS} seeds each; the correlation of the separate gates is computed.",
    redundancy,
    share=1.5,
)
