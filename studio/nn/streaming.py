"""Learning from a stream: every sequence is seen once and none is kept."""

from contextlib import nullcontext

import torch
from torch import Tensor

from studio.core.arrays import Floats, Integers
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.clock import StepClock
from studio.nn.devices import choose_threads, device_for, use_threads
from studio.nn.optimization import build_optimizer, training_loss
from studio.nn.seeding import key
from studio.nn.sending import Batch
from studio.nn.serving import Server
from studio.nn.steps import PlainStep

_SCORED_AT_ONCE = 2000


class StreamLearner:
    """One network of a classification; used in the compute thread alone.

    Args:
        spec: The contender.
        preparation: Classes and channels of the stream, whose sequences are equally long.
        training: Optimiser, learning rate, clipping and batch size.
        machine: What computes.
        seed: Keys the weights; equal for contenders that are paired.

    Raises:
        MachineError: The engine that was asked for cannot serve.
    """

    def __init__(
        self,
        spec: ContenderSpec,
        preparation: Preparation,
        training: TrainingSpec,
        machine: MachineSpec,
        seed: int,
    ) -> None:
        use_threads(choose_threads(machine.threads))
        self._device = device_for(machine)
        self._batch_size = training.batch_size
        self._clock = StepClock(self._device)
        torch.manual_seed(key("weights", seed))
        self._network = Server(machine, self._device).network(spec, preparation)
        loss = training_loss(preparation, self._device)
        optimizer = build_optimizer(self._network, training)
        self._step = PlainStep(self._network, loss, optimizer, training.clip, nullcontext)

    def learn(self, inputs: Floats, classes: Integers) -> Floats:
        """One step for each batch, in the order of the stream.

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
    def answers(self, inputs: Floats) -> Integers:
        """The class that is named for each sequence, (examples,)."""
        self._network.eval()
        found = [
            self._network(self._tensor(inputs[first : first + _SCORED_AT_ONCE])).argmax(dim=1)
            for first in range(0, len(inputs), _SCORED_AT_ONCE)
        ]
        self._network.train()
        named: Integers = torch.cat(found).cpu().numpy()
        return named

    def _tensor(self, values: Floats | Integers) -> Tensor:
        return torch.from_numpy(values).to(self._device)
