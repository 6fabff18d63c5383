"""The micro-kernel of the weights' gradients: sums over the examples and steps of a chunk."""

from typing import Any

from studio.nn.fused.tiles import (
    add_outer,
    each_block,
    intrinsic_of,
    looping_by,
    row_counts,
    row_of,
)
from studio.nn.fused.vectors import INDEX, Emitter, Target

GATHER = (
    "rows",  # of the sums: columns of A
    "sums",  # address of the first row's first vector
    "sums_row",
    "left",  # address of A's first row
    "left_row",  # floats from a row of A to the next
    "right",  # address of the first panel of B
    "right_panel",  # floats from a panel of B to the next
    "length",  # rows of A and of B
)


def gather_step(vectors: int, target: Target) -> Any:
    """Sums += A^T @ B for so many panels of B: the gradients of weights."""

    def generate(builder: Any, given: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            _gather_block(vectors, target, builder, given, size, first)

        # a panel's columns are the rows of the sums: none may be left over
        sizes = [size for size in row_counts(target, vectors) if target.lanes % size == 0]
        each_block(builder, given["rows"], sizes, block)

    return intrinsic_of(GATHER, generate)


def _gather_block(
    vectors: int, target: Target, builder: Any, given: dict[str, Any], size: int, first: Any
) -> None:  # fmt: skip
    emit, lanes = Emitter(builder, target), target.lanes
    places = [
        [
            emit.floats_on(
                row_of(emit, given["sums"], builder.add(first, INDEX(m)), given["sums_row"]),
                v * lanes,
            )
            for v in range(vectors)
        ]
        for m in range(size)
    ]
    sums = [[emit.variable(emit.load_whole(place)) for place in row] for row in places]
    left = emit.floats_on(emit.pointer(given["left"]), first)
    right = emit.pointer(given["right"])
    panels = [
        emit.floats_on(right, builder.mul(given["right_panel"], INDEX(v))) for v in range(vectors)
    ]

    def add(index: Any) -> None:
        row = emit.floats_on(left, builder.mul(index, given["left_row"]))
        step = builder.mul(index, INDEX(lanes))
        numbers = [emit.floats_on(row, m) for m in range(size)]
        add_outer(emit, sums, numbers, [emit.floats_on(panel, step) for panel in panels])

    looping_by(builder, given["length"], 2, add)
    for row_places, row_sums in zip(places, sums, strict=True):
        for place, variable in zip(row_places, row_sums, strict=True):
            emit.store_whole(variable.get(), place)
