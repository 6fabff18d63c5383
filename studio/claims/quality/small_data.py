"""C6: scores and times over sequence length and training set size, and generalisation gaps."""

from collections.abc import Mapping

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.wording import with_interval
from studio.claims.analysis.crossover_map import Key, Scales
from studio.claims.analysis.findings import (
    Finding,
    finding,
    judge_conditions,
    judge_difference,
    largest,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.crossover_trials import (
    CellTrial,
    explore,
    maps_from_trials,
    trials_by_cell,
)
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.specs.comparison_spec import ComparisonSpec

SCALES = Scales((30, 60, 120), (60, 200, 600), "steps", "examples")
_GAPS_AT = 60
"""Sequence length at which generalisation gaps are compared."""
_OTHERS = (200, 1000)
_STEPS, _SEEDS = 250, 5
_GAP_MARGIN = 0.02


def small_data(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on an increasing number of examples of each length."""

    def spec(length: int, size: int) -> ComparisonSpec:
        return _spec(laboratory, length, size)

    histories = explore(laboratory, SCALES, spec)
    at_one_length = {
        f"{size} examples": history
        for (length, size), history in histories.items()
        if length == _GAPS_AT
    }
    return [judge_small(trials_by_cell(histories, SCALES)), _judge_overfitting(at_one_length)]


def judge_small(trials: Mapping[Key, CellTrial]) -> Finding:
    """Supported where the GRU is better at every grid point."""
    if not trials:
        return not_measured("Time ran out before the first grid point was finished.")
    verdicts = [trial.verdict for trial in trials.values()]
    outcome = judge_conditions(outcomes_of(verdicts), ["first"] * len(verdicts))
    is_complete = len(trials) == len(SCALES.keys)
    if not is_complete and outcome == "supported":
        outcome = "partly supported"
    late = "" if is_complete else " Time ran out before the other grid points."
    maps = maps_from_trials(trials, SCALES)
    text = (
        f"Over sequence length and training set size, after {_STEPS} training steps, {_SEEDS} "
        f"seeds. {' '.join(crossover_map.sentence for crossover_map in maps)}{late}"
    )
    unit = "accuracy over length and examples, GRU − LSTM, largest difference"
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


def _judge_overfitting(histories: dict[str, ComparisonHistory]) -> Finding:
    gaps = {name: _gap_difference(history) for name, history in histories.items()}
    known = {name: gap for name, gap in gaps.items() if gap.is_known}
    if not known:
        return not_measured("Too few runs finished to compare generalisation gaps.")
    outcomes = [judge_difference(gap, _GAP_MARGIN) for gap in known.values()]
    outcome = outcomes[0] if len(set(outcomes)) == 1 else "undecided"
    if "supported" in outcomes and outcome == "undecided":
        outcome = "partly supported"
    listed = "; ".join(f"{name}: {with_interval(gap)}" for name, gap in known.items())
    text = (
        f"Generalisation gap at {_GAPS_AT} steps (validation − training loss, last epoch), "
        f"LSTM − GRU. {listed}."
    )
    widest = max(known.values(), key=lambda gap: abs(gap.value))
    unit = "nats, LSTM − GRU, largest difference"
    return finding(outcome, widest, unit, text, conditions=known)


def _gap_difference(history: ComparisonHistory) -> Interval:
    gru, lstm = history.contenders
    pairs = [(run, lstm.run(run.run.seed)) for run in gru.runs]
    gaps = [
        _gap(lstm_run) - _gap(gru_run)
        for gru_run, lstm_run in pairs
        if gru_run.has_ended and lstm_run.has_ended
    ]
    return mean_over_seeds(np.array(gaps))


def _gap(run: RunHistory) -> float:
    last = run.epochs[-1]
    return (last.validation_loss or 0.0) - last.train_loss


CLAIM = Claim(
    "C6",
    "small data",
    "Below about 100,000 training examples the GRU does better and overfits less.",
    "Both cells are trained to detect sensor faults in sequences of "
    f"{SCALES.rows[0]}, {SCALES.rows[1]} and {SCALES.rows[2]} steps with {SCALES.columns[0]}, "
    f"{SCALES.columns[1]} and {SCALES.columns[2]} examples, five seeds each, and scored on "
    f"{_OTHERS[1]:,} others.",
    small_data,
    share=2.0,
)
