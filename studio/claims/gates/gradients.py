"""C10: the gradient norm over lag, before and after training."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.wording import with_interval
from studio.claims.analysis.findings import Finding, Outcome, finding, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, MeasuredComparison, experiment
from studio.core.arrays import Doubles, Floats
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.stored.gate_inspection import (
    GateInspection,
    example_of,
    inspect_gates,
    models_at,
    task_of,
)

_DELAY = 48
_SEEDS = 4
_EXAMPLES = 3
_BIASED = "LSTM, forget bias 1"
_CONTENDERS = (
    ContenderSpec(name="RNN", cell="rnn"),
    ContenderSpec(name="GRU", cell="gru"),
    ContenderSpec(name="LSTM", cell="lstm"),
    ContenderSpec(name=_BIASED, cell="lstm", forget_bias=1.0),
)
_TINY = 1e-18  # squares of smaller norms underflow in single precision
Losses = Mapping[str, list[float]]


def gradient_decay(laboratory: Laboratory) -> list[Finding]:
    """Compares the gradient norm at the first step with that at the last."""
    spec = experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={"delay": _DELAY, "examples": 800},
        contenders=_CONTENDERS,
        training={"epochs": 1000, "steps": 600, "seeds": _SEEDS},
    )
    measured = laboratory.compare(spec)
    if not measured.history.is_complete:
        return [not_measured("Time ran out before all runs finished.")]
    before, after = _decays(laboratory, measured)
    clipped = _clipped(measured.history)
    return [
        _judge(before, "before training", ""),
        _judge(after, "after training", f" Clipped training steps: {clipped}."),
    ]


def _decays(laboratory: Laboratory, measured: MeasuredComparison) -> tuple[Losses, Losses]:
    """Powers of ten lost from the last step to the first, by contender, one per seed."""
    names = [contender.name for contender in _CONTENDERS]
    before: dict[str, list[float]] = {name: [] for name in names}
    after: dict[str, list[float]] = {name: [] for name in names}
    for run in measured.history.contenders[0].runs:
        by_example = _inspections(laboratory, measured, run.run.seed)
        for name in names:
            untrained = [
                _decay(inspected[name].gradient_norms_untrained) for inspected in by_example
            ]
            trained = [_decay(inspected[name].gradient_norms) for inspected in by_example]
            before[name].append(float(np.mean(untrained)))
            after[name].append(float(np.mean(trained)))
    return before, after


def _inspections(
    laboratory: Laboratory, measured: MeasuredComparison, seed: int
) -> list[Mapping[str, GateInspection]]:
    ask = laboratory.workspace.ask
    number, last = measured.number, 1_000_000
    pairs = ask(lambda session: models_at(session, number, seed, last)).result()
    task = ask(lambda session: task_of(session, number)).result()
    examples = [example_of(task, "test", index) for index in range(_EXAMPLES)]
    return [laboratory.submit(partial(inspect_gates, pairs, example)) for example in examples]


def _decay(norms: Mapping[str, Floats]) -> float:
    layer: Doubles = np.asarray(norms["l0"], dtype=np.float64)
    first, last = max(float(layer[0]), _TINY), max(float(layer[-1]), _TINY)
    return float(np.log10(last / first))


def _clipped(history: ComparisonHistory) -> str:
    shares = {
        contender.name: np.mean([epoch.clipped for run in contender.runs for epoch in run.epochs])
        for contender in history.contenders
    }
    return ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share in shares.items())


def _judge(lost: Losses, when: str, more: str) -> Finding:
    means = {name: mean_over_seeds(np.array(decays)) for name, decays in lost.items()}
    saved = _difference(lost, "RNN", "GRU")
    listed = "; ".join(f"{name} {with_interval(mean)}" for name, mean in means.items())
    text = (
        f"{when.capitalize()}, powers of ten lost by the gradient norm over {_DELAY + 1} steps: "
        f"{listed}. RNN − GRU {with_interval(saved)}; LSTM − GRU "
        f"{with_interval(_difference(lost, 'LSTM', 'GRU'))}.{more}"
    )
    unit = f"powers of ten of the gradient norm, RNN − GRU, {when}"
    judged = finding(_outcome(lost), saved, unit, text, conditions=means)
    return replace(judged, conditions_unit=f"powers of ten lost over {_DELAY + 1} steps, {when}")


def _outcome(lost: Losses) -> Outcome:
    """Supported where both gated cells lose less than the RNN, and the GRU less than the LSTM."""
    gated = [_difference(lost, "RNN", name) for name in ("GRU", "LSTM")]
    smoother = _difference(lost, "LSTM", "GRU")
    if all(difference.low > 0 for difference in gated):
        return "supported" if smoother.low > 0 else "partly supported"
    if all(difference.high < 0 for difference in gated):
        return "refuted"
    return "partly supported" if any(difference.low > 0 for difference in gated) else "undecided"


def _difference(lost: Losses, first: str, second: str) -> Interval:
    return mean_over_seeds(np.array(lost[first]) - np.array(lost[second]))


CLAIM = Claim(
    "C10",
    "gradients",
    "In a plain RNN the gradient vanishes over dozens to hundreds of steps, and gates prevent it; "
    "the GRU's gradient flow is smoother.",
    f"The gradient norm is compared over {_DELAY + 1} steps, before and after training on delayed "
    f"recall, with {_SEEDS} seeds.",
    gradient_decay,
)
