"""Stored models over many examples of a set, batch by batch.

Each `step` is a short job for the compute thread, so that training goes on between two of them and
the user can stop.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.core.prepared.examples import Examples
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.gate_inspection import require_gates
from studio.runs.stored.weights_check import fitting_weights

_VALUES_OF_A_BATCH = 500_000

_REVERSE = "reverse_"

Take = Callable[[TrainedModel, Mapping[str, Floats], Integers, Integers], None]
"""Takes a model, arrays by name (batch, time, units), the examples' numbers and their lengths."""


_Reader = Callable[[Floats, Integers | None], Mapping[str, Floats]]
"""Gates and states of a batch of inputs with these lengths."""


class TracePass:
    """Gates and states of models on chosen examples.

    Attributes:
        done: Examples that are done, over all models.
        total: Examples of all models together.

    Args:
        models: Recurrent models; raises SessionError for a convolutional one.
        examples: The set.
        chosen: Numbers of the examples, (examples,).
        take: Receives each batch.
    """

    def __init__(
        self, models: Sequence[TrainedModel], examples: Examples, chosen: Integers, take: Take
    ) -> None:
        for model in models:
            require_gates(model.contender)
        self._models, self._examples, self._chosen, self._take = models, examples, chosen, take
        self.done, self.total = 0, len(models) * len(chosen)
        self._reader: _Reader | None = None

    @property
    def is_over(self) -> bool:
        return self.done >= self.total

    def step(self) -> None:
        """One batch; on the compute thread."""
        number, first = divmod(self.done, len(self._chosen))
        model, examples = self._models[number], self._examples
        if self._reader is None:
            self._reader = _reader_of(model)
        steps = examples.inputs.shape[1]
        size = max(1, _VALUES_OF_A_BATCH // (steps * _width(model)))
        some = self._chosen[first : first + size]
        lengths = None if examples.lengths is None else examples.lengths[some]
        arrays = self._reader(np.asarray(examples.inputs[some]), lengths)
        known = np.full(len(some), steps) if lengths is None else lengths
        self._take(model, arrays, some, known.astype(np.int64))
        self.done += len(some)
        if first + len(some) >= len(self._chosen):
            self._reader = None

    def run(self, report: Callable[[int, int], bool]) -> bool:
        """All batches; `report` is told done and total and says whether to go on."""
        while not self.is_over:
            self.step()
            if not report(self.done, self.total):
                return False
        return True


def split_array(array: str) -> tuple[str, str]:
    """Layer with direction, and gate or state: "l0_reverse_update" is "l0_reverse", "update"."""
    layer, name = array.split("_", 1)
    is_reverse = name.startswith(_REVERSE)
    return (f"{layer}_reverse", name.removeprefix(_REVERSE)) if is_reverse else (layer, name)


def evenly_chosen(count: int, most: int) -> Integers:
    """Numbers of at most so many examples, spread evenly over all of them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))


def _reader_of(model: TrainedModel) -> _Reader:
    if model.stack is not None:
        from studio.nn.inspection.stack_courses import stack_traces

        return partial(stack_traces, model.stack)
    from studio.nn.inference.batch_traces import batch_traces
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        network = load_network(model.contender, model.preprocessing, model.weights)
    return partial(batch_traces, network)


def _width(model: TrainedModel) -> int:
    spec = model.contender
    if model.stack is not None:
        return sum(weights.units for each in model.stack.layers for weights in each)
    return spec.hidden_size * spec.num_layers * (2 if spec.bidirectional else 1)
