"""A training step as one CUDA graph; otherwise launch overhead limits small models."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from studio.core.prepared.examples import Examples
from studio.core.specs.comparison_spec import MachineSpec, TrainingSpec
from studio.nn.batching.batches import Batch
from studio.nn.training.steps import PlainStep, Step, StepResult

_WARM_UPS = 3  # for libraries to initialise and the optimiser to create its state


@dataclass(frozen=True)
class GraphPlan:
    """Whether steps are captured.

    Attributes:
        obstacle: Why not, a clause, or "" if they are.
        rest: Examples of the last batch of an epoch if it is smaller than the others, or 0.
        batch_size: Examples of the other batches.
    """

    obstacle: str
    rest: int
    batch_size: int

    @property
    def words(self) -> str:
        """For the note on times."""
        if self.obstacle:
            return f"no CUDA graphs: {self.obstacle}"
        captured = "each step is one CUDA graph"
        if not self.rest:
            return captured
        return (
            f"{captured}, except the last batch of an epoch, with {self.rest} instead of "
            f"{self.batch_size} examples"
        )


def plan_graph(machine: MachineSpec, training: TrainingSpec, examples: Examples) -> GraphPlan:
    """Whether the steps of a run on CUDA can be captured once and replayed.

    Args:
        machine: For its precision.
        training: For its batch size and optimiser.
        examples: The training set.
    """
    obstacle = ""
    if examples.lengths is not None:
        obstacle = "sequences differ in length, so batches differ in shape"
    elif examples.carried:
        obstacle = "the state is carried from batch to batch"
    elif len(examples) < training.batch_size:
        obstacle = "the training set is smaller than a batch"
    elif machine.precision == "fp16":
        obstacle = "fp16 decides at each step whether to update the weights"
    elif training.optimizer == "rmsprop":
        obstacle = "PyTorch's RMSprop does not support them"
    return GraphPlan(obstacle, len(examples) % training.batch_size, training.batch_size)


class CapturedStep:
    """A step that is replayed for batches of one shape; other batches run as usual.

    Args:
        step: The step to capture.
        batch: Any batch of that shape.

    Raises:
        RuntimeError: CUDA cannot capture it; weights and optimiser are unchanged.
    """

    def __init__(self, step: PlainStep, batch: Batch) -> None:
        self._step = step
        self._inputs, self._targets = batch.inputs.clone(), batch.targets.clone()
        self._graph = torch.cuda.CUDAGraph()
        make_capturable(step.optimizer, batch.inputs.device)
        with restoring_state(step):
            _warm_up(step, self._static)
            step.optimizer.zero_grad(
                set_to_none=True
            )  # so that gradients are in the graph's memory
            with torch.cuda.graph(self._graph):
                self._result = step(self._static)

    def __call__(self, batch: Batch) -> StepResult:
        """See Step."""
        if batch.inputs.shape != self._inputs.shape:
            return self._step(batch)
        self._inputs.copy_(batch.inputs)
        self._targets.copy_(batch.targets)
        self._graph.replay()
        return self._result

    @property
    def _static(self) -> Batch:
        return Batch(self._inputs, None, self._targets)


def capture_where_possible(step: PlainStep, batch: Batch, plan: GraphPlan) -> tuple[Step, str]:
    """The step to train with, and the note for its times."""
    if plan.obstacle:
        return step, plan.words
    try:
        return CapturedStep(step, batch), plan.words
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        reason = str(error).partition("\n")[0]
        failed = GraphPlan(f"the step could not be captured ({reason})", plan.rest, plan.batch_size)
        return step, failed.words


def make_capturable(optimizer: Optimizer, device: torch.device) -> None:
    """Moves the learning rate to the device, so that a schedule can change it in a graph."""
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(float(group["lr"]), device=device)
        if "capturable" in group:
            group["capturable"] = True
    # otherwise torch warns of every last batch, which is not captured
    optimizer._warned_capturable_if_run_uncaptured = True  # noqa: SLF001


def _warm_up(step: Step, batch: Batch) -> None:
    """Some steps on a separate stream, as capturing requires."""
    current, separate = torch.cuda.current_stream(), torch.cuda.Stream()
    separate.wait_stream(current)
    with torch.cuda.stream(separate):
        for _ in range(_WARM_UPS):
            step(batch)
    current.wait_stream(separate)


@contextmanager
def restoring_state(step: PlainStep) -> Iterator[None]:
    """Restores weights and the optimiser's state in place after steps inside.

    A new optimiser has no state yet. In every optimiser that can be captured, the state that the
    first step creates is zero before that step.
    """
    weights = [(weight, weight.detach().clone()) for weight in step.network.parameters()]
    state = [(tensor, tensor.clone()) for tensor in state_tensors(step.optimizer)]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor in state_tensors(step.optimizer):
                tensor.zero_()
            for tensor, before in weights + state:
                tensor.copy_(before)


def state_tensors(optimizer: Optimizer) -> list[Tensor]:
    """All tensors of an optimiser's state."""
    return [
        value
        for values in optimizer.state.values()
        for value in values.values()
        if isinstance(value, Tensor)
    ]
