"""The micro-kernels of a step back: the state's gradient, the blocks' gradients, and products."""

from typing import Any

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.equations import EQUATIONS, Backwards
from studio.nn.fused.tiles import (
    each_block,
    each_vector,
    intrinsic_of,
    product_sums,
    row_counts,
    row_of,
)
from studio.nn.fused.vectors import INDEX, Emitter, Target, Vector

BACKWARD = (
    "rows",
    "panels",  # of the gradients of the step after this one that read h; 0 in the last step
    "panel_stride",
    "later",  # address of the first row in their first panel
    "weights",  # of the unit block
    "gradients",  # address of a table: the address of each row of the outputs' gradient
    "states",  # address of a table: where the whole gradient of h goes; or 0
    "outputs",  # address of a table: the address of each row of the outputs
    "unit",
    "blocks",  # where the unit block's panel of block 0 goes
    "block_stride",  # floats from a block's panel to the next block's
    "carry",  # the unit block's panel of what is passed back
    "h_before",  # the unit block's panel
    "kept",
    "kept_row",
    "kept_plane",
    "c_before",
    "c_row",
    "count",
)


def backward_step(cell: FusedCell, vectors: int, target: Target) -> Any:
    """One step back of so many blocks of units: the state's gradient, then the blocks'.

    The weights of blocks that go together lie together; the last of them may be partial.
    """

    def generate(builder: Any, given: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            numbers, sums = product_sums(vectors, target, builder, given, size, first)

            def finish(some: Emitter, vector: int) -> None:
                own = _for_vector(some, given, vector)
                for number, row in zip(numbers, sums, strict=True):
                    _backward_row(cell, some, own, number, Vector(some, row[vector].get().value))

            each_vector(builder, target, vectors, given["count"], finish)

        each_block(builder, given["rows"], row_counts(target, vectors), block)

    return intrinsic_of(BACKWARD, generate)


def _for_vector(emit: Emitter, given: dict[str, Any], vector: int) -> dict[str, Any]:
    """Where the vector of a block reads and writes, by the same names."""
    if not vector:
        return given
    builder, lanes = emit.builder, emit.target.lanes
    offsets = {
        "unit": INDEX(vector * lanes),
        "blocks": builder.mul(given["panel_stride"], INDEX(4 * vector)),
        "h_before": builder.mul(given["panel_stride"], INDEX(4 * vector)),
        "carry": builder.mul(given["rows"], INDEX(4 * lanes * vector)),
        "kept": INDEX(4 * lanes * vector),
        "c_before": INDEX(4 * lanes * vector),
    }
    return {
        name: builder.add(value, offsets[name]) if name in offsets else value
        for name, value in given.items()
    }


def _backward_row(
    cell: FusedCell, emit: Emitter, given: dict[str, Any], number: Any, dh: Vector
) -> None:  # fmt: skip
    builder, lanes, unit = emit.builder, emit.target.lanes, given["unit"]
    carry = row_of(emit, given["carry"], number, lanes)
    dh += emit.load(emit.floats_on(emit.row_pointer(given["gradients"], number), unit))
    if cell.carries_h:
        dh += emit.load_whole(carry)
    with builder.if_then(builder.icmp_signed("!=", given["states"], INDEX(0)), likely=False):
        emit.store(dh, emit.floats_on(emit.row_pointer(given["states"], number), unit))
    kept = row_of(emit, given["kept"], number, given["kept_row"])
    c_before = row_of(emit, given["c_before"], number, given["c_row"])

    def load_kept(plane: int) -> Vector:
        return emit.load(emit.floats_on(kept, builder.mul(given["kept_plane"], INDEX(plane))))

    gradients, passed = EQUATIONS[cell.name].backward(
        Backwards(
            dh=dh,
            carry=lambda: emit.load_whole(carry),
            kept=load_kept,
            h_before=lambda: emit.load_whole(row_of(emit, given["h_before"], number, lanes)),
            h_after=lambda: emit.load(
                emit.floats_on(emit.row_pointer(given["outputs"], number), unit)
            ),
            c_before=lambda: emit.load(c_before),
        )
    )
    place = row_of(emit, given["blocks"], number, lanes)
    for block, vector in enumerate(gradients):
        offset = builder.mul(given["block_stride"], INDEX(block))
        emit.store_whole(vector, emit.floats_on(place, offset))
    if passed is not None:
        emit.store_whole(passed, carry)


PRODUCT = (
    "rows", "panels", "panel_stride", "later", "weights", "outputs", "unit", "count",
)  # fmt: skip


def product_step(vectors: int, target: Target) -> Any:
    """A @ W for blocks of columns, stored row by row; A in panels, names as in BACKWARD."""

    def generate(builder: Any, given: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            numbers, sums = product_sums(vectors, target, builder, given, size, first)

            def finish(some: Emitter, vector: int) -> None:
                unit = builder.add(given["unit"], INDEX(vector * target.lanes))
                for number, row in zip(numbers, sums, strict=True):
                    to = some.row_pointer(given["outputs"], number)
                    some.store(Vector(some, row[vector].get().value), some.floats_on(to, unit))

            each_vector(builder, target, vectors, given["count"], finish)

        sizes = [size for size in row_counts(target, vectors) if size != 2]  # noqa: PLR2004 - seldom
        each_block(builder, given["rows"], sizes, block)

    return intrinsic_of(PRODUCT, generate)
