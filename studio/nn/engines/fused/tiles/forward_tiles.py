"""Micro-kernel of a forward step: products, gates and states are computed in registers."""

from typing import Any

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.tiles.cell_equations import EQUATIONS
from studio.nn.engines.fused.tiles.register_tiles import (
    add_panels,
    add_rows,
    each_block,
    intrinsic_of,
    row_counts,
    row_of,
    whole_or_partial,
)
from studio.nn.engines.fused.tiles.vectors import INDEX, Emitter, Target, Variable, Vector

FORWARD = (
    "rows",  # examples
    "panels",  # panels of h
    "panel_stride",  # floats between panels of h
    "h",  # address of the first row of the first panel of h
    "inputs",  # address of a table with the address of each row of x
    "input_size",
    "weights",  # address of the unit block's packed weights: for h, then for x
    "biases",  # address of the unit block's biases, (block, L)
    "outputs",  # address of a table with the address of each row of the outputs
    "unit",  # first unit of the unit block
    "h_before",  # address of the unit block's panel of h, (rows, L)
    "h_after",  # address of the unit block's panel of the new h, (rows, L)
    "kept",  # address of the first saved value of the first row and unit
    "kept_row",  # floats between rows of the saved values
    "kept_plane",  # floats between saved values of the same unit
    "c_before",  # address of c of the first row and unit
    "c_row",  # floats between rows of c
    "count",  # units of the unit block: L, or fewer in the last
)
"""Arguments of `forward_step`."""


def forward_step(cell: FusedCell, target: Target) -> Any:
    """Creates the micro-kernel of one time step, for L units and any number of examples.

    It computes the products of h and x with the packed weights, the gates and the new state, and
    writes the new h, the outputs and the saved values.

    Args:
        cell: Cell whose equations are used.
        target: Processor for which the micro-kernel is compiled.

    Returns:
        A Numba intrinsic that takes a tuple of integers in the order of `FORWARD`.
    """
    sizes = row_counts(target, len(cell.torch_h))

    def generate(builder: Any, args: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            _forward_block(cell, target, builder, args, size, first)

        each_block(builder, args["rows"], sizes, block)

    return intrinsic_of(FORWARD, generate)


def _forward_block(
    cell: FusedCell, target: Target, builder: Any, args: dict[str, Any], size: int, first: Any
) -> None:  # fmt: skip
    emit, lanes = Emitter(builder, target), target.lanes
    indices = [builder.add(first, INDEX(m)) for m in range(size)]
    reads_h, reads_x, first_x = len(cell.torch_h), len(cell.torch_x), cell.first_x
    biases, weights = emit.pointer(args["biases"]), emit.pointer(args["weights"])

    def biased(block: int) -> list[Variable]:
        bias = emit.floats_on(biases, block * lanes)
        return [emit.variable(emit.load_whole(bias)) for _ in indices]

    x_sums = [biased(block) for block in range(first_x, cell.blocks)]
    rows = [emit.row_pointer(args["inputs"], index) for index in indices]
    h_floats = builder.mul(args["panels"], INDEX(lanes * reads_h * lanes))
    x_weights = emit.floats_on(weights, h_floats)
    add_rows(emit, _by_row(x_sums), rows, args["input_size"], x_weights)
    x_only = x_sums[reads_h - first_x :]
    _spill(emit, args, indices, x_only)
    sums = [biased(block) for block in range(first_x)] + x_sums[: reads_x - len(x_only)]
    rows = [row_of(emit, args["h"], index, lanes) for index in indices]
    add_panels(emit, _by_row(sums), rows, args["panels"], args["panel_stride"], weights)

    def finish(emitter: Emitter) -> None:
        for index, row in zip(indices, _by_row(sums), strict=True):
            blocks = [variable.get() for variable in row]
            spilled = row_of(emitter, args["h_after"], index, lanes)
            blocks += [emitter.load_whole(spilled) for _ in x_only]
            _forward_row(cell, emitter, args, index, blocks)

    whole_or_partial(builder, target, args["count"], finish)


def _by_row(blocks: list[list[Variable]]) -> list[list[Variable]]:
    return [list(row) for row in zip(*blocks, strict=True)]


def _spill(
    emit: Emitter, args: dict[str, Any], indices: list[Any], x_only: list[list[Variable]]
) -> None:
    """Stores the sums of blocks that do not read h in the panel of the new h, to free registers.

    The fence keeps LLVM from holding them in registers anyway.
    """
    for column in x_only:
        for index, variable in zip(indices, column, strict=True):
            spilled = row_of(emit, args["h_after"], index, emit.target.lanes)
            emit.store_whole(variable.get(), spilled)
    if x_only:
        emit.builder.fence("seq_cst", "singlethread")


def _forward_row(
    cell: FusedCell, emit: Emitter, args: dict[str, Any], index: Any, blocks: list[Vector]
) -> None:  # fmt: skip
    blocks = [Vector(emit, block.value) for block in blocks]
    lanes = emit.target.lanes
    h_before = row_of(emit, args["h_before"], index, lanes)
    c_before = row_of(emit, args["c_before"], index, args["c_row"])
    h, kept = EQUATIONS[cell.name].forward(
        blocks, lambda: emit.load_whole(h_before), lambda: emit.load(c_before)
    )
    emit.store_whole(h, row_of(emit, args["h_after"], index, lanes))
    emit.store(h, emit.floats_on(emit.row_pointer(args["outputs"], index), args["unit"]))
    kept_row = row_of(emit, args["kept"], index, args["kept_row"])
    for plane, vector in enumerate(kept):
        offset = emit.builder.mul(args["kept_plane"], INDEX(plane))
        emit.store(vector, emit.floats_on(kept_row, offset))
