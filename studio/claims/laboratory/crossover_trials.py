"""Both cells trained at every grid point of a crossover map: scores and step times."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.analysis.costs.time_ratios import time_ratio
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.crossover_map import CrossoverMap, Key, MapCell, Scales, crossover_map
from studio.claims.analysis.map_cells import score_cells, time_cell
from studio.claims.laboratory.laboratory import Laboratory
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ComparisonSpec

SECONDS_UNIT = "seconds of a training step, GRU over LSTM"


@dataclass(frozen=True)
class CellTrial:
    """A GRU and an LSTM at one grid point.

    Attributes:
        verdict: The verdict on their scores.
        seconds: Time of a training step, GRU over LSTM; None without a common round.
    """

    verdict: ScoreVerdict
    seconds: MapCell | None = None


def explore(
    laboratory: Laboratory, scales: Scales, spec: Callable[[int, int], ComparisonSpec]
) -> dict[Key, ComparisonHistory]:
    """Trains both cells at one grid point after another, row by row, until time runs out.

    Args:
        laboratory: Runs the comparisons.
        scales: The grid.
        spec: A comparison of a GRU and an LSTM, by row and column.
    """
    histories = {}
    for row, column in scales.keys:
        if not laboratory.seconds_left:
            break
        histories[row, column] = laboratory.compare(spec(row, column)).history
    return histories


def trials_by_cell(
    histories: Mapping[Key, ComparisonHistory], scales: Scales
) -> dict[Key, CellTrial]:
    """The results at grid points with at least one pair of finished runs."""
    trials = {key: _trial(history, scales.strict_level) for key, history in histories.items()}
    return {key: trial for key, trial in trials.items() if trial.verdict.seeds}


def maps_from_trials(
    trials: Mapping[Key, CellTrial], scales: Scales
) -> tuple[CrossoverMap, CrossoverMap]:
    """One map of scores and one of step times, from at least one trial."""
    verdicts = {key: trial.verdict for key, trial in trials.items()}
    seconds = {key: trial.seconds for key, trial in trials.items() if trial.seconds is not None}
    unit = f"{next(iter(verdicts.values())).label}, GRU − LSTM"
    return (
        crossover_map("Score", unit, scales, score_cells(verdicts)),
        crossover_map("Seconds", SECONDS_UNIT, scales, seconds),
    )


def _trial(history: ComparisonHistory, strict_level: float) -> CellTrial:
    verdict = compare(history, metrics_of(history.preprocessing)[0])[0]
    gru, lstm = history.contenders
    shown, strict = time_ratio(gru, lstm), time_ratio(gru, lstm, strict_level)
    if shown is None or strict is None:
        return CellTrial(verdict)
    return CellTrial(verdict, time_cell(shown, strict))
