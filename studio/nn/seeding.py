"""Random numbers keyed by what they are for, so that interleaving and resuming change nothing."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor


def key(purpose: str, seed: int, epoch: int = 0) -> int:
    """A 63-bit seed for one purpose of one run seed and epoch; equal for all contenders."""
    entropy = [zlib.crc32(purpose.encode()), seed, epoch]
    return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> np.uint64(1))


def epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The order of the examples in an epoch, (count,) int64: the same for all contenders."""
    generator = torch.Generator().manual_seed(key("order", seed, epoch))
    return torch.randperm(count, generator=generator)


class GlobalRandomness:
    """One run's share of torch's global generators, swapped in for its turns.

    Between turns of other runs the state is kept here, so that dropout draws the same numbers
    however the turns fall.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._state = self._read()

    def reseed(self, seed: int, epoch: int) -> None:
        """Starts the numbers of an epoch; to be called within a turn."""
        torch.manual_seed(key("dropout", seed, epoch))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The run's own generators inside, the caller's again afterwards."""
        outside = self._read()
        self._write(self._state)
        try:
            yield
        finally:
            self._state = self._read()
            self._write(outside)

    def _read(self) -> list[Tensor]:
        states = [torch.get_rng_state()]
        if self._device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self._device))
        return states

    def _write(self, states: list[Tensor]) -> None:
        torch.set_rng_state(states[0])
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(states[1], self._device)
