"""Which cell is better at each grid point of a crossover map."""

from collections.abc import Mapping

from studio.analysis.costs.time_ratios import TimeRatio, faster
from studio.analysis.intervals import Interval
from studio.analysis.scores.multiple_testing import holm
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.crossover_map import CELLS, SAME, Key, MapCell


def score_cells(verdicts: Mapping[Key, ScoreVerdict]) -> dict[Key, MapCell]:
    """Which cell scores better where, Holm-corrected over all grid points."""
    outcomes = outcomes_of(list(verdicts.values()))
    return {
        key: _map_cell(verdict.difference, _better_cell(outcome), _baseline_note(verdict))
        for (key, verdict), outcome in zip(verdicts.items(), outcomes, strict=True)
    }


def difference_cells(
    differences: Mapping[Key, Interval], p: Mapping[Key, float], margin: float
) -> dict[Key, MapCell]:
    """The same from differences GRU - LSTM of a score where higher is better.

    Args:
        differences: The difference at each grid point.
        p: The p-value at which its interval would touch zero.
        margin: Differences up to this count as practically the same.
    """
    is_significant = holm([p[key] for key in differences])
    cells = {}
    for (key, difference), significant in zip(differences.items(), is_significant, strict=True):
        better = SAME if difference.lies_within(margin) else ""
        if not better and significant:
            better = CELLS[difference.value < 0]
        cells[key] = _map_cell(difference, better)
    return cells


def time_cell(shown: TimeRatio, strict: TimeRatio) -> MapCell:
    """Which cell takes less time.

    Args:
        shown: The ratio GRU over LSTM with its 95 % interval.
        strict: The ratio with the interval at the level that decides.
    """
    decision = faster(strict, CELLS)
    better = SAME if decision.kind in {"tie", "identical"} else decision.name
    return _map_cell(shown.ratio, better)


def _map_cell(interval: Interval, better: str, note: str = "") -> MapCell:
    return MapCell(interval.value, interval.low, interval.high, better, note)


def _better_cell(outcome: str) -> str:
    return {"first": CELLS[0], "second": CELLS[1], "same": SAME}.get(outcome, "")


def _baseline_note(verdict: ScoreVerdict) -> str:
    if verdict.decision.kind != "baseline":
        return ""
    return f"{verdict.decision.name} is better than both"
