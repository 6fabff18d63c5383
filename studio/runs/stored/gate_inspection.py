"""Gate inspection: gates, states and gradient norms of one example.

Reading is for a loader thread, `inspect_gates` for the compute thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.cells import CELLS
from studio.core.errors import SessionError
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY, Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import RunId, Trace
from studio.core.results.record import StoredExample
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.stored.dataset_recovery import recover_task
from studio.runs.stored.weights_check import fitting_weights
from studio.sessions import SessionFile


@dataclass(frozen=True, eq=False)
class Example:
    """One example as a network reads it.

    Attributes:
        inputs: Scaled, without padding, (time, channels).
        target: A class, (), or scaled values, (outputs,), or the targets of each step; what is
            unknown as in Examples, and class IGNORE_INDEX or NaN of the example as a whole.
        targets_in_units: A class, (), or values in their own units, (outputs,), or as the target.
        position: Its position as in Examples; None for the copy in a session of an earlier version.
        series: The index of its series where each has its own scaler, (1,), else None.
    """

    inputs: Floats
    target: Truth
    targets_in_units: Truth
    position: int | None = None
    series: Integers | None = None

    @property
    def is_known(self) -> bool:
        """Whether any of its truth is known."""
        return bool(self._known.any())

    @property
    def known_steps(self) -> int:
        """Steps up to the last one with a target, where each step has one."""
        known = self._known.reshape(len(self._known), -1).any(axis=1)
        return int(np.flatnonzero(known)[-1]) + 1

    @property
    def _known(self) -> NDArray[np.bool_]:
        if self.target.dtype == np.uint8:
            return np.asarray(self.target != PADDING_KEY)
        is_float = self.target.dtype.kind == "f"
        return np.asarray(np.isfinite(self.target) if is_float else self.target != IGNORE_INDEX)


@dataclass(frozen=True, eq=False)
class GateInspection:
    """A contender's gates on an example.

    Attributes:
        contender: Its settings.
        epoch: The epoch of the weights.
        trace: Gates and states.
        gradient_norms: Norm of the loss's gradient at each hidden state, up to the last step with a
            target, (steps,), by layer and direction; empty where the truth is unknown.
        gradient_norms_untrained: The same before training; empty if those weights are not stored.
        series: The index of the example's series where each has its own scaler, (1,), else None.
        prediction: Probabilities (outcomes,) or values in their units (outputs,), with a leading
            time axis for a prediction at every step; None while training, and for a model of
            another program.
        is_foreign: Whether it is a model of another program.
    """

    contender: ContenderSpec
    epoch: int
    trace: Trace
    gradient_norms: Mapping[str, Floats]
    gradient_norms_untrained: Mapping[str, Floats]
    series: Integers | None = None
    prediction: Floats | None = None
    is_foreign: bool = False

    def inputs_in_units(self, preprocessing: Preprocessing) -> Doubles:
        """The example's inputs in their own units, (time, channels)."""
        return np.asarray(preprocessing.inputs_in_units(self.trace.input[None], self.series)[0])


@dataclass(frozen=True, eq=False)
class ModelPair:
    """A contender's model at the inspected epoch, and before training if stored."""

    model: TrainedModel
    untrained: TrainedModel | None


def example_of(task: PreparedTask, part: str, index: int) -> Example:
    """An example of a prepared task; raises SessionError if the set has no such example."""
    examples = task.parts[part]
    _refuse_missing_example(part, index, len(examples))
    position = int(examples.positions[index])
    return Example(
        examples.sequence(index),
        _scaled_of(examples, index),
        examples.targets_of(index),
        position,
        series_of_example(task.preprocessing, position),
    )


def _scaled_of(examples: Examples, index: int) -> Truth:
    """What the loss compares with: scaled numbers, or the classes or symbols of each step."""
    if examples.has_numbers:
        return np.asarray(examples.targets[index, : examples.length_of(index)])
    return examples.targets_of(index) if examples.per_step else np.asarray(examples.targets[index])


def kept_example(session: SessionFile, comparison: int, part: str, index: int) -> Example | None:
    """An example stored in the session, or None."""
    preprocessing = session.history(comparison).preprocessing
    for stored in session.examples(comparison):
        if (stored.part, stored.index) == (part, index):
            return Example(
                stored.inputs,
                _scaled_target(stored, preprocessing),
                np.asarray(stored.targets_in_units),
                stored.position,
                series_of_example(preprocessing, stored.position),
            )
    return None


def series_of_example(preprocessing: Preprocessing, position: int | None) -> Integers | None:
    """The index of an example's series, (1,), where each series has its own scaler, else None."""
    if position is None:
        return None  # a session of an earlier version, in which all series share a scaler
    return preprocessing.scaled_series(np.array([position]))


def task_of(session: SessionFile, comparison: int) -> PreparedTask:
    """The prepared data of a comparison's first fold; reads the dataset again.

    Raises:
        DatasetError: The dataset is missing or changed and the session has no copy.
    """
    history = session.history(comparison)
    return recover_task(history, session.dataset(comparison), str(session.path)).task


def kept_epochs(session: SessionFile, comparison: int) -> dict[RunId, tuple[int, ...]]:
    """The epochs whose weights are stored, by run."""
    return {
        run.run: session.kept_epochs(comparison, run.run)
        for contender in session.history(comparison).contenders
        for run in contender.runs
    }


def models_at(session: SessionFile, comparison: int, seed: int, epoch: int) -> list[ModelPair]:
    """Each contender's model of a seed, at the last stored epoch up to `epoch`; 0 is untrained.

    Contenders that have not started that seed, or whose cell is not installed, are left out; with
    folds it is the first fold.
    """
    history = session.history(comparison)
    fold_id = history.spec.task.fold_ids[0]
    pairs = []
    for contender in history.contenders:
        if contender.spec.cell not in CELLS:
            continue
        run = RunId(contender.name, seed, fold_id)
        kept = session.kept_epochs(comparison, run)
        if not kept:
            continue
        chosen = max((stored for stored in kept if stored <= epoch), default=kept[0])

        def model(
            epoch_of_weights: int, run: RunId = run, spec: ContenderSpec = contender.spec
        ) -> TrainedModel:
            weights = session.weights(comparison, run, epoch_of_weights)
            name = history.dataset_name
            return TrainedModel(
                spec, history.preprocessing, run, epoch_of_weights, weights, {}, name
            )

        pairs.append(ModelPair(model(chosen), model(0) if kept[0] == 0 else None))
    return pairs


def has_gates(contender: ContenderSpec) -> bool:
    """Whether a contender has gates or states to inspect; a convolutional network has none.

    Those of a cell that is not installed cannot be computed.
    """
    cell = CELLS[contender.cell]
    return cell.is_recurrent and cell.is_installed


def require_gates(contender: ContenderSpec) -> None:
    """Raises SessionError where a contender has neither gates nor states."""
    if not has_gates(contender):
        raise SessionError(
            f"{contender.name} is a convolutional network, which has no gates and no states",
            remedy="Choose a recurrent contender",
        )


def inspect_gates(pairs: Sequence[ModelPair], example: Example) -> dict[str, GateInspection]:
    """Gates and gradients of models on an example, by contender; on the compute thread.

    Convolutional networks are left out.
    """
    return {
        pair.model.contender.name: _inspect(pair, example)
        for pair in pairs
        if has_gates(pair.model.contender)
    }


def traces_of(model: TrainedModel, sequences: Sequence[Floats]) -> tuple[Trace, ...]:
    """Gates and states of one model on each example, (time, channels); on the compute thread.

    Raises:
        SessionError: The model is a convolutional network.
    """
    require_gates(model.contender)
    if model.stack is not None:
        return tuple(stack_trace(model.stack, sequence) for sequence in sequences)
    from studio.nn.inference.tracing import trace_network
    from studio.nn.networks.load_network import load_network_for_inspection

    with fitting_weights(model):
        network = load_network_for_inspection(model.contender, model.preprocessing, model.weights)
    return tuple(trace_network(network, sequence) for sequence in sequences)


def inspect_untrained(
    contenders: Sequence[ContenderSpec], preprocessing: Preprocessing, seed: int, example: Example
) -> dict[str, GateInspection]:
    """The same for the initial networks of a run with that seed; on the compute thread."""
    return inspect_gates(untrained_models(contenders, preprocessing, seed), example)


def untrained_models(
    contenders: Sequence[ContenderSpec], preprocessing: Preprocessing, seed: int
) -> list[ModelPair]:
    """The initial networks of a run with that seed as models; on the compute thread.

    Those without gates are left out.
    """
    from studio.nn.networks.load_network import untrained_weights

    pairs = []
    for spec in filter(has_gates, contenders):
        weights = untrained_weights(spec, preprocessing, seed)
        run = RunId(spec.name, seed)
        pairs.append(ModelPair(TrainedModel(spec, preprocessing, run, 0, weights, {}, ""), None))
    return pairs


def stack_trace(stack: RecurrentStack, sequence: Floats) -> Trace:
    """Gates and states of another program's layers on an example; on the compute thread."""
    from studio.nn.inspection.stack_courses import stack_traces

    arrays = stack_traces(stack, sequence[np.newaxis], None)
    read = np.asarray(sequence, dtype=np.float32)
    return Trace(read, {name: values[0] for name, values in arrays.items()})


def _inspect(pair: ModelPair, example: Example) -> GateInspection:
    if pair.model.stack is not None:
        trace = stack_trace(pair.model.stack, example.inputs)
        return GateInspection(
            pair.model.contender, 0, trace, {}, {}, example.series, is_foreign=True
        )
    from studio.nn.inference.state_gradients import gradient_norms
    from studio.nn.inference.tracing import raw_outputs, trace_network
    from studio.nn.networks.load_network import load_network_for_inspection

    def norms_of(model: TrainedModel) -> Mapping[str, Floats]:
        with fitting_weights(model):
            network = load_network_for_inspection(
                model.contender, model.preprocessing, model.weights
            )
        last = example.known_steps if model.preprocessing.per_step else len(example.inputs)
        if model.contender.bidirectional:  # reads from the end on
            last = len(example.inputs)
        target = example.target[:last] if model.preprocessing.per_step else example.target
        return gradient_norms(network, example.inputs[:last], target, model.preprocessing)

    model = pair.model
    with fitting_weights(model):
        network = load_network_for_inspection(model.contender, model.preprocessing, model.weights)
    trace = trace_network(network, example.inputs)
    before = norms_of(pair.untrained) if pair.untrained and example.is_known else {}
    after = norms_of(model) if example.is_known else {}
    raw = raw_outputs(network, example.inputs)
    prediction = model.preprocessing.predictions_from(raw[None], example.series)[0]
    return GateInspection(
        model.contender, model.epoch, trace, after, before, example.series, prediction
    )


def _scaled_target(stored: StoredExample, preprocessing: Preprocessing) -> Truth:
    if preprocessing.target_scaler is None:
        return np.asarray(stored.targets_in_units)
    series = series_of_example(preprocessing, stored.position)
    values = stored.targets_in_units[np.newaxis]
    return np.asarray(preprocessing.scaled_targets(values, series)[0])


def _refuse_missing_example(part: str, index: int, count: int) -> None:
    if not 0 <= index < count:
        raise SessionError(
            f"the {part} set has no example {index}",
            remedy=f"Choose one from 0 to {count - 1}" if count else "Choose another set",
        )
