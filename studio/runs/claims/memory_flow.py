"""C12: how well the stored symbol can be read from the states, over the time since it was shown."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.analysis.claims import Finding, finding, judge_difference, nothing_measured
from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.probe import probe_accuracy
from studio.analysis.words import with_interval
from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.core.examples import PreparedTask
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, Measured, experiment
from studio.runs.claims.states import by_example, ended_seeds, prepared, traced

_DELAY = 30
_LAGS = (1, 5, 15, 30)
_SEEDS = 6
_EXAMPLES, _HELD_OUT = 300, 300
_MARGIN = 0.01
_BIASED = "LSTM, forget bias 1"
_CONTENDERS = (
    ContenderSpec(name="GRU", cell="gru"),
    ContenderSpec(name="LSTM", cell="lstm"),
    ContenderSpec(name=_BIASED, cell="lstm", forget_bias=1.0),
)
Readings = Mapping[tuple[str, str], Doubles]
"""Accuracies by contender and state, (seeds, lags)."""


def memory_flow(laboratory: Laboratory) -> list[Finding]:
    """Reads the symbol from h of both cells and from c, longer and longer after it was shown."""
    spec = experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={"delay": _DELAY, "examples": 1500},
        contenders=_CONTENDERS,
        training={"epochs": 1000, "steps": 500, "seeds": _SEEDS},
    )
    measured = laboratory.compare(spec)
    task = prepared(laboratory, measured)
    found = [
        _read(laboratory, measured, task, seed)
        for seed in ended_seeds(measured)
        if laboratory.seconds_left
    ]
    if len(found) < 2:  # noqa: PLR2004 - one seed has no interval
        return [nothing_measured("The time was up before two seeds were trained and probed.")]
    readings = {name: np.array([each[name] for each in found]) for name in found[0]}
    return [judge_readings(readings, name) for name in ("LSTM", _BIASED)]


def _read(
    laboratory: Laboratory, measured: Measured, task: PreparedTask, seed: int
) -> dict[tuple[str, str], list[float]]:
    known = traced(laboratory, measured, seed, task.training, _EXAMPLES)
    others = traced(laboratory, measured, seed, task.test, _HELD_OUT)
    symbols = task.training.truth[:_EXAMPLES], task.test.truth[:_HELD_OUT]
    return {
        (each.name, state): [
            probe_accuracy(
                by_example(known[each.name], state, lag),
                symbols[0],
                by_example(others[each.name], state, lag),
                symbols[1],
            )
            for lag in _LAGS
        ]
        for each in _CONTENDERS
        for state in CELLS[each.cell].states
    }


def judge_readings(readings: Readings, name: str) -> Finding:
    """Judges what was read from an LSTM's cell state beside the GRU's hidden state.

    Args:
        readings: Of all contenders.
        name: The LSTM.
    """
    shown = {key: readings[key] for key in (("GRU", "h"), (name, "h"), (name, "c"))}
    gru, hidden, memory = shown.values()
    against = _difference(memory, gru)
    told = "; ".join(_told(key, values) for key, values in shown.items())
    text = (
        f"Accuracy of a linear probe fitted on {_EXAMPLES} training examples, on {_HELD_OUT} "
        f"held-out ones, {', '.join(map(str, _LAGS))} steps after the symbol (chance 0.25). "
        f"{told}. Mean over these lags, {len(memory)} seeds: c − the GRU's h "
        f"{with_interval(against)}, c − the LSTM's own h "
        f"{with_interval(_difference(memory, hidden))}; a difference within {_MARGIN:g} is none."
    )
    unit = f"probe accuracy, c of {name} − h of GRU, mean over lags"
    outcome = judge_difference(against, _MARGIN)
    found = finding(outcome, against, unit, text, conditions=_rows(shown))
    return replace(found, conditions_unit="share of symbols that a linear probe reads")


def _difference(first: Doubles, second: Doubles) -> Interval:
    return mean_over_seeds(np.mean(first - second, axis=1))


def _told(key: tuple[str, str], values: Doubles) -> str:
    return f"{key[0]}, {key[1]}: {', '.join(f'{each:.2f}' for each in values.mean(axis=0))}"


def _rows(readings: Readings) -> dict[str, Interval]:
    return {
        f"{state} of {name}, {lag} {'step' if lag == 1 else 'steps'}": _share(values[:, at])
        for (name, state), values in readings.items()
        for at, lag in enumerate(_LAGS)
    }


def _share(values: Doubles) -> Interval:
    return mean_over_seeds(values).within(0.0, 1.0)


CLAIM = Claim(
    "C12",
    "memory flow",
    "The LSTM's separate cell state makes its memory easier to follow.",
    f"After training on delayed recall with {_SEEDS} seeds, a linear probe reads the stored symbol "
    f"from the GRU's h and from h and c of LSTMs with both forget biases, {_LAGS[0]} to "
    f"{_LAGS[-1]} steps after it was shown.",
    memory_flow,
)
