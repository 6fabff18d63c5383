"""One recurrent layer of all its directions as an operation of torch's autograd."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.job import FIELDS
from studio.nn.fused.kernel_names import PEAK_LENGTH, PEAK_PANELS
from studio.nn.fused.library import Library

_MOST_ROWS = 64  # examples of a piece: their states stay in the cache
_CHUNK_FLOATS = 72_000  # gradients and states that are gathered at once: half of a usual L2 cache
_LEAST_CHUNK_ROWS = 64
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


def _job(**fields: int) -> list[int]:
    job = [0] * len(FIELDS)
    for name, value in fields.items():
        job[FIELDS[name]] = value
    return job


def _of_sizes(sizes: Sizes) -> dict[str, int]:
    return {
        "STEPS": sizes.steps,
        "BATCH": sizes.batch,
        "INPUT_SIZE": sizes.inputs,
        "HIDDEN": sizes.units,
    }


def _address(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _rows(name: str, tensor: Tensor) -> dict[str, int]:
    """Where (batch, time, features) stands in memory."""
    return {
        name: tensor.data_ptr(),
        f"{name}_ROW": tensor.stride(0),
        f"{name}_TIME": tensor.stride(1),
    }


def _dense_features(tensor: Tensor) -> Tensor:
    """The tensor, or a copy whose features lie together."""
    return tensor if tensor.stride(2) == 1 or tensor.shape[2] == 1 else tensor.contiguous()


def _pack(layer: Layer, sizes: Sizes, weights: Weights) -> tuple[Tensor, int]:
    cell, lanes = layer.cell, sizes.lanes
    of_block = sizes.unit_blocks * lanes * len(cell.torch_h) + sizes.inputs * len(cell.torch_x)
    stride = sizes.unit_blocks * (of_block + cell.blocks) * lanes
    packed = torch.empty(sizes.directions * stride)
    job = _job(
        ITEMS=sizes.directions * sizes.unit_blocks,
        SHARDS=sizes.unit_blocks,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **_of_sizes(sizes),
        **weights.fields(),
    )
    layer.library.run("pack", job, layer.threads_for(weights))
    return packed, stride


def _pack_back(layer: Layer, sizes: Sizes, weights: Weights, *, inputs: bool) -> tuple[Tensor, int]:
    cell, lanes = layer.cell, sizes.lanes
    blocks = sizes.unit_blocks + (sizes.input_blocks if inputs else 0)
    stride = sizes.unit_blocks * lanes * lanes * len(cell.torch_h) * blocks
    packed = torch.empty(sizes.directions * stride)
    job = _job(
        ITEMS=sizes.directions * blocks,
        SHARDS=blocks,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **_of_sizes(sizes),
        **weights.fields(),
    )
    layer.library.run("pack_back", job, layer.threads_for(weights))
    return packed, stride


def run_forward(  # noqa: PLR0913, PLR0917 - what a layer reads
    layer: Layer,
    sizes: Sizes,
    inputs: Tensor,
    lengths: Tensor | None,
    before: States,
    weights: Weights,
    *,
    keep: bool,
) -> tuple[Tensor, States, Tensor | None]:
    """The outputs (batch, time, directions x hidden), the last states, and what was kept."""
    cell = layer.cell
    outputs = torch.empty(sizes.batch, sizes.steps, sizes.directions * sizes.units)
    last = States(
        torch.empty_like(before.h), None if before.c is None else torch.empty_like(before.c)
    )
    kept = None
    if keep:
        kept = torch.empty(sizes.directions, sizes.steps, sizes.batch, cell.kept, sizes.units)
    packed, stride = _pack(layer, sizes, weights)
    shards = sizes.shards(layer.threads, _MOST_ROWS)
    rows = math.ceil(sizes.batch / shards)
    scratch_stride = rows * (2 * sizes.unit_blocks * sizes.lanes + 4 + cell.kept * sizes.units)
    scratch_stride += -scratch_stride % 16
    scratch = torch.empty(sizes.directions * shards * scratch_stride)
    job = _job(
        ITEMS=sizes.directions * shards,
        SHARDS=shards,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=scratch_stride,
        LENGTHS=_address(lengths),
        H0=before.h.data_ptr(),
        C0=_address(before.c),
        HN=last.h.data_ptr(),
        CN=_address(last.c),
        KEPT=_address(kept) if cell.kept else 0,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **_of_sizes(sizes),
        **_rows("X", inputs),
        **_rows("OUT", outputs),
    )
    layer.library.run("forward", job, layer.threads)
    return outputs, last, kept


class Given(NamedTuple):
    """Gradients that come from above; None where nothing asks for one."""

    outputs: Tensor | None
    h: Tensor | None
    c: Tensor | None


class Wanted(NamedTuple):
    """Which gradients are asked for beside those of the weights."""

    inputs: bool
    h: bool
    c: bool
    states: bool


class Found(NamedTuple):
    """Gradients: of the inputs, initial states, each state (as the outputs lie), and weights."""

    inputs: Tensor | None
    h: Tensor | None
    c: Tensor | None
    states: Tensor | None
    weights: tuple[Tensor, ...]


@dataclass(frozen=True)
class Done:
    """What a forward pass leaves for the backward pass."""

    inputs: Tensor
    outputs: Tensor
    kept: Tensor | None
    lengths: Tensor | None
    before: States


def run_backward(  # noqa: PLR0913, PLR0917 - what a layer reads
    layer: Layer, sizes: Sizes, done: Done, weights: Weights, given: Given, wanted: Wanted
) -> Found:
    """All gradients that are wanted."""
    cell, lanes = layer.cell, sizes.lanes
    packed, stride = _pack_back(layer, sizes, weights, inputs=wanted.inputs)
    shards = sizes.shards(layer.threads)
    pieces = math.ceil(sizes.batch / (shards * _MOST_ROWS))
    rows = math.ceil(sizes.batch / (shards * pieces))
    of_row = (cell.blocks + 1) * sizes.unit_blocks * lanes + sizes.inputs + 1
    chunk_rows = max(_LEAST_CHUNK_ROWS, _CHUNK_FLOATS // of_row)
    chunk = max(2, min(sizes.steps, chunk_rows // rows))
    scratch_stride = chunk * rows * of_row + (rows + 1) * sizes.unit_blocks * lanes + 8 * rows
    scratch_stride += -scratch_stride % 16
    padded = sizes.unit_blocks * lanes
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    sums_stride = padded * (padded * reads_h + (sizes.inputs + 1) * reads_x + cell.first_x)
    items = sizes.directions * shards
    scratch, sums = torch.empty(items * scratch_stride), torch.empty(items * sums_stride)
    found = Found(
        inputs=torch.empty(sizes.directions, sizes.batch, sizes.steps, sizes.inputs)
        if wanted.inputs
        else None,
        h=torch.empty_like(done.before.h) if wanted.h else None,
        c=torch.empty_like(done.before.h) if wanted.c else None,
        states=torch.empty_like(done.outputs) if wanted.states else None,
        weights=tuple(torch.empty_like(weight) for weight in weights.each),
    )
    job = _job(
        ITEMS=items,
        SHARDS=shards,
        PIECES=pieces,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=scratch_stride,
        LENGTHS=_address(done.lengths),
        H0=done.before.h.data_ptr(),
        C0=_address(done.before.c),
        KEPT=_address(done.kept),
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        DHN=_address(given.h),
        DCN=_address(given.c),
        DSTATES=_address(found.states),
        DX=_address(found.inputs),
        DH0=_address(found.h),
        DC0=_address(found.c),
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=sums_stride,
        CHUNK=chunk,
        MOST_ROWS=rows,
        **_of_sizes(sizes),
        **_rows("X", done.inputs),
        **_rows("OUT", done.outputs),
        **({} if given.outputs is None else _rows("DOUT", given.outputs)),
    )
    layer.library.run("backward", job, layer.threads)
    collecting = _job(
        ITEMS=sizes.directions * reads_h,
        SHARDS=shards,
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=sums_stride,
        **_of_sizes(sizes),
        **Weights(found.weights).fields(),
    )
    layer.library.run("collect", collecting, layer.threads_for(weights))
    return found


def peak_flops(library: Library, threads: int, repeats: int) -> float:
    """Floating-point operations of so many runs of the micro-kernel in each thread."""
    lanes = library.lanes
    stride = (1 + PEAK_PANELS) * PEAK_LENGTH * lanes + PEAK_PANELS * lanes * lanes
    scratch = torch.zeros(threads * stride)
    job = _job(ITEMS=threads, SCRATCH=scratch.data_ptr(), SCRATCH_STRIDE=stride, STEPS=repeats)
    library.run("peak", job, threads)
    return 2.0 * lanes * lanes * PEAK_PANELS * PEAK_LENGTH * repeats * threads


class RunLayer(torch.autograd.Function):
    """outputs, h_n, c_n = RunLayer.apply(layer, keep, lengths, x, h_0, c_0, nudge, *weights).

    keep says whether there may be a backward pass.

    The nudge is None, or zeros as the outputs lie that stand for an addition to each state: its
    gradient is the whole gradient of each state, over all later steps.
    """

    @staticmethod
    def forward(  # noqa: PLR0913, PLR0917 - torch passes what it is given
        ctx: Any,  # noqa: ANN401
        layer: Layer,
        keep: bool,  # noqa: FBT001
        lengths: Tensor | None,
        inputs: Tensor,
        h: Tensor,
        c: Tensor | None,
        nudge: Tensor | None,  # noqa: ARG004 - only its gradient is of use
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """See the class."""
        inputs, h = _dense_features(inputs), h.contiguous()
        c = None if c is None else c.contiguous()
        weights = tuple(weight.contiguous() for weight in weights)
        batch, steps, width = inputs.shape
        sizes = Sizes(layer.library.lanes, len(weights) // 4, batch, steps, width, h.shape[2])
        keep = keep and any(ctx.needs_input_grad)
        outputs, last, kept = run_forward(
            layer, sizes, inputs, lengths, States(h, c), Weights(weights), keep=keep
        )
        if keep:
            ctx.save_for_backward(inputs, outputs, kept, lengths, h, c, *weights)
            ctx.layer, ctx.sizes = layer, sizes
            ctx.set_materialize_grads(False)
        return outputs, last.h, last.c

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        *given: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        """See the class."""
        inputs, outputs, kept, lengths, h, c, *weights = ctx.saved_tensors
        _, _, _, *needs = ctx.needs_input_grad
        from_outputs, from_h, from_c = given
        done = Done(inputs, outputs, kept, lengths, States(h, c))
        found = run_backward(
            ctx.layer,
            ctx.sizes,
            done,
            Weights(tuple(weights)),
            _merged(from_outputs, from_h, from_c, ctx.sizes, lengths),
            Wanted(*needs[:4]),
        )
        dx = None if found.inputs is None else _summed(found.inputs)
        return None, None, None, dx, found.h, found.c, found.states, *found.weights


def _summed(inputs: Tensor) -> Tensor:
    return inputs[0] if len(inputs) == 1 else inputs[0] + inputs[1]


def _merged(
    outputs: Tensor | None, h: Tensor | None, c: Tensor | None, sizes: Sizes, lengths: Tensor | None
) -> Given:
    """The gradient of the last h is that of an output where both are asked for."""
    c = None if c is None else c.contiguous()
    if outputs is None or h is None:
        dense = None if outputs is None else _dense_features(outputs)
        return Given(dense, None if h is None else h.contiguous(), c)
    merged = outputs.clone(memory_format=torch.contiguous_format)
    examples = torch.arange(sizes.batch)
    last = torch.full_like(examples, sizes.steps) if lengths is None else lengths
    places: Sequence[Tensor] = (last - 1, torch.zeros_like(examples))
    for number, each in enumerate(h):
        units = slice(number * sizes.units, (number + 1) * sizes.units)
        merged[examples, places[number], units] += each
    return Given(merged, None, c)
