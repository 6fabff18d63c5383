"""The micro-kernels: a block of rows by a few vectors, held in registers while a product is summed.

All addresses are integers, all strides are in floats unless a name says otherwise. What a panel is
stands in docs/engine.md: L consecutive columns of a matrix, stored row after row.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from studio.nn.fused.vectors import INDEX, Emitter, Target, Variable, Vector

Body = Callable[[int, Any], None]


def row_counts(target: Target, vectors: int) -> tuple[int, ...]:
    """How many rows the blocks have whose sums of so many vectors each stay in registers.

    Besides the sums there must be room for the fewer factors and one of the others.
    """
    if target.registers >= 32:  # noqa: PLR2004
        return {1: (8, 1), 2: (8, 4, 2, 1), 3: (8, 4, 2, 1), 4: (6, 4, 2, 1)}[vectors]
    return {1: (4, 1), 2: (6, 4, 2, 1), 3: (4, 2, 1), 4: (3, 2, 1)}[vectors]


@contextmanager
def _looping(builder: Any, count: Any) -> Iterator[Any]:
    """The code inside runs for 0, 1, ... below the count, an LLVM integer."""
    with cgutils.for_range(builder, count, intp=INDEX) as loop:
        yield loop.index


def looping_by(builder: Any, count: Any, times: int, body: Callable[[Any], None]) -> None:
    """Runs a body for 0, 1, ... below the count, so many times in each turn of the loop."""
    whole = builder.sdiv(count, INDEX(times))
    with _looping(builder, whole) as turn:
        first = builder.mul(turn, INDEX(times))
        for number in range(times):
            body(builder.add(first, INDEX(number)))
    done = builder.mul(whole, INDEX(times))
    with _looping(builder, builder.sub(count, done)) as rest:
        body(builder.add(done, rest))


def each_block(builder: Any, rows: Any, sizes: Sequence[int], body: Body) -> None:
    """Emits loops that cover all rows with blocks of these sizes, the largest first.

    Four rows in blocks of three go as two and two, not three and one: a single row waits for the
    latency of its sums.
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
        if size == 3:  # noqa: PLR2004 - see above
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
    """Sums += A @ W, where A lies in panels and W as (panel, lane, vector, L).

    Args:
        emit: Where instructions go.
        sums: For each row its vectors.
        rows: Pointers to the rows in the first panel.
        panels: How many panels A has.
        panel_stride: Floats from a panel to the next.
        weights: Pointer to W.
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
    """The same where the rows of A are contiguous, `count` floats each."""
    width = len(sums[0])
    with _looping(emit.builder, count) as column:
        block = emit.floats_on(weights, emit.builder.mul(column, INDEX(width * emit.target.lanes)))
        places = [emit.floats_on(row, column) for row in rows]
        vectors = [emit.floats_on(block, v * emit.target.lanes) for v in range(width)]
        add_outer(emit, sums, places, vectors)


def add_outer(
    emit: Emitter, sums: list[list[Variable]], left: Sequence[Any], right: Sequence[Any]
) -> None:
    """sums[m][v] += *left[m] * *right[v]; the fewer factors are those held in registers."""

    def add(row: int, column: int, number: Vector, vector: Vector) -> None:
        place = sums[row][column]
        place.set(emit.add_product(place.get(), number, vector))

    if len(right) < len(left):
        vectors = [emit.load_whole(place) for place in right]
        for row, place in enumerate(left):
            number = emit.broadcast(place)
            for column, vector in enumerate(vectors):
                add(row, column, number, vector)
        return
    numbers = [emit.broadcast(place) for place in left]
    for column, place in enumerate(right):
        vector = emit.load_whole(place)
        for row, number in enumerate(numbers):
            add(row, column, number, vector)


def whole_or_partial(
    builder: Any, target: Target, count: Any, finish: Callable[[Emitter], None]
) -> None:  # fmt: skip
    """Emits the end of a block for all lanes, and masked for the last units of an odd size."""
    is_whole = builder.icmp_signed("==", count, INDEX(target.lanes))
    with builder.if_else(is_whole, likely=True) as (whole, partial):
        with whole:
            finish(Emitter(builder, target))
        with partial:
            finish(Emitter(builder, target, count))


def _taking(names: Sequence[str]) -> Any:
    return types.UniTuple(types.intp, len(names))


def intrinsic_of(names: Sequence[str], generate: Callable[[Any, dict[str, Any]], None]) -> Any:
    """A Numba function of one tuple of integers with these names."""

    @intrinsic
    def function(context: Any, given: Any) -> Any:
        del context, given

        def lower(_: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            values = cgutils.unpack_tuple(builder, arguments[0], len(names))
            del signature
            generate(builder, dict(zip(names, values, strict=True)))
            return ir.Constant(INDEX, 0)

        return types.intp(_taking(names)), lower

    return function


def row_of(emit: Emitter, address: Any, number: Any, stride: Any) -> Any:
    """Pointer to a row of a matrix."""
    step = INDEX(stride) if isinstance(stride, int) else stride
    return emit.floats_on(emit.pointer(address), emit.builder.mul(number, step))


def product_sums(
    vectors: int, target: Target, builder: Any, given: dict[str, Any], size: int, first: Any
) -> tuple[list[Any], list[list[Variable]]]:  # fmt: skip
    """The product of a block of rows of panels with weights: row numbers, sums."""
    emit = Emitter(builder, target)
    numbers = [builder.add(first, INDEX(m)) for m in range(size)]
    sums = [[emit.variable(emit.constant(0.0)) for _ in range(vectors)] for _ in numbers]
    rows = [row_of(emit, given["later"], number, target.lanes) for number in numbers]
    weights = emit.pointer(given["weights"])
    add_panels(emit, sums, rows, given["panels"], given["panel_stride"], weights)
    return numbers, sums


def each_vector(
    builder: Any, target: Target, vectors: int, count: Any, finish: Callable[[Emitter, int], None]
) -> None:  # fmt: skip
    """Emits the end of a block for each of its vectors; only the last may be partial."""
    for vector in range(vectors - 1):
        finish(Emitter(builder, target), vector)
    whole_or_partial(builder, target, count, lambda some: finish(some, vectors - 1))
