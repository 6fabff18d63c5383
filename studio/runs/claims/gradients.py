"""C10: how much of the loss's gradient reaches the past, before and after training."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from studio.analysis.claims import Finding, Outcome, finding, nothing_measured
from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.words import with_interval
from studio.core.arrays import Doubles, Floats
from studio.core.history import ComparisonHistory
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, Measured, experiment
from studio.runs.looking import Look, example_of, look, models_at, task_of

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
_TINY = 1e-18  # squares of what is smaller have no place in single precision
Losses = Mapping[str, list[float]]


def reach(laboratory: Laboratory) -> list[Finding]:
    """Compares the gradient that arrives at the first step with that at the last."""
    spec = experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={"delay": _DELAY, "examples": 800},
        contenders=_CONTENDERS,
        training={"epochs": 1000, "steps": 600, "seeds": _SEEDS},
    )
    measured = laboratory.compare(spec)
    if not measured.history.is_complete:
        return [nothing_measured("The time was up before all runs ended.")]
    before, after = _decays(laboratory, measured)
    clipped = _clipped(measured.history)
    return [
        _judged(before, "before training", ""),
        _judged(after, "after training", f" Steps clipped in training: {clipped}."),
    ]


def _decays(laboratory: Laboratory, measured: Measured) -> tuple[Losses, Losses]:
    """Decades lost from the last step to the first, by contender, one for each seed."""
    names = [contender.name for contender in _CONTENDERS]
    before: dict[str, list[float]] = {name: [] for name in names}
    after: dict[str, list[float]] = {name: [] for name in names}
    for run in measured.history.contenders[0].runs:
        found = _looks(laboratory, measured, run.run.seed)
        for name in names:
            looks = [each[name] for each in found]
            before[name].append(float(np.mean([_lost(each.reach_untrained) for each in looks])))
            after[name].append(float(np.mean([_lost(each.reach) for each in looks])))
    return before, after


def _looks(laboratory: Laboratory, measured: Measured, seed: int) -> list[Mapping[str, Look]]:
    ask = laboratory.workspace.ask
    number, last = measured.number, 1_000_000
    pairs = ask(lambda session: models_at(session, number, seed, last)).result()
    task = ask(lambda session: task_of(session, number)).result()
    examples = [example_of(task, "test", index) for index in range(_EXAMPLES)]
    return [laboratory.submit(partial(look, pairs, example)) for example in examples]


def _lost(norms: Mapping[str, Floats]) -> float:
    layer: Doubles = np.asarray(norms["l0"], dtype=np.float64)
    first, last = max(float(layer[0]), _TINY), max(float(layer[-1]), _TINY)
    return float(np.log10(last / first))


def _clipped(history: ComparisonHistory) -> str:
    shares = {
        each.name: np.mean([epoch.clipped for run in each.runs for epoch in run.epochs])
        for each in history.contenders
    }
    return ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share in shares.items())


def _judged(lost: Losses, when: str, more: str) -> Finding:
    means = {name: mean_over_seeds(np.array(each)) for name, each in lost.items()}
    saved = _difference(lost, "RNN", "GRU")
    told = "; ".join(f"{name} {with_interval(each)}" for name, each in means.items())
    text = (
        f"{when.capitalize()}, decades that the gradient loses over {_DELAY + 1} steps: {told}."
        f" RNN − GRU {with_interval(saved)}; LSTM − GRU "
        f"{with_interval(_difference(lost, 'LSTM', 'GRU'))}.{more}"
    )
    unit = f"decades of gradient, RNN − GRU, {when}"
    found = finding(_outcome(lost), saved, unit, text, conditions=means)
    return replace(found, conditions_unit=f"decades lost over {_DELAY + 1} steps, {when}")


def _outcome(lost: Losses) -> Outcome:
    """Gates prevent the loss where both keep more than the RNN; the GRU is the smoother of them."""
    gated = [_difference(lost, "RNN", name) for name in ("GRU", "LSTM")]
    smoother = _difference(lost, "LSTM", "GRU")
    if all(each.low > 0 for each in gated):
        return "supported" if smoother.low > 0 else "partly supported"
    if all(each.high < 0 for each in gated):
        return "refuted"
    return "partly supported" if any(each.low > 0 for each in gated) else "undecided"


def _difference(lost: Losses, first: str, second: str) -> Interval:
    return mean_over_seeds(np.array(lost[first]) - np.array(lost[second]))


CLAIM = Claim(
    "C10",
    "gradients",
    "A plain RNN loses its gradient over dozens to hundreds of steps and gates prevent it; the "
    "GRU's flow is the smoother.",
    f"How much of the loss's gradient reaches back over {_DELAY + 1} steps, before and after "
    f"training on delayed recall, with {_SEEDS} seeds.",
    reach,
)
