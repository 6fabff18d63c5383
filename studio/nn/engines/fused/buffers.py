"""Kernels, sizes, weights and states of a layer, and their fields in a job."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernel_arguments import FIELDS
from studio.nn.engines.fused.library import Library

_MANY_WEIGHTS = 100_000


class Layer(NamedTuple):
    """Kernels, cell and threads of a layer."""

    library: Library
    cell: FusedCell
    threads: int

    def threads_for(self, weights: "LayerTensors") -> int:
        """Threads for copying weights; for few weights one is faster."""
        count = sum(weight.numel() for weight in weights.tensors)
        return self.threads if count >= _MANY_WEIGHTS else 1


class States(NamedTuple):
    """Initial or final states (directions, batch, hidden); c is None for cells without it."""

    h: Tensor
    c: Tensor | None

    def part(self, index: slice) -> "States":
        """The states of some layers and directions."""
        return States(self.h[index], None if self.c is None else self.c[index])


def joined(states: Sequence[States]) -> States:
    """The states of several layers, concatenated to (layers x directions, batch, hidden)."""
    if len(states) == 1:
        return states[0]
    cells = [state.c for state in states if state.c is not None]
    return States(torch.cat([state.h for state in states]), torch.cat(cells) if cells else None)


@dataclass(frozen=True)
class LayerSizes:
    """Sizes of a layer and its batch."""

    lanes: int
    directions: int
    batch: int
    steps: int
    inputs: int
    units: int

    @property
    def unit_blocks(self) -> int:
        """Number of vectors for all units."""
        return math.ceil(self.units / self.lanes)

    @property
    def input_blocks(self) -> int:
        """Number of vectors for all inputs."""
        return math.ceil(self.inputs / self.lanes)

    def shards(self, threads: int, most_rows: int | None = None) -> int:
        """Parts of the batch, at most one per thread and direction."""
        wanted = math.ceil(threads / self.directions)
        if most_rows is not None:
            wanted *= max(1, math.ceil(self.batch / (most_rows * wanted)))
        return max(1, min(self.batch, wanted))


class LayerTensors(NamedTuple):
    """torch.nn's weights W_ih, W_hh, b_ih, b_hh, for each direction."""

    tensors: tuple[Tensor, ...]

    def fields(self) -> dict[str, int]:
        """Their addresses."""
        names = ("W_IH", "W_HH", "B_IH", "B_HH")
        addresses = {}
        for number, tensor in enumerate(self.tensors):
            name = names[number % 4] + ("_REVERSE" if number > 3 else "")  # noqa: PLR2004
            addresses[name] = tensor.data_ptr()
        return addresses


def kernel_arguments(**fields: int) -> list[int]:
    """A job with these fields set and the others 0."""
    job = [0] * len(FIELDS)
    for name, value in fields.items():
        job[FIELDS[name]] = value
    return job


def size_arguments(sizes: LayerSizes) -> dict[str, int]:
    return {
        "STEPS": sizes.steps,
        "BATCH": sizes.batch,
        "INPUT_SIZE": sizes.inputs,
        "HIDDEN": sizes.units,
    }


def address_of(tensor: Tensor | None) -> int:
    """The address of a tensor; 0 for None."""
    return 0 if tensor is None else tensor.data_ptr()


def row_arguments(name: str, tensor: Tensor) -> dict[str, int]:
    """Address and strides of a tensor (batch, time, features)."""
    return {
        name: tensor.data_ptr(),
        f"{name}_ROW": tensor.stride(0),
        f"{name}_TIME": tensor.stride(1),
    }


def dense_features(tensor: Tensor) -> Tensor:
    """The tensor, or a copy with contiguous features."""
    return tensor if tensor.stride(2) == 1 or tensor.shape[2] == 1 else tensor.contiguous()
