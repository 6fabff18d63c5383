"""Gates and states of the trained networks of a claim's comparison."""

from functools import partial

import numpy as np

from studio.core.arrays import Floats
from studio.core.events import Trace
from studio.core.examples import Examples, PreparedTask
from studio.runs.claims.laboratory import Laboratory, Measured
from studio.runs.looking import models_at, task_of, traces_of

_LAST = 1_000_000


def ended_seeds(measured: Measured) -> list[int]:
    """Seeds with which every contender's run ended."""
    each = [
        {run.run.seed for run in contender.runs if run.has_ended}
        for contender in measured.history.contenders
    ]
    return sorted(set.intersection(*each))


def prepared(laboratory: Laboratory, measured: Measured) -> PreparedTask:
    """The data of a comparison."""
    return laboratory.workspace.ask(lambda session: task_of(session, measured.number)).result()


def traced(
    laboratory: Laboratory, measured: Measured, seed: int, examples: Examples, count: int
) -> dict[str, tuple[Trace, ...]]:
    """Traces of the first examples by each contender's last weights, by contender.

    Args:
        laboratory: Where.
        measured: The comparison.
        seed: Of which runs.
        examples: A part of its data.
        count: How many examples, at most.
    """
    ask, number = laboratory.workspace.ask, measured.number
    pairs = ask(lambda session: models_at(session, number, seed, _LAST)).result()
    sequences = [examples.sequence(index) for index in range(min(count, len(examples)))]
    return {
        pair.model.contender.name: laboratory.submit(partial(traces_of, pair.model, sequences))
        for pair in pairs
    }


def by_example(traces: tuple[Trace, ...], name: str, step: int) -> Floats:
    """What one state or gate of the first layer held after a step, (examples, units)."""
    return np.stack([trace.layers[f"l0_{name}"][step] for trace in traces])
