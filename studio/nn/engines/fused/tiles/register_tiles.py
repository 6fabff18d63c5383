"""Register-blocked matrix products: a few rows by a few vectors are summed in registers.

Addresses are 64-bit integers and strides are in floats. A panel is L consecutive columns of a
matrix, stored row by row (docs/engine.md, Buffers). Values passed as Any are LLVM values.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from studio.nn.engines.fused.tiles.vectors import INDEX, Emitter, Target, Variable, Vector

Body = Callable[[int, Any], None]


def row_counts(target: Target, vectors: int) -> tuple[int, ...]:
    """Returns the heights of row blocks whose sums fit in registers, in descending order.

    Besides the sums of a block, registers must hold the shorter operand and one element of the
    longer.

    Args:
        target: Processor, for its number of registers.
        vectors: Vectors per row, from 1 to 4.

    Raises:
        KeyError: The number of vectors is not supported.
    """
    if target.registers >= 32:  # noqa: PLR2004 - AVX-512 and NEON
        return {1: (8, 1), 2: (8, 4, 2, 1), 3: (8, 4, 2, 1), 4: (6, 4, 2, 1)}[vectors]
    return {1: (4, 1), 2: (6, 4, 2, 1), 3: (4, 2, 1), 4: (3, 2, 1)}[vectors]


@contextmanager
def _looping(builder: Any, count: Any) -> Iterator[Any]:
    """Emits a loop around the code in the context and yields its index, from 0 to count - 1."""
    with cgutils.for_range(builder, count, intp=INDEX) as loop:
        yield loop.index


def looping_by(builder: Any, count: Any, times: int, body: Callable[[Any], None]) -> None:
    """Emits an unrolled loop over range(count), with a second loop for the remainder.

    Args:
        builder: llvmlite IRBuilder.
        count: Number of calls, an LLVM integer.
        times: Unroll factor.
        body: Emits the code for an index.
    """
    whole = builder.sdiv(count, INDEX(times))
    with _looping(builder, whole) as turn:
        first = builder.mul(turn, INDEX(times))
        for offset in range(times):
            body(builder.add(first, INDEX(offset)))
    done = builder.mul(whole, INDEX(times))
    with _looping(builder, builder.sub(count, done)) as remainder:
        body(builder.add(done, remainder))


def each_block(builder: Any, rows: Any, sizes: Sequence[int], body: Body) -> None:
    """Emits loops that cover all rows with blocks of the given sizes, largest first.

    Four remaining rows are processed as two blocks of two instead of three and one: a single row
    is bound by the latency of its additions.

    Args:
        builder: llvmlite IRBuilder.
        rows: Number of rows, an LLVM integer.
        sizes: Block heights in descending order, ending with 1.
        body: Emits the code for a block, given its height and its first row.
    """
    start = cgutils.alloca_once_value(builder, INDEX(0))
    for size in sizes:
        test = builder.append_basic_block("rows.test")
        work = builder.append_basic_block("rows.work")
        done = builder.append_basic_block("rows.done")
        builder.branch(test)
        builder.position_at_end(test)
        first = builder.load(start, typ=INDEX)
        left = builder.sub(rows, first)
        fits = builder.icmp_signed(">=", left, INDEX(size))
        if size == 3:  # noqa: PLR2004 - the exception above
            fits = builder.and_(fits, builder.icmp_signed("!=", left, INDEX(4)))
        builder.cbranch(fits, work, done)
        builder.position_at_end(work)
        body(size, first)
        builder.store(builder.add(first, INDEX(size)), start)
        builder.branch(test)
        builder.position_at_end(done)


def add_panels(
    emit: Emitter, sums: list[list[Variable]], rows: Sequence[Any], panels: Any,
    panel_stride: Any, weights: Any,
) -> None:  # fmt: skip
    """Emits sums += A @ W for A stored in panels.

    Args:
        emit: Emitter of the instructions.
        sums: Sums of each row, (rows, vectors).
        rows: Pointers to the rows in the first panel of A.
        panels: Number of panels of A.
        panel_stride: Floats between panels of A.
        weights: Pointer to W, (panel, lane, vector, L).
    """
    lanes, width = emit.target.lanes, len(sums[0])
    with _looping(emit.builder, panels) as panel:
        start = emit.builder.mul(panel, panel_stride)
        block = emit.floats_on(weights, emit.builder.mul(panel, INDEX(lanes * width * lanes)))
        firsts = [emit.floats_on(row, start) for row in rows]
        for lane in range(lanes):
            add_outer(
                emit,
                sums,
                [emit.floats_on(first, lane) for first in firsts],
                [emit.floats_on(block, (lane * width + v) * lanes) for v in range(width)],
            )


def add_rows(
    emit: Emitter, sums: list[list[Variable]], rows: Sequence[Any], count: Any,
    weights: Any,
) -> None:  # fmt: skip
    """Emits sums += A @ W for A with contiguous rows.

    Args:
        emit: Emitter of the instructions.
        sums: Sums of each row, (rows, vectors).
        rows: Pointers to the rows of A.
        count: Columns of A.
        weights: Pointer to W, (column, vector, L).
    """
    width = len(sums[0])
    with _looping(emit.builder, count) as column:
        block = emit.floats_on(weights, emit.builder.mul(column, INDEX(width * emit.target.lanes)))
        scalars = [emit.floats_on(row, column) for row in rows]
        vectors = [emit.floats_on(block, v * emit.target.lanes) for v in range(width)]
        add_outer(emit, sums, scalars, vectors)


def add_outer(
    emit: Emitter, sums: list[list[Variable]], left: Sequence[Any], right: Sequence[Any]
) -> None:
    """Emits the outer product sums[m][v] += left[m] * right[v].

    The shorter operand is loaded into registers first.

    Args:
        emit: Emitter of the instructions.
        sums: Sums, (rows, vectors).
        left: Pointers to one float per row.
        right: Pointers to the vectors of L floats.
    """

    def add(row: int, column: int, scalar: Vector, vector: Vector) -> None:
        total = sums[row][column]
        total.set(emit.add_product(total.get(), scalar, vector))

    if len(right) < len(left):
        vectors = [emit.load_whole(pointer) for pointer in right]
        for row, pointer in enumerate(left):
            scalar = emit.broadcast(pointer)
            for column, vector in enumerate(vectors):
                add(row, column, scalar, vector)
        return
    scalars = [emit.broadcast(pointer) for pointer in left]
    for column, pointer in enumerate(right):
        vector = emit.load_whole(pointer)
        for row, scalar in enumerate(scalars):
            add(row, column, scalar, vector)


def whole_or_partial(
    builder: Any, target: Target, count: Any, finish: Callable[[Emitter], None]
) -> None:  # fmt: skip
    """Emits the end of a block twice: for all lanes, and masked for a partial last vector.

    Args:
        builder: llvmlite IRBuilder.
        target: Processor for which instructions are emitted.
        count: Number of active lanes, an LLVM integer in [1, L].
        finish: Emits the end of the block with the given emitter.
    """
    is_whole = builder.icmp_signed("==", count, INDEX(target.lanes))
    with builder.if_else(is_whole, likely=True) as (whole, partial):
        with whole:
            finish(Emitter(builder, target))
        with partial:
            finish(Emitter(builder, target, count))


def _taking(names: Sequence[str]) -> Any:
    return types.UniTuple(types.intp, len(names))


def intrinsic_of(names: Sequence[str], generate: Callable[[Any, dict[str, Any]], None]) -> Any:
    """Creates a Numba intrinsic that takes one tuple of integers.

    Args:
        names: Names of the integers in the tuple, in order.
        generate: Emits the code, given the builder and the LLVM integers by name.
    """

    @intrinsic
    def function(context: Any, values: Any) -> Any:
        del context, values

        def lower(_: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            values = cgutils.unpack_tuple(builder, arguments[0], len(names))
            del signature
            generate(builder, dict(zip(names, values, strict=True)))
            return ir.Constant(INDEX, 0)

        return types.intp(_taking(names)), lower

    return function


def row_of(emit: Emitter, address: Any, number: Any, stride: Any) -> Any:
    """Returns a pointer to a row of a matrix.

    Args:
        emit: Emitter of the instructions.
        address: Integer address of the first row.
        number: Index of the row, an LLVM integer.
        stride: Floats between rows, a Python or LLVM integer.
    """
    floats = INDEX(stride) if isinstance(stride, int) else stride
    return emit.floats_on(emit.pointer(address), emit.builder.mul(number, floats))


def product_sums(
    vectors: int, target: Target, builder: Any, args: dict[str, Any], size: int, first: Any
) -> tuple[list[Any], list[list[Variable]]]:  # fmt: skip
    """Emits the product A @ W of a block of rows, with A stored in panels.

    Args:
        vectors: Vectors of W per lane of A.
        target: Processor for which instructions are emitted.
        builder: llvmlite IRBuilder.
        args: LLVM integers by name: later (address of A), panels, panel_stride and weights.
        size: Rows of the block.
        first: First row of the block, an LLVM integer.

    Returns:
        The row indices, and the sums, (rows, vectors).
    """
    emit = Emitter(builder, target)
    indices = [builder.add(first, INDEX(m)) for m in range(size)]
    sums = [[emit.variable(emit.constant(0.0)) for _ in range(vectors)] for _ in indices]
    rows = [row_of(emit, args["later"], index, target.lanes) for index in indices]
    weights = emit.pointer(args["weights"])
    add_panels(emit, sums, rows, args["panels"], args["panel_stride"], weights)
    return indices, sums


def each_vector(
    builder: Any, target: Target, vectors: int, count: Any, finish: Callable[[Emitter, int], None]
) -> None:  # fmt: skip
    """Emits the end of a block for each of its vectors, of which only the last may be partial.

    Args:
        builder: llvmlite IRBuilder.
        target: Processor for which instructions are emitted.
        vectors: Vectors per row.
        count: Active lanes of the last vector, an LLVM integer in [1, L].
        finish: Emits the end of the block for a vector, with the given emitter.
    """
    for vector in range(vectors - 1):
        finish(Emitter(builder, target), vector)
    whole_or_partial(builder, target, count, lambda emit: finish(emit, vectors - 1))
