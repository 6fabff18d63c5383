"""Where the better cell changes: length of the memory over size of the training part, for C8."""

from collections.abc import Mapping

from studio.analysis.claims import (
    Finding,
    Outcome,
    differences_of,
    finding,
    nothing_measured,
    outcomes_of,
)
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import with_interval
from studio.core.spec import ComparisonSpec
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.parity import main_verdict

DELAYS = (10, 30, 80)
SIZES = (100, 500, 2500)
_OTHERS = (100, 500)
_STEPS, _SEEDS = 500, 3
Place = tuple[int, int]
"""Delay and examples."""


def crossover(laboratory: Laboratory) -> Finding:
    """Trains both cells at every delay with every number of examples; shortest first."""
    found: dict[Place, ScoreVerdict] = {}
    for delay in DELAYS:
        for size in SIZES:
            if not laboratory.seconds_left:
                return judge_map(found)
            verdict = main_verdict(laboratory, _spec(laboratory, delay, size))
            if verdict.seeds:
                found[delay, size] = verdict
    return judge_map(found)


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


def judge_map(found: Mapping[Place, ScoreVerdict]) -> Finding:
    """Crossing needs the GRU ahead at a shorter delay and the LSTM at a longer one.

    Supported where it crosses so, refuted where it crosses the other way; where one cell alone is
    ahead anywhere there is no crossing, and a map with holes stays open.
    """
    if not found:
        return nothing_measured("Crossover map: the time was up before a place was done.")
    verdicts = list(found.values())
    names = [f"{delay} steps, {size:,} examples" for delay, size in found]
    outcomes = dict(zip(found, outcomes_of(verdicts), strict=True))
    is_whole = len(found) == len(DELAYS) * len(SIZES)
    told = "; ".join(
        f"{name} {with_interval(verdict.difference)}{_words(outcome)}"
        for name, verdict, outcome in zip(names, verdicts, outcomes.values(), strict=True)
    )
    late = "" if is_whole else " The time was up before the others, so it stays open."
    text = (
        f"Crossover map, accuracy of GRU − LSTM after {_STEPS} training steps, {_SEEDS} seeds, "
        f"where both are told apart the better one: {told}.{late}"
    )
    outcome = _crossing(outcomes) if is_whole else "undecided"
    widest = max(verdicts, key=lambda each: abs(each.difference.value)).difference
    unit = "accuracy over length and examples, GRU − LSTM, the largest difference"
    return finding(outcome, widest, unit, text, conditions=differences_of(names, verdicts))


def _crossing(outcomes: Mapping[Place, str]) -> Outcome:
    gru = [delay for (delay, _), outcome in outcomes.items() if outcome == "first"]
    lstm = [delay for (delay, _), outcome in outcomes.items() if outcome == "second"]
    if not gru or not lstm:
        return "undecided"
    if max(gru) < min(lstm):
        return "supported"
    return "refuted" if max(lstm) < min(gru) else "partly supported"


def _words(outcome: str) -> str:
    return {"first": " GRU", "second": " LSTM", "same": " the same"}.get(outcome, "")
