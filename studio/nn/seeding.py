"""Random numbers keyed by purpose, so that interleaving and resuming do not change them."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor


def key(purpose: str, seed: int, epoch: int = 0) -> int:
    """A 63-bit seed for a purpose, run seed and epoch; equal for all contenders."""
    entropy = [zlib.crc32(purpose.encode()), seed, epoch]
    return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> np.uint64(1))


def epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The shuffled order of the examples of an epoch, (count,) int64, equal for all contenders."""
    generator = torch.Generator().manual_seed(key("order", seed, epoch))
    return torch.randperm(count, generator=generator)


class GlobalRandomness:
    """The state of torch's global generators for one run, swapped in for its turns.

    The state is kept here during turns of other runs, so that dropout draws the same numbers
    whatever the order of turns.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._state = self._read()

    def reseed(self, seed: int, epoch: int) -> None:
        """Reseeds for an epoch; call it within a turn."""
        torch.manual_seed(key("dropout", seed, epoch))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Swaps in the run's state, and restores the caller's afterwards."""
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
