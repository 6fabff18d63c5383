"""Where the better cell changes: length of the memory over size of the training part, for C8."""

from collections.abc import Mapping

from studio.analysis.claims import Finding, Outcome, finding, largest, nothing_measured, outcomes_of
from studio.analysis.maps import Key, Scales
from studio.core.spec import ComparisonSpec
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.mapping import Tried, explore, maps_of, tried_at

SCALES = Scales((10, 30, 80), (100, 500, 2500), "steps", "examples")
"""Steps between a symbol and its recall over sequences of the training part."""
_OTHERS = (100, 500)
_STEPS, _SEEDS = 500, 3


def crossover(laboratory: Laboratory) -> Finding:
    """Trains both cells at every delay with every number of examples; shortest first."""

    def spec(delay: int, size: int) -> ComparisonSpec:
        return _spec(laboratory, delay, size)

    return judge_map(tried_at(explore(laboratory, SCALES, spec), SCALES))


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


def judge_map(found: Mapping[Key, Tried]) -> Finding:
    """Crossing needs the GRU ahead at a shorter delay and the LSTM at a longer one.

    Supported where it crosses so, refuted where it crosses the other way; where one cell alone is
    ahead anywhere there is no crossing, and a map with holes stays open.
    """
    if not found:
        return nothing_measured("Crossover map: the time was up before a place was done.")
    verdicts = [each.verdict for each in found.values()]
    outcomes = dict(zip(found, outcomes_of(verdicts), strict=True))
    is_whole = len(found) == len(SCALES.keys)
    late = "" if is_whole else " The time was up before the others, so it stays open."
    maps = maps_of(found, SCALES)
    text = (
        f"Crossover map over the steps to the recall and the size of the training part, after "
        f"{_STEPS} training steps, {_SEEDS} seeds. {' '.join(each.sentence for each in maps)}{late}"
    )
    outcome = _crossing(outcomes) if is_whole else "undecided"
    unit = "accuracy over length and examples, GRU − LSTM, the largest difference"
    return finding(outcome, largest(verdicts), unit, text, maps=maps)


def _crossing(outcomes: Mapping[Key, str]) -> Outcome:
    gru = [delay for (delay, _), outcome in outcomes.items() if outcome == "first"]
    lstm = [delay for (delay, _), outcome in outcomes.items() if outcome == "second"]
    if not gru or not lstm:
        return "undecided"
    if max(gru) < min(lstm):
        return "supported"
    return "refuted" if max(lstm) < min(gru) else "partly supported"
