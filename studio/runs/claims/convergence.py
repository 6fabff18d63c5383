"""C9: epochs and seconds to a given validation score."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.analysis.claims import Finding, finding, judge_saving, nothing_measured
from studio.analysis.convergence import Reached, ratio_of, reached, sign_test, wins_of
from studio.analysis.words import with_interval
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment

_TARGET = 0.8
_EPOCHS = 30
_LEVEL = 0.05


def epochs_needed(laboratory: Laboratory) -> list[Finding]:
    """Trains pairs of seeds until both had the chance to reach the target."""
    spec = experiment(
        "sensor-faults",
        laboratory.machine(),
        parameters={"length": 60, "examples": 1200},
        training={"epochs": _EPOCHS, "seeds": 6},
    )
    history = laboratory.compare(spec).history
    gru, lstm = (reached(each, "accuracy", _TARGET) for each in history.contenders)
    seeds = sorted(gru.keys() & lstm.keys())
    if not seeds:
        return [nothing_measured("The time was up before a pair of runs ended.")]
    pairs = [(gru[seed], lstm[seed]) for seed in seeds]
    served = history.contenders[0].runs[0].served
    engine = served.engine if served else ""
    return [_judged(pairs, "epochs"), replace(_judged(pairs, "seconds"), engine=engine)]


def _judged(pairs: Sequence[tuple[Reached | None, Reached | None]], what: str) -> Finding:
    ratio = ratio_of(pairs, what)
    first, second = wins_of(pairs, what)
    never = [sum(pair[side] is None for pair in pairs) for side in (0, 1)]
    middles = [_middle(pairs, side, what) for side in (0, 1)]
    text = (
        f"{what.capitalize()} to a validation accuracy of {_TARGET:g}: GRU {middles[0]}, LSTM "
        f"{middles[1]} in the median; never reached in {_EPOCHS} epochs by {never[0]} and "
        f"{never[1]} of {len(pairs)} runs. Ratio over pairs that both reached it: "
        f"{with_interval(ratio)}. Of the pairs the GRU was first in {first}, the LSTM in {second}."
    )
    if not any(never):
        outcome = judge_saving(ratio, claimed=1.0)
        return finding(outcome, ratio, f"{what} to the target, ratio", text)
    chance = sign_test(first, second)
    outcome = "undecided"
    if chance < _LEVEL:
        outcome = "supported" if first > second else "refuted"
    text += f" As some never reached it, who was first decides: sign test, p = {chance:.3f}."
    unit = f"{what}, ratio where both reached the target; decided by who was first"
    return finding(outcome, ratio, unit, text)


def _middle(pairs: Sequence[tuple[Reached | None, Reached | None]], side: int, what: str) -> str:
    values = [np.inf if pair[side] is None else getattr(pair[side], what) for pair in pairs]
    middle = float(np.median(values))
    return f"{middle:.1f}" if np.isfinite(middle) else "never"


CLAIM = Claim(
    "C9",
    "convergence",
    "A GRU needs fewer epochs.",
    f"Both cells learn to find sensor faults with six seeds; counted are epochs and seconds to a "
    f"validation accuracy of {_TARGET:g}.",
    epochs_needed,
)
