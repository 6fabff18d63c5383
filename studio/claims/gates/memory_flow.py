"""C12: how well a linear probe reads the stored symbol from the states, over the delay."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds
from studio.analysis.wording import count_of, with_interval
from studio.claims.analysis.findings import Finding, finding, judge_difference, not_measured
from studio.claims.analysis.probe import probe_accuracy
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, MeasuredComparison, experiment
from studio.claims.laboratory.stored_states import (
    finished_seeds,
    prepared_task,
    state_by_example,
    traces_by_contender,
)
from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec

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
"""Probe accuracies by contender and state, (seeds, lags)."""


def memory_flow(laboratory: Laboratory) -> list[Finding]:
    """Reads the symbol from h of both cells and from c, at increasing delays."""
    spec = experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={"delay": _DELAY, "examples": 1500},
        contenders=_CONTENDERS,
        training={"epochs": 1000, "steps": 500, "seeds": _SEEDS},
    )
    measured = laboratory.compare(spec)
    task = prepared_task(laboratory, measured)
    by_seed = [
        _probe(laboratory, measured, task, seed)
        for seed in finished_seeds(measured)
        if laboratory.seconds_left
    ]
    if len(by_seed) < 2:  # noqa: PLR2004 - one seed has no interval
        return [not_measured("Time ran out before two seeds were trained and probed.")]
    readings = {
        state: np.array([accuracies[state] for accuracies in by_seed]) for state in by_seed[0]
    }
    return [judge_readings(readings, name) for name in ("LSTM", _BIASED)]


def _probe(
    laboratory: Laboratory, measured: MeasuredComparison, task: PreparedTask, seed: int
) -> dict[tuple[str, str], list[float]]:
    fitted = traces_by_contender(laboratory, measured, seed, task.training, _EXAMPLES)
    held_out = traces_by_contender(laboratory, measured, seed, task.test, _HELD_OUT)
    return {
        (contender.name, state): [
            probe_accuracy(
                state_by_example(fitted[contender.name], state, lag),
                task.training.targets_in_units[:_EXAMPLES],
                state_by_example(held_out[contender.name], state, lag),
                task.test.targets_in_units[:_HELD_OUT],
            )
            for lag in _LAGS
        ]
        for contender in _CONTENDERS
        for state in CELLS[contender.cell].states
    }


def judge_readings(readings: Readings, name: str) -> Finding:
    """Judges the probe on an LSTM's cell state against the one on the GRU's hidden state.

    Args:
        readings: Probe accuracies of all contenders.
        name: The LSTM's name.
    """
    shown = {key: readings[key] for key in (("GRU", "h"), (name, "h"), (name, "c"))}
    gru_h, lstm_h, lstm_c = shown.values()
    difference = _difference(lstm_c, gru_h)
    listed = "; ".join(_describe(key, values) for key, values in shown.items())
    text = (
        f"Accuracy of a linear probe fitted on {_EXAMPLES} training examples and scored on "
        f"{_HELD_OUT} held-out ones, {', '.join(map(str, _LAGS))} steps after the symbol (chance "
        f"level 0.25). {listed}. Mean over these lags, {len(lstm_c)} seeds: LSTM c − GRU h "
        f"{with_interval(difference)}, LSTM c − LSTM h "
        f"{with_interval(_difference(lstm_c, lstm_h))}; differences within {_MARGIN:g} count as "
        "none."
    )
    unit = f"probe accuracy, c of {name} − h of GRU, mean over lags"
    outcome = judge_difference(difference, _MARGIN)
    judged = finding(outcome, difference, unit, text, conditions=_conditions(shown))
    return replace(judged, conditions_unit="accuracy of a linear probe")


def _difference(first: Doubles, second: Doubles) -> Interval:
    return mean_over_seeds(np.mean(first - second, axis=1))


def _describe(key: tuple[str, str], values: Doubles) -> str:
    means = ", ".join(f"{accuracy:.2f}" for accuracy in values.mean(axis=0))
    return f"{key[0]}, {key[1]}: {means}"


def _conditions(readings: Readings) -> dict[str, Interval]:
    return {
        f"{state} of {name}, {count_of(lag, 'step')}": mean_over_seeds(values[:, index]).within(
            0, 1
        )
        for (name, state), values in readings.items()
        for index, lag in enumerate(_LAGS)
    }


CLAIM = Claim(
    "C12",
    "memory flow",
    "The LSTM's separate cell state makes its memory easier to follow.",
    f"After training on delayed recall with {_SEEDS} seeds, a linear probe reads the stored symbol "
    f"from the GRU's h and from h and c of LSTMs with both forget biases, {_LAGS[0]} to "
    f"{_LAGS[-1]} steps after it was shown.",
    memory_flow,
)
