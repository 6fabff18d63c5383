"""Which cell is better at each place of a crossover map."""

from collections.abc import Mapping

from studio.analysis.chances import holm
from studio.analysis.claims import outcomes_of
from studio.analysis.costs import TimeRatio, faster
from studio.analysis.intervals import Interval
from studio.analysis.maps import CELLS, SAME, Key, Place
from studio.analysis.verdicts import ScoreVerdict


def score_places(verdicts: Mapping[Key, ScoreVerdict]) -> dict[Key, Place]:
    """Which cell scores better where; all places are judged together (Holm)."""
    outcomes = outcomes_of(list(verdicts.values()))
    return {
        key: _place(verdict.difference, _cell(outcome), _baseline(verdict))
        for (key, verdict), outcome in zip(verdicts.items(), outcomes, strict=True)
    }


def difference_places(
    differences: Mapping[Key, Interval], p: Mapping[Key, float], margin: float
) -> dict[Key, Place]:
    """The same from differences GRU - LSTM of a score where higher is better.

    Args:
        differences: At each place.
        p: The level at which its interval would touch zero.
        margin: Differences up to this count as practically the same.
    """
    certain = holm([p[key] for key in differences])
    found = {}
    for (key, difference), holds in zip(differences.items(), certain, strict=True):
        better = SAME if difference.lies_within(margin) else ""
        if not better and holds:
            better = CELLS[difference.value < 0]
        found[key] = _place(difference, better)
    return found


def time_place(shown: TimeRatio, strict: TimeRatio) -> Place:
    """Which cell takes less time.

    Args:
        shown: The ratio GRU over LSTM with its 95 % interval.
        strict: The same at the level that decides.
    """
    decision = faster(strict, CELLS)
    better = SAME if decision.kind in {"tie", "identical"} else decision.name
    return _place(shown.ratio, better)


def _place(interval: Interval, better: str, note: str = "") -> Place:
    return Place(interval.value, interval.low, interval.high, better, note)


def _cell(outcome: str) -> str:
    return {"first": CELLS[0], "second": CELLS[1], "same": SAME}.get(outcome, "")


def _baseline(verdict: ScoreVerdict) -> str:
    if verdict.decision.kind != "baseline":
        return ""
    return f"{verdict.decision.name} is better than both"
