"""Where the better cell changes over delay and training set size, for C8."""

from collections.abc import Mapping

from studio.analysis.scores.outcomes import outcomes_of
from studio.claims.analysis.crossover_map import Key, Scales
from studio.claims.analysis.findings import Finding, Outcome, finding, largest, not_measured
from studio.claims.laboratory.crossover_trials import (
    CellTrial,
    explore,
    maps_from_trials,
    trials_by_cell,
)
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.core.specs.comparison_spec import ComparisonSpec

SCALES = Scales((10, 30, 80), (100, 500, 2500), "steps", "examples")
"""Steps between a symbol and its recall, and training sequences."""
_OTHERS = (100, 500)
_STEPS, _SEEDS = 500, 3


def crossover(laboratory: Laboratory) -> Finding:
    """Trains both cells at every delay with every number of examples, shortest delay first."""

    def spec(delay: int, size: int) -> ComparisonSpec:
        return _spec(laboratory, delay, size)

    return judge_map(trials_by_cell(explore(laboratory, SCALES, spec), SCALES))


def _spec(laboratory: Laboratory, delay: int, size: int) -> ComparisonSpec:
    total = size + sum(_OTHERS)
    return experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={"delay": delay, "examples": total},
        contenders=pair(),
        task={"split": tuple(part / total for part in (size, *_OTHERS))},
        training={"epochs": 1000, "steps": _STEPS, "seeds": _SEEDS, "lr": 0.005},
    )


def judge_map(trials: Mapping[Key, CellTrial]) -> Finding:
    """A crossing needs the GRU to be better at a shorter delay and the LSTM at a longer one.

    Supported where they cross this way, refuted where they cross the other way, undecided where
    only one cell is ever better or the map is incomplete.
    """
    if not trials:
        return not_measured("Crossover map: time ran out before the first grid point was finished.")
    verdicts = [trial.verdict for trial in trials.values()]
    outcomes = dict(zip(trials, outcomes_of(verdicts), strict=True))
    is_complete = len(trials) == len(SCALES.keys)
    late = "" if is_complete else " Inconclusive, as time ran out before the other grid points."
    maps = maps_from_trials(trials, SCALES)
    text = (
        f"Crossover map over delay and training set size, after {_STEPS} training steps, {_SEEDS} "
        f"seeds. {' '.join(crossover_map.sentence for crossover_map in maps)}{late}"
    )
    outcome = _crossing(outcomes) if is_complete else "undecided"
    unit = "accuracy over length and examples, GRU − LSTM, largest difference"
    return finding(outcome, largest(verdicts), unit, text, maps=maps)


def _crossing(outcomes: Mapping[Key, str]) -> Outcome:
    gru = [delay for (delay, _), outcome in outcomes.items() if outcome == "first"]
    lstm = [delay for (delay, _), outcome in outcomes.items() if outcome == "second"]
    if not gru or not lstm:
        return "undecided"
    if max(gru) < min(lstm):
        return "supported"
    return "refuted" if max(lstm) < min(gru) else "partly supported"
