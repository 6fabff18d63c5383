"""C9: epochs and seconds to a target validation score."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.analysis.wording import with_interval
from studio.claims.analysis.convergence import (
    FirstReached,
    first_reached,
    ratio_of,
    sign_test,
    wins_of,
)
from studio.claims.analysis.findings import Finding, finding, judge_saving, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment

_TARGET = 0.8
_EPOCHS = 30
_LEVEL = 0.05


def epochs_needed(laboratory: Laboratory) -> list[Finding]:
    """Trains pairs of runs long enough for both to reach the target."""
    spec = experiment(
        "sensor-faults",
        laboratory.machine(),
        parameters={"length": 60, "examples": 1200},
        training={"epochs": _EPOCHS, "seeds": 6},
    )
    history = laboratory.compare(spec).history
    gru, lstm = (first_reached(contender, "accuracy", _TARGET) for contender in history.contenders)
    seeds = sorted(gru.keys() & lstm.keys())
    if not seeds:
        return [not_measured("Time ran out before a pair of runs finished.")]
    pairs = [(gru[seed], lstm[seed]) for seed in seeds]
    execution = history.contenders[0].runs[0].execution
    engine = execution.engine if execution else ""
    return [_judge(pairs, "epochs"), replace(_judge(pairs, "seconds"), engine=engine)]


def _judge(
    pairs: Sequence[tuple[FirstReached | None, FirstReached | None]], quantity: str
) -> Finding:
    ratio = ratio_of(pairs, quantity)
    gru_first, lstm_first = wins_of(pairs, quantity)
    never = [sum(pair[side] is None for pair in pairs) for side in (0, 1)]
    medians = [_median(pairs, side, quantity) for side in (0, 1)]
    text = (
        f"Median {quantity} to a validation accuracy of {_TARGET:g}: GRU {medians[0]}, LSTM "
        f"{medians[1]}; not reached within {_EPOCHS} epochs by {never[0]} GRU and {never[1]} LSTM "
        f"runs of {len(pairs)} each. Ratio where both reached it: {with_interval(ratio)}. "
        f"The GRU was first in {gru_first} pairs, the LSTM in {lstm_first}."
    )
    if not any(never):
        outcome = judge_saving(ratio, claimed=1.0)
        return finding(outcome, ratio, f"{quantity} to the target, ratio", text)
    p = sign_test(gru_first, lstm_first)
    outcome = "undecided"
    if p < _LEVEL:
        outcome = "supported" if gru_first > lstm_first else "refuted"
    text += f" As some never reached it, a sign test on which was first decides: p = {p:.3f}."
    unit = f"{quantity}, ratio where both reached the target; decided by which was first"
    return finding(outcome, ratio, unit, text)


def _median(
    pairs: Sequence[tuple[FirstReached | None, FirstReached | None]], side: int, quantity: str
) -> str:
    values = [np.inf if pair[side] is None else getattr(pair[side], quantity) for pair in pairs]
    median = float(np.median(values))
    return f"{median:.1f}" if np.isfinite(median) else "never"


CLAIM = Claim(
    "C9",
    "convergence",
    "A GRU needs fewer epochs.",
    f"Both cells are trained to detect sensor faults with six seeds; epochs and seconds to a "
    f"validation accuracy of {_TARGET:g} are counted.",
    epochs_needed,
)
