"""Online learning: every sequence of a stream is seen once and none is stored."""

from contextlib import nullcontext

import torch
from torch import Tensor

from studio.core.arrays import Floats, Integers
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.prefetch import Batch
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.losses import training_loss
from studio.nn.networks.network_builder import NetworkBuilder
from studio.nn.seeding import key
from studio.nn.training.optimization import build_optimizer
from studio.nn.training.step_clock import StepClock
from studio.nn.training.steps import PlainStep

_SCORING_BATCH_SIZE = 2000


class OnlineLearner:
    """One classification network; used only in the compute thread.

    Args:
        spec: The contender.
        preprocessing: Classes and channels of the stream; its sequences are equally long.
        training: Optimiser, learning rate, clipping and batch size.
        machine: Device, engine and threads.
        seed: Determines initial weights; equal for paired contenders.

    Raises:
        MachineError: The requested engine is not available.
    """

    def __init__(
        self,
        spec: ContenderSpec,
        preprocessing: Preprocessing,
        training: TrainingSpec,
        machine: MachineSpec,
        seed: int,
    ) -> None:
        use_threads(choose_threads(machine.threads))
        self._device = device_for(machine)
        self._batch_size = training.batch_size
        self._clock = StepClock(self._device)
        torch.manual_seed(key("weights", seed))
        self._network = NetworkBuilder(machine, self._device).network(spec, preprocessing)
        loss = training_loss(preprocessing, self._device)
        optimizer = build_optimizer(self._network, training)
        self._step = PlainStep(self._network, loss, optimizer, training.clip, nullcontext)

    def learn(self, inputs: Floats, classes: Integers) -> Floats:
        """One training step per batch, in the order of the stream.

        Args:
            inputs: Scaled, (examples, time, channels).
            classes: (examples,).

        Returns:
            Seconds of each step, (steps,).
        """
        for first in range(0, len(classes), self._batch_size):
            part = slice(first, first + self._batch_size)
            targets = self._tensor(classes[part])
            self._clock.start()
            self._step(Batch(self._tensor(inputs[part]), None, targets))
            self._clock.stop()
        return self._clock.take()

    @torch.no_grad()
    def predictions(self, inputs: Floats) -> Integers:
        """The predicted class of each sequence, (examples,)."""
        self._network.eval()
        classes = [
            self._network(self._tensor(inputs[first : first + _SCORING_BATCH_SIZE])).argmax(dim=1)
            for first in range(0, len(inputs), _SCORING_BATCH_SIZE)
        ]
        self._network.train()
        predictions: Integers = torch.cat(classes).cpu().numpy()
        return predictions

    def _tensor(self, values: Floats | Integers) -> Tensor:
        return torch.from_numpy(values).to(self._device)
