"""Gates and states of the trained networks of a claim's comparison."""

from functools import partial

import numpy as np

from studio.claims.laboratory.laboratory import Laboratory, MeasuredComparison
from studio.core.arrays import Floats
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.results.events import Trace
from studio.runs.stored.gate_inspection import models_at, task_of, traces_of

_LAST = 1_000_000


def finished_seeds(measured: MeasuredComparison) -> list[int]:
    """Seeds for which every contender's run has finished."""
    by_contender = [
        {run.run.seed for run in contender.runs if run.has_ended}
        for contender in measured.history.contenders
    ]
    return sorted(set.intersection(*by_contender))


def prepared_task(laboratory: Laboratory, measured: MeasuredComparison) -> PreparedTask:
    return laboratory.workspace.ask(lambda session: task_of(session, measured.number)).result()


def traces_by_contender(
    laboratory: Laboratory, measured: MeasuredComparison, seed: int, examples: Examples, count: int
) -> dict[str, tuple[Trace, ...]]:
    """Traces of the first examples with each contender's last weights, by contender.

    Args:
        laboratory: Runs the comparison.
        measured: The comparison.
        seed: The seed of the runs.
        examples: One of its sets of examples.
        count: The maximum number of examples.
    """
    ask, number = laboratory.workspace.ask, measured.number
    pairs = ask(lambda session: models_at(session, number, seed, _LAST)).result()
    sequences = [examples.sequence(index) for index in range(min(count, len(examples)))]
    return {
        pair.model.contender.name: laboratory.submit(partial(traces_of, pair.model, sequences))
        for pair in pairs
    }


def state_by_example(traces: tuple[Trace, ...], name: str, step: int) -> Floats:
    """One state or gate of the first layer after a step, (examples, units)."""
    return np.stack([trace.layers[f"l0_{name}"][step] for trace in traces])
