"""Micro-kernel of the weight gradients: products summed over the rows of a chunk."""

from typing import Any

from studio.nn.engines.fused.tiles.register_tiles import (
    add_outer,
    each_block,
    intrinsic_of,
    looping_by,
    row_counts,
    row_of,
)
from studio.nn.engines.fused.tiles.vectors import INDEX, Emitter, Target

GATHER = (
    "rows",  # rows of the sums, which are columns of A
    "sums",  # address of the first vector of the first row
    "sums_row",  # floats between rows of the sums
    "left",  # address of the first row of A
    "left_row",  # floats between rows of A
    "right",  # address of the first panel of B
    "right_panel",  # floats between panels of B
    "length",  # rows of A and B
)
"""Arguments of `gather_step`."""


def gather_step(vectors: int, target: Target) -> Any:
    """Creates the micro-kernel sums += Aᵀ @ B.

    A is (length, rows), B is `vectors` panels of (length, L), and the sums are (rows, vectors * L).

    Args:
        vectors: Panels of B, from 1 to 4.
        target: Processor for which the micro-kernel is compiled.

    Returns:
        A Numba intrinsic that takes a tuple of integers in the order of `GATHER`.

    Raises:
        KeyError: The number of vectors is not supported.
    """

    def generate(builder: Any, args: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            _gather_block(vectors, target, builder, args, size, first)

        # the L columns of a panel of A are divided evenly, without a slow remainder
        sizes = [size for size in row_counts(target, vectors) if target.lanes % size == 0]
        each_block(builder, args["rows"], sizes, block)

    return intrinsic_of(GATHER, generate)


def _gather_block(
    vectors: int, target: Target, builder: Any, args: dict[str, Any], size: int, first: Any
) -> None:  # fmt: skip
    emit, lanes = Emitter(builder, target), target.lanes
    pointers = [
        [
            emit.floats_on(
                row_of(emit, args["sums"], builder.add(first, INDEX(m)), args["sums_row"]),
                v * lanes,
            )
            for v in range(vectors)
        ]
        for m in range(size)
    ]
    sums = [[emit.variable(emit.load_whole(pointer)) for pointer in row] for row in pointers]
    left = emit.floats_on(emit.pointer(args["left"]), first)
    right = emit.pointer(args["right"])
    panels = [
        emit.floats_on(right, builder.mul(args["right_panel"], INDEX(v))) for v in range(vectors)
    ]

    def add(index: Any) -> None:
        row = emit.floats_on(left, builder.mul(index, args["left_row"]))
        step = builder.mul(index, INDEX(lanes))
        scalars = [emit.floats_on(row, m) for m in range(size)]
        add_outer(emit, sums, scalars, [emit.floats_on(panel, step) for panel in panels])

    looping_by(builder, args["length"], 2, add)
    for row_pointers, row_sums in zip(pointers, sums, strict=True):
        for pointer, variable in zip(row_pointers, row_sums, strict=True):
            emit.store_whole(variable.get(), pointer)
