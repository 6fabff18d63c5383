"""Micro-kernels of a backward step: gradients of the state and pre-activations, and products."""

from typing import Any

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.tiles.cell_equations import EQUATIONS, BackwardStep
from studio.nn.engines.fused.tiles.register_tiles import (
    each_block,
    each_vector,
    intrinsic_of,
    product_sums,
    row_counts,
    row_of,
)
from studio.nn.engines.fused.tiles.vectors import INDEX, Emitter, Target, Vector

BACKWARD = (
    "rows",  # examples
    "panels",  # panels of the next step's pre-activation gradients that read h; 0 in the last step
    "panel_stride",  # floats between panels
    "later",  # address of the first row of the first of these panels
    "weights",  # address of the unit block's packed weights
    "gradients",  # address of a table with the address of each row of the output gradients
    "states",  # address of a table with the address of each row for the total gradient of h, or 0
    "outputs",  # address of a table with the address of each row of the outputs
    "unit",  # first unit of the unit block
    "blocks",  # address of the unit block's panel of the gradient of pre-activation block 0
    "block_stride",  # floats between the panels of consecutive pre-activation blocks
    "carry",  # address of the unit block's panel of the gradient passed to the previous step
    "h_before",  # address of the unit block's panel of the state before the step
    "kept",  # address of the first saved value of the first row and unit
    "kept_row",  # floats between rows of the saved values
    "kept_plane",  # floats between saved values of the same unit
    "c_before",  # address of c before the step, of the first row and unit
    "c_row",  # floats between rows of c
    "count",  # units of the last unit block: L, or fewer
)
"""Arguments of `backward_step`."""


def backward_step(cell: FusedCell, vectors: int, target: Target) -> Any:
    """Creates the micro-kernel of one step backward in time, for `vectors` * L units.

    It computes the total gradient of h and from it the gradients of the pre-activation blocks.

    Args:
        cell: Cell whose equations are used.
        vectors: Unit blocks computed together, whose packed weights are interleaved; only the last
            may be partial.
        target: Processor for which the micro-kernel is compiled.

    Returns:
        A Numba intrinsic that takes a tuple of integers in the order of `BACKWARD`.
    """

    def generate(builder: Any, args: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            indices, sums = product_sums(vectors, target, builder, args, size, first)

            def finish(emitter: Emitter, vector: int) -> None:
                shifted = _for_vector(emitter, args, vector)
                for index, row in zip(indices, sums, strict=True):
                    _backward_row(
                        cell, emitter, shifted, index, Vector(emitter, row[vector].get().value)
                    )

            each_vector(builder, target, vectors, args["count"], finish)

        each_block(builder, args["rows"], row_counts(target, vectors), block)

    return intrinsic_of(BACKWARD, generate)


def _for_vector(emit: Emitter, args: dict[str, Any], vector: int) -> dict[str, Any]:
    """Arguments advanced to the vector-th unit block."""
    if not vector:
        return args
    builder, lanes = emit.builder, emit.target.lanes
    offsets = {
        "unit": INDEX(vector * lanes),
        "blocks": builder.mul(args["panel_stride"], INDEX(4 * vector)),
        "h_before": builder.mul(args["panel_stride"], INDEX(4 * vector)),
        "carry": builder.mul(args["rows"], INDEX(4 * lanes * vector)),
        "kept": INDEX(4 * lanes * vector),
        "c_before": INDEX(4 * lanes * vector),
    }
    return {
        name: builder.add(value, offsets[name]) if name in offsets else value
        for name, value in args.items()
    }


def _backward_row(
    cell: FusedCell, emit: Emitter, args: dict[str, Any], index: Any, dh: Vector
) -> None:  # fmt: skip
    builder, lanes, unit = emit.builder, emit.target.lanes, args["unit"]
    carry = row_of(emit, args["carry"], index, lanes)
    dh += emit.load(emit.floats_on(emit.row_pointer(args["gradients"], index), unit))
    if cell.carries_h:
        dh += emit.load_whole(carry)
    with builder.if_then(builder.icmp_signed("!=", args["states"], INDEX(0)), likely=False):
        emit.store(dh, emit.floats_on(emit.row_pointer(args["states"], index), unit))
    kept = row_of(emit, args["kept"], index, args["kept_row"])
    c_before = row_of(emit, args["c_before"], index, args["c_row"])

    def load_kept(plane: int) -> Vector:
        return emit.load(emit.floats_on(kept, builder.mul(args["kept_plane"], INDEX(plane))))

    gradients, previous = EQUATIONS[cell.name].backward(
        BackwardStep(
            dh=dh,
            carry=lambda: emit.load_whole(carry),
            kept=load_kept,
            h_before=lambda: emit.load_whole(row_of(emit, args["h_before"], index, lanes)),
            h_after=lambda: emit.load(
                emit.floats_on(emit.row_pointer(args["outputs"], index), unit)
            ),
            c_before=lambda: emit.load(c_before),
        )
    )
    block_row = row_of(emit, args["blocks"], index, lanes)
    for block, vector in enumerate(gradients):
        offset = builder.mul(args["block_stride"], INDEX(block))
        emit.store_whole(vector, emit.floats_on(block_row, offset))
    if previous is not None:
        emit.store_whole(previous, carry)


PRODUCT = (
    "rows",  # rows of A
    "panels",  # panels of A
    "panel_stride",  # floats between panels of A
    "later",  # address of the first row of the first panel of A
    "weights",  # address of the column blocks' packed weights
    "outputs",  # address of a table with the address of each row of the product
    "unit",  # first column of the column blocks
    "count",  # columns of the last column block: L, or fewer
)
"""Arguments of `product_step`."""


def product_step(vectors: int, target: Target) -> Any:
    """Creates the micro-kernel of the product A @ W, for `vectors` * L columns of W.

    A is stored in panels, W as (panel, lane, vector, L), and the product row by row.

    Args:
        vectors: Column blocks computed together; only the last may be partial.
        target: Processor for which the micro-kernel is compiled.

    Returns:
        A Numba intrinsic that takes a tuple of integers in the order of `PRODUCT`.
    """

    def generate(builder: Any, args: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            indices, sums = product_sums(vectors, target, builder, args, size, first)

            def finish(emitter: Emitter, vector: int) -> None:
                unit = builder.add(args["unit"], INDEX(vector * target.lanes))
                for index, row in zip(indices, sums, strict=True):
                    output = emitter.row_pointer(args["outputs"], index)
                    emitter.store(
                        Vector(emitter, row[vector].get().value), emitter.floats_on(output, unit)
                    )

            each_vector(builder, target, vectors, args["count"], finish)

        sizes = [size for size in row_counts(target, vectors) if size != 2]  # noqa: PLR2004 - rarely needed
        each_block(builder, args["rows"], sizes, block)

    return intrinsic_of(PRODUCT, generate)
