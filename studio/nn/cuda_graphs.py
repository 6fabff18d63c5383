"""A whole training step as one CUDA graph: small models are bound by launches otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from studio.core.examples import Examples
from studio.core.spec import MachineSpec, TrainingSpec
from studio.nn.batches import Batch
from studio.nn.steps import PlainStep, Step, Stepped

_WARM_UPS = 3  # libraries set themselves up and the optimiser makes its state


@dataclass(frozen=True)
class GraphPlan:
    """Whether steps are captured.

    Attributes:
        obstacle: Why not, a clause, or "" where they are.
        rest: Examples of the last batch of an epoch where it is smaller than the others, or 0.
        batch_size: Examples of the others.
    """

    obstacle: str
    rest: int
    batch_size: int

    @property
    def words(self) -> str:
        """For the note beside a time."""
        if self.obstacle:
            return f"steps are launched operation by operation: {self.obstacle}"
        captured = "each step is one CUDA graph"
        if not self.rest:
            return captured
        return (
            f"{captured}, but for the last batch of an epoch, of {self.rest} instead of "
            f"{self.batch_size} examples"
        )


def plan_graph(machine: MachineSpec, training: TrainingSpec, examples: Examples) -> GraphPlan:
    """Whether the steps of a run on CUDA can be captured once and replayed.

    Args:
        machine: Its precision counts.
        training: Its batch size and optimiser count.
        examples: The training part.
    """
    obstacle = ""
    if examples.lengths is not None:
        obstacle = "sequences differ in length, so batches differ in shape"
    elif examples.carried:
        obstacle = "the state is carried from batch to batch"
    elif len(examples) < training.batch_size:
        obstacle = "no batch is full"
    elif machine.precision == "fp16":
        obstacle = "fp16 decides from step to step whether the weights change"
    elif training.optimizer == "rmsprop":
        obstacle = "torch's RMSprop cannot be captured"
    return GraphPlan(obstacle, len(examples) % training.batch_size, training.batch_size)


class CapturedStep:
    """A step that is replayed for batches of its shape; any other is launched as usual.

    Args:
        step: What is captured.
        batch: Any batch of the shape that is replayed.

    Raises:
        RuntimeError: CUDA cannot capture it; weights and optimiser are as they were.
    """

    def __init__(self, step: PlainStep, batch: Batch) -> None:
        self._step = step
        self._inputs, self._targets = batch.inputs.clone(), batch.targets.clone()
        self._graph = torch.cuda.CUDAGraph()
        let_capture(step.optimizer, batch.inputs.device)
        with undone(step):
            _warm_up(step, self._static)
            step.optimizer.zero_grad(set_to_none=True)  # gradients shall lie in the graph's memory
            with torch.cuda.graph(self._graph):
                self._stepped = step(self._static)

    def __call__(self, batch: Batch) -> Stepped:
        """See Step."""
        if batch.inputs.shape != self._inputs.shape:
            return self._step(batch)
        self._inputs.copy_(batch.inputs)
        self._targets.copy_(batch.targets)
        self._graph.replay()
        return self._stepped

    @property
    def _static(self) -> Batch:
        return Batch(self._inputs, None, self._targets)


def capture_where_possible(step: PlainStep, batch: Batch, plan: GraphPlan) -> tuple[Step, str]:
    """The step to train with, and what is to be said of it beside a time."""
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


def let_capture(optimizer: Optimizer, device: torch.device) -> None:
    """Keeps the learning rate on the device, where a schedule changes it for a graph too."""
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(float(group["lr"]), device=device)
        if "capturable" in group:
            group["capturable"] = True
    # torch would warn of every last batch that is launched as usual
    optimizer._warned_capturable_if_run_uncaptured = True  # noqa: SLF001


def _warm_up(step: Step, batch: Batch) -> None:
    """Some steps on a stream of their own, as capturing asks for."""
    here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
    aside.wait_stream(here)
    with torch.cuda.stream(aside):
        for _ in range(_WARM_UPS):
            step(batch)
    here.wait_stream(aside)


@contextmanager
def undone(step: PlainStep) -> Iterator[None]:
    """Steps inside change nothing: weights and the optimiser's state are put back in place.

    A fresh optimiser has no state yet. What its first step makes is zero before it, in each of
    those that can be captured.
    """
    weights = [(weight, weight.detach().clone()) for weight in step.network.parameters()]
    known = [(tensor, tensor.clone()) for tensor in state_tensors(step.optimizer)]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor in state_tensors(step.optimizer):
                tensor.zero_()
            for tensor, before in weights + known:
                tensor.copy_(before)


def state_tensors(optimizer: Optimizer) -> list[Tensor]:
    """All tensors that an optimiser keeps between steps."""
    return [
        value
        for values in optimizer.state.values()
        for value in values.values()
        if isinstance(value, Tensor)
    ]
