"""Gates and states of stored models over a whole set of examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.gates.dataset.gate_counts import GateCounter, GateFigures, GateScale
from studio.analysis.gates.dataset.seed_summary import SeedSummary, summarise
from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS, Cell
from studio.core.errors import SessionError
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.results.events import RunId
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.gate_inspection import has_gates, require_gates
from studio.runs.stored.models import find_contender, stored_model
from studio.runs.stored.trace_pass import TracePass, evenly_chosen, split_array
from studio.sessions import SessionFile

MOST_EXAMPLES = 2000
_MOST_PLACES = 200
_FARTHEST_STATE = 3.0
"""Cell states beyond it are counted in the last bin."""


def recurrent_models(
    session: SessionFile, comparison: int, name: str | None = None
) -> list[TrainedModel]:
    """The model of each run of the first fold at its best epoch, contender by contender.

    Convolutional networks and runs without a finished epoch are left out.

    Raises:
        SessionError: There is no such contender, it has no gates, or no run has finished an epoch.
    """
    history = session.history(comparison)
    chosen = history.contenders if name is None else (find_contender(history, name),)
    if name is not None:
        require_gates(chosen[0].spec)
    fold_id = history.spec.task.fold_ids[0]
    models = [
        stored_model(session, comparison, contender.name, run.run.seed, None, fold_id)
        for contender in chosen
        if has_gates(contender.spec)
        for run in contender.runs
        if run.best_epoch and run.run.fold_id == fold_id
    ]
    if not models:
        raise SessionError(
            "no recurrent contender has finished an epoch",
            remedy="Train one, or choose another comparison",
        )
    return models


@dataclass(frozen=True, eq=False)
class ContenderGates:
    """All gates and states of one contender over the examples.

    Attributes:
        cell: The cell's name.
        seeds: The runs behind it; () for a model of another program.
        arrays: By name as in a trace, such as "l0_update".
    """

    cell: str
    seeds: tuple[int, ...]
    arrays: Mapping[str, SeedSummary]


@dataclass(frozen=True, eq=False)
class DatasetGates:
    """What the gates of a comparison do over a set.

    Attributes:
        contenders: By name.
        examples: How many examples were read.
        available: How many the set has.
        classes: Names of the classes; () where there are none.
        steps: The first step of each place in the sequence, (places,).
    """

    contenders: Mapping[str, ContenderGates]
    examples: int
    available: int
    classes: tuple[str, ...]
    steps: Integers


class DatasetGatesPass(TracePass):
    """Counts gates and states of models over at most so many examples of the test set."""

    def __init__(
        self, models: Sequence[TrainedModel], task: PreparedTask, most: int = MOST_EXAMPLES
    ) -> None:
        examples = task.test
        if not len(examples):
            raise SessionError("the test set has no examples", remedy="Choose another split")
        self._set, self._classes = examples, _classes_of(task)
        self._names = task.preprocessing.class_names or ()
        self._counters: dict[RunId, dict[str, GateCounter]] = {}
        self._cells = {model.run.contender: CELLS[model.contender.cell] for model in models}
        self._foreign = {model.run.contender for model in models if model.stack is not None}
        steps = examples.inputs.shape[1]
        self._places = np.arange(steps) * min(steps, _MOST_PLACES) // steps
        super().__init__(models, examples, evenly_chosen(len(examples), most), self._add)
        self._read = self.total // max(len(models), 1)

    def _add(
        self,
        model: TrainedModel,
        arrays: Mapping[str, Floats],
        numbers: Integers,
        lengths: Integers,
    ) -> None:
        steps = len(self._places)
        valid = np.arange(steps) < lengths[:, np.newaxis]
        places = np.broadcast_to(self._places, valid.shape)[valid]
        classes = None if self._classes is None else self._classes[numbers]
        if classes is not None:
            spread = classes if classes.ndim > 1 else classes[:, np.newaxis]
            classes = np.broadcast_to(spread, valid.shape)[valid]
        counters = self._counters.setdefault(model.run, {})
        for name, values in arrays.items():
            if name not in counters:
                cell = self._cells[model.run.contender]
                counters[name] = GateCounter(
                    scale_of(cell, name),
                    values.shape[2],
                    int(self._places[-1]) + 1,
                    len(self._names) if classes is not None else 0,
                )
            counters[name].add(values[valid], places, classes)

    def result(self) -> DatasetGates:
        """Once it is over."""
        by_contender: dict[str, list[RunId]] = {}
        for run in self._counters:
            by_contender.setdefault(run.contender, []).append(run)
        contenders = {
            name: ContenderGates(
                self._cells[name].name,
                tuple(run.seed for run in runs if name not in self._foreign),
                {
                    array: summarise([self._figures(run, array) for run in runs])
                    for array in self._counters[runs[0]]
                },
            )
            for name, runs in by_contender.items()
        }
        first_steps = np.searchsorted(self._places, np.arange(self._places[-1] + 1))
        classes = () if self._classes is None else self._names
        return DatasetGates(contenders, self._read, len(self._set), classes, first_steps)

    def _figures(self, run: RunId, array: str) -> GateFigures:
        return self._counters[run][array].figures()


def scale_of(cell: Cell, array: str) -> GateScale:
    """What an array of a trace is counted on: gates from 0 or -1 to 1, cell states from -3 to 3."""
    _, name = split_array(array)
    gate = next((gate for gate in cell.gates if gate.name == name), None)
    is_state = gate is None
    if gate is not None and gate.activation == "sigmoid":
        return GateScale(0.0, 1.0, is_memory=name == cell.memory_gate)
    if name == "h" or (gate is not None and gate.activation == "tanh"):
        return GateScale(-1.0, 1.0, is_state=is_state)
    return GateScale(-_FARTHEST_STATE, _FARTHEST_STATE, is_state=is_state)


def _classes_of(task: PreparedTask) -> Integers | None:
    """The class of each example, (examples,), or of each step, (examples, time), or None."""
    examples: Examples = task.test
    if task.preprocessing.class_names is None:
        return None
    return np.asarray(examples.targets, dtype=np.int64)
