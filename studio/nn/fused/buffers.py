"""What a layer works on: its kernels, sizes, weights and states, and how a job tells of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.job import FIELDS
from studio.nn.fused.library import Library

_MANY_WEIGHTS = 100_000


class Layer(NamedTuple):
    """What computes a layer: the kernels, the cell, and the threads."""

    library: Library
    cell: FusedCell
    threads: int

    def threads_for(self, weights: "Weights") -> int:
        """Threads that copy weights: waking others for a few is not worth it."""
        count = sum(weight.numel() for weight in weights.each)
        return self.threads if count >= _MANY_WEIGHTS else 1


class States(NamedTuple):
    """Initial or last states (directions, batch, hidden); c is None for cells without it."""

    h: Tensor
    c: Tensor | None

    def part(self, own: slice) -> "States":
        """Those of some layers and directions of many."""
        return States(self.h[own], None if self.c is None else self.c[own])


def joined(states: Sequence[States]) -> States:
    """The states of several layers as those of all, (layers x directions, batch, hidden)."""
    if len(states) == 1:
        return states[0]
    cells = [each.c for each in states if each.c is not None]
    return States(torch.cat([each.h for each in states]), torch.cat(cells) if cells else None)


@dataclass(frozen=True)
class Sizes:
    """The sizes of a layer at work."""

    lanes: int
    directions: int
    batch: int
    steps: int
    inputs: int
    units: int

    @property
    def unit_blocks(self) -> int:
        """Vectors that hold all units."""
        return math.ceil(self.units / self.lanes)

    @property
    def input_blocks(self) -> int:
        """Vectors that hold all inputs."""
        return math.ceil(self.inputs / self.lanes)

    def shards(self, threads: int, most_rows: int | None = None) -> int:
        """Parts of the batch, one for each thread and direction where the batch is large enough."""
        wanted = math.ceil(threads / self.directions)
        if most_rows is not None:
            wanted *= max(1, math.ceil(self.batch / (most_rows * wanted)))
        return max(1, min(self.batch, wanted))


class Weights(NamedTuple):
    """torch.nn's weights of each direction: W_ih, W_hh, b_ih, b_hh, and again for the reverse."""

    each: tuple[Tensor, ...]

    def fields(self) -> dict[str, int]:
        """Their addresses."""
        names = ("W_IH", "W_HH", "B_IH", "B_HH")
        found = {}
        for number, tensor in enumerate(self.each):
            name = names[number % 4] + ("_REVERSE" if number > 3 else "")  # noqa: PLR2004
            found[name] = tensor.data_ptr()
        return found


def job_of(**fields: int) -> list[int]:
    """A job in which these fields are set and the others 0."""
    job = [0] * len(FIELDS)
    for name, value in fields.items():
        job[FIELDS[name]] = value
    return job


def of_sizes(sizes: Sizes) -> dict[str, int]:
    """The fields of the sizes."""
    return {
        "STEPS": sizes.steps,
        "BATCH": sizes.batch,
        "INPUT_SIZE": sizes.inputs,
        "HIDDEN": sizes.units,
    }


def address_of(tensor: Tensor | None) -> int:
    """Where a tensor stands; 0 is none."""
    return 0 if tensor is None else tensor.data_ptr()


def rows_of(name: str, tensor: Tensor) -> dict[str, int]:
    """Where (batch, time, features) stands in memory."""
    return {
        name: tensor.data_ptr(),
        f"{name}_ROW": tensor.stride(0),
        f"{name}_TIME": tensor.stride(1),
    }


def dense_features(tensor: Tensor) -> Tensor:
    """The tensor, or a copy whose features lie together."""
    return tensor if tensor.stride(2) == 1 or tensor.shape[2] == 1 else tensor.contiguous()
