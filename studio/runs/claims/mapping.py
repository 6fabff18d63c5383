"""Both cells trained at every place of two scales: scores and seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.analysis.comparing import compare
from studio.analysis.costs import time_ratio
from studio.analysis.maps import CrossoverMap, Key, Place, Scales, crossover_map
from studio.analysis.places import score_places, time_place
from studio.analysis.verdicts import ScoreVerdict
from studio.core.history import ComparisonHistory
from studio.core.metrics import metrics_of
from studio.core.spec import ComparisonSpec
from studio.runs.claims.laboratory import Laboratory

SECONDS_UNIT = "seconds of a training step, GRU over LSTM"


@dataclass(frozen=True)
class Tried:
    """A GRU and an LSTM at one place.

    Attributes:
        verdict: On their scores.
        seconds: Of a training step, GRU over LSTM; None where they ran in no round together.
    """

    verdict: ScoreVerdict
    seconds: Place | None = None


def explore(
    laboratory: Laboratory, scales: Scales, spec: Callable[[int, int], ComparisonSpec]
) -> dict[Key, ComparisonHistory]:
    """Trains both cells at one place after the other, row by row, until time is up.

    Args:
        laboratory: Where.
        scales: The places.
        spec: A comparison of a GRU and an LSTM, by row and column.
    """
    found = {}
    for row, column in scales.keys:
        if not laboratory.seconds_left:
            break
        found[row, column] = laboratory.compare(spec(row, column)).history
    return found


def tried_at(histories: Mapping[Key, ComparisonHistory], scales: Scales) -> dict[Key, Tried]:
    """What came out where at least one pair of runs ended."""
    found = {key: _tried(history, scales.strict_level) for key, history in histories.items()}
    return {key: each for key, each in found.items() if each.verdict.seeds}


def maps_of(found: Mapping[Key, Tried], scales: Scales) -> tuple[CrossoverMap, CrossoverMap]:
    """One map of scores and one of seconds, of one place at least."""
    verdicts = {key: each.verdict for key, each in found.items()}
    seconds = {key: each.seconds for key, each in found.items() if each.seconds is not None}
    unit = f"{next(iter(verdicts.values())).label}, GRU − LSTM"
    return (
        crossover_map("Score", unit, scales, score_places(verdicts)),
        crossover_map("Seconds", SECONDS_UNIT, scales, seconds),
    )


def _tried(history: ComparisonHistory, strict_level: float) -> Tried:
    verdict = compare(history, metrics_of(history.preparation)[0])[0]
    gru, lstm = history.contenders
    shown, strict = time_ratio(gru, lstm), time_ratio(gru, lstm, strict_level)
    if shown is None or strict is None:
        return Tried(verdict)
    return Tried(verdict, time_place(shown, strict))
