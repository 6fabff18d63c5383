"""What the gates of a comparison do on one example: which weights, which input, what comes out.

Reading is for a loader thread, `look` for the compute thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Floats, Truth
from studio.core.errors import SessionError
from studio.core.events import RunId, Trace
from studio.core.examples import PreparedTask
from studio.core.model import TrainedModel
from studio.core.preparation import Preparation
from studio.core.record import KeptExample
from studio.core.spec import ContenderSpec
from studio.runs.restoring import restore_task
from studio.sessions import SessionFile


@dataclass(frozen=True, eq=False)
class Example:
    """One example as a network reads it.

    Attributes:
        inputs: Scaled, without padding, (time, channels).
        target: A class, (), or scaled values, (outputs,), or what each step is to answer.
        truth: A class, (), or values in their own units, (outputs,), or as the target.
        position: Where it comes from, as in Examples; None where only the session's copy is left.
    """

    inputs: Floats
    target: Truth
    truth: Truth
    position: int | None = None


@dataclass(frozen=True, eq=False)
class Look:
    """A contender's gates on an example.

    Attributes:
        contender: Its settings.
        epoch: After which epoch.
        trace: Gates and states.
        reach: Norm of the loss's gradient at each hidden state by layer and direction, (time,).
        reach_untrained: The same before training; empty where those weights are not kept.
    """

    contender: ContenderSpec
    epoch: int
    trace: Trace
    reach: Mapping[str, Floats]
    reach_untrained: Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Pair:
    """A contender's model at the epoch that is looked at, and before training where known."""

    model: TrainedModel
    untrained: TrainedModel | None


def example_of(task: PreparedTask, part: str, index: int) -> Example:
    """An example of a prepared task; raises SessionError where the part has none such."""
    examples = task.parts[part]
    _refuse_other(part, index, len(examples))
    return Example(
        examples.sequence(index),
        examples.truth_of(index) if examples.stepwise else np.asarray(examples.targets[index]),
        examples.truth_of(index),
        int(examples.positions[index]),
    )


def kept_example(session: SessionFile, comparison: int, part: str, index: int) -> Example | None:
    """An example of which the session holds a copy, or None."""
    preparation = session.history(comparison).preparation
    for kept in session.examples(comparison):
        if (kept.part, kept.index) == (part, index):
            return Example(kept.inputs, _scaled(kept, preparation), np.asarray(kept.truth))
    return None


def task_of(session: SessionFile, comparison: int) -> PreparedTask:
    """The prepared data of a comparison, of its first division; reads the dataset again.

    Raises:
        DatasetError: The dataset has vanished or changed, and the session holds no copy of it.
    """
    history = session.history(comparison)
    return restore_task(history, session.dataset(comparison), str(session.path)).task


def kept_epochs(session: SessionFile, comparison: int) -> dict[RunId, tuple[int, ...]]:
    """The epochs whose weights are kept, by run."""
    return {
        run.run: session.kept_epochs(comparison, run.run)
        for contender in session.history(comparison).contenders
        for run in contender.runs
    }


def models_at(session: SessionFile, comparison: int, seed: int, epoch: int) -> list[Pair]:
    """Each contender's model of a seed, at the last kept epoch up to that one; 0 is untrained.

    Contenders that have not begun with that seed are left out; of folds it is the first.
    """
    history = session.history(comparison)
    division = history.spec.task.divisions[0]
    pairs = []
    for contender in history.contenders:
        run = RunId(contender.name, seed, division)
        kept = session.kept_epochs(comparison, run)
        if not kept:
            continue
        chosen = max((each for each in kept if each <= epoch), default=kept[0])

        def model(at: int, run: RunId = run, spec: ContenderSpec = contender.spec) -> TrainedModel:
            weights = session.weights(comparison, run, at)
            name = history.dataset_name
            return TrainedModel(spec, history.preparation, run, at, weights, {}, name)

        pairs.append(Pair(model(chosen), model(0) if kept[0] == 0 else None))
    return pairs


def look(pairs: Sequence[Pair], example: Example) -> dict[str, Look]:
    """Gates and gradients of models on an example, by contender; on the compute thread."""
    return {pair.model.contender.name: _look(pair, example) for pair in pairs}


def traces_of(model: TrainedModel, sequences: Sequence[Floats]) -> tuple[Trace, ...]:
    """Gates and states of one model on each example, (time, channels); on the compute thread."""
    from studio.nn.rebuilding import rebuild_to_look  # noqa: PLC0415 - imports torch
    from studio.nn.tracing import trace_network  # noqa: PLC0415 - likewise

    network = rebuild_to_look(model.contender, model.preparation, model.weights)
    return tuple(trace_network(network, sequence) for sequence in sequences)


def look_untrained(
    contenders: Sequence[ContenderSpec], preparation: Preparation, seed: int, example: Example
) -> dict[str, Look]:
    """The same for networks as a run of that seed would begin with; on the compute thread."""
    from studio.nn.rebuilding import untrained_weights  # noqa: PLC0415 - imports torch

    pairs = []
    for spec in contenders:
        weights = untrained_weights(spec, preparation, seed)
        run = RunId(spec.name, seed)
        pairs.append(Pair(TrainedModel(spec, preparation, run, 0, weights, {}, ""), None))
    return look(pairs, example)


def _look(pair: Pair, example: Example) -> Look:
    from studio.nn.gradients import gradient_norms  # noqa: PLC0415 - imports torch
    from studio.nn.rebuilding import rebuild_to_look  # noqa: PLC0415 - likewise
    from studio.nn.tracing import trace_network  # noqa: PLC0415 - likewise

    def reach(model: TrainedModel) -> Mapping[str, Floats]:
        network = rebuild_to_look(model.contender, model.preparation, model.weights)
        return gradient_norms(network, example.inputs, example.target, model.preparation)

    model = pair.model
    network = rebuild_to_look(model.contender, model.preparation, model.weights)
    trace = trace_network(network, example.inputs)
    before = {} if pair.untrained is None else reach(pair.untrained)
    return Look(model.contender, model.epoch, trace, reach(model), before)


def _scaled(kept: KeptExample, preparation: Preparation) -> Truth:
    scaler = preparation.target_scaler
    if scaler is None:
        return np.asarray(kept.truth)
    steps = np.reshape(kept.truth, (preparation.horizon, len(preparation.target_names)))
    return scaler.apply(steps).ravel()


def _refuse_other(part: str, index: int, count: int) -> None:
    if not 0 <= index < count:
        raise SessionError(
            f"the {part} part has no example {index}",
            remedy=f"Choose one from 0 to {count - 1}" if count else "Choose another part",
        )
