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

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.equations import EQUATIONS, Backwards
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


def _looping_by(builder: Any, count: Any, times: int, body: Callable[[Any], None]) -> None:
    """Runs a body for 0, 1, ... below the count, so many times in each turn of the loop."""
    whole = builder.sdiv(count, INDEX(times))
    with _looping(builder, whole) as turn:
        first = builder.mul(turn, INDEX(times))
        for number in range(times):
            body(builder.add(first, INDEX(number)))
    done = builder.mul(whole, INDEX(times))
    with _looping(builder, builder.sub(count, done)) as rest:
        body(builder.add(done, rest))


def _each_block(builder: Any, rows: Any, sizes: Sequence[int], body: Body) -> None:
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


def _add_panels(
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
            _add_outer(
                emit,
                sums,
                [emit.floats_on(first, lane) for first in firsts],
                [emit.floats_on(block, (lane * width + v) * lanes) for v in range(width)],
            )


def _add_rows(
    emit: Emitter, sums: list[list[Variable]], rows: Sequence[Any], count: Any,
    weights: Any,
) -> None:  # fmt: skip
    """The same where the rows of A are contiguous, `count` floats each."""
    width = len(sums[0])
    with _looping(emit.builder, count) as column:
        block = emit.floats_on(weights, emit.builder.mul(column, INDEX(width * emit.target.lanes)))
        places = [emit.floats_on(row, column) for row in rows]
        vectors = [emit.floats_on(block, v * emit.target.lanes) for v in range(width)]
        _add_outer(emit, sums, places, vectors)


def _add_outer(
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


def _whole_or_partial(
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


def _intrinsic(names: Sequence[str], generate: Callable[[Any, dict[str, Any]], None]) -> Any:
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


FORWARD = (
    "rows",  # of the block of examples
    "panels",  # of the state h
    "panel_stride",
    "h",  # address of the first row in the first panel of h
    "inputs",  # address of a table: the address of each row of x
    "input_size",
    "weights",  # of the unit block: for h, then for x
    "biases",  # of the unit block
    "outputs",  # address of a table: the address of each row of the outputs
    "unit",  # number of the block's first unit
    "h_before",  # the unit block's panel of h: row stride L
    "h_after",  # where the new h goes in the same form
    "kept",  # of the first row, the unit block's first unit
    "kept_row",
    "kept_plane",
    "c_before",
    "c_row",
    "count",  # units of this block: L, or fewer in the last
)


def forward_step(cell: FusedCell, target: Target) -> Any:
    """One step of a block of units for many rows: products, gates, states."""
    sizes = row_counts(target, len(cell.torch_h))

    def generate(builder: Any, given: dict[str, Any]) -> None:
        def block(size: int, first: Any) -> None:
            _forward_block(cell, target, builder, given, size, first)

        _each_block(builder, given["rows"], sizes, block)

    return _intrinsic(FORWARD, generate)


def _forward_block(
    cell: FusedCell, target: Target, builder: Any, given: dict[str, Any], size: int, first: Any
) -> None:  # fmt: skip
    emit, lanes = Emitter(builder, target), target.lanes
    numbers = [builder.add(first, INDEX(m)) for m in range(size)]
    reads_h, reads_x, first_x = len(cell.torch_h), len(cell.torch_x), cell.first_x
    biases, weights = emit.pointer(given["biases"]), emit.pointer(given["weights"])

    def begin(block: int) -> list[Variable]:
        place = emit.floats_on(biases, block * lanes)
        return [emit.variable(emit.load_whole(place)) for _ in numbers]

    read = [begin(block) for block in range(first_x, cell.blocks)]
    rows = [emit.row_pointer(given["inputs"], number) for number in numbers]
    passed = builder.mul(given["panels"], INDEX(lanes * reads_h * lanes))
    of_x = emit.floats_on(weights, passed)
    _add_rows(emit, _by_row(read), rows, given["input_size"], of_x)
    alone = read[reads_h - first_x :]
    _put_aside(emit, given, numbers, alone)
    sums = [begin(block) for block in range(first_x)] + read[: reads_x - len(alone)]
    rows = [_row(emit, given["h"], number, lanes) for number in numbers]
    _add_panels(emit, _by_row(sums), rows, given["panels"], given["panel_stride"], weights)

    def finish(some: Emitter) -> None:
        for number, row in zip(numbers, _by_row(sums), strict=True):
            blocks = [variable.get() for variable in row]
            aside = _row(some, given["h_after"], number, lanes)
            blocks += [some.load_whole(aside) for _ in alone]
            _forward_row(cell, some, given, number, blocks)

    _whole_or_partial(builder, target, given["count"], finish)


def _by_row(blocks: list[list[Variable]]) -> list[list[Variable]]:
    return [list(row) for row in zip(*blocks, strict=True)]


def _put_aside(
    emit: Emitter, given: dict[str, Any], numbers: list[Any], alone: list[list[Variable]]
) -> None:
    """Stores the sums that read no h where the new h goes: they would take registers from the rest.

    The fence keeps LLVM from holding them in registers all the same.
    """
    for column in alone:
        for number, variable in zip(numbers, column, strict=True):
            place = _row(emit, given["h_after"], number, emit.target.lanes)
            emit.store_whole(variable.get(), place)
    if alone:
        emit.builder.fence("seq_cst", "singlethread")


def _forward_row(
    cell: FusedCell, emit: Emitter, given: dict[str, Any], number: Any, blocks: list[Vector]
) -> None:  # fmt: skip
    blocks = [Vector(emit, each.value) for each in blocks]
    lanes = emit.target.lanes
    h_before = _row(emit, given["h_before"], number, lanes)
    c_before = _row(emit, given["c_before"], number, given["c_row"])
    h, kept = EQUATIONS[cell.name].forward(
        blocks, lambda: emit.load_whole(h_before), lambda: emit.load(c_before)
    )
    emit.store_whole(h, _row(emit, given["h_after"], number, lanes))
    emit.store(h, emit.floats_on(emit.row_pointer(given["outputs"], number), given["unit"]))
    place = _row(emit, given["kept"], number, given["kept_row"])
    for plane, vector in enumerate(kept):
        offset = emit.builder.mul(given["kept_plane"], INDEX(plane))
        emit.store(vector, emit.floats_on(place, offset))


def _row(emit: Emitter, address: Any, number: Any, stride: Any) -> Any:
    """Pointer to a row of a matrix."""
    step = INDEX(stride) if isinstance(stride, int) else stride
    return emit.floats_on(emit.pointer(address), emit.builder.mul(number, step))


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
            numbers, sums = _product_sums(vectors, target, builder, given, size, first)

            def finish(some: Emitter, vector: int) -> None:
                own = _for_vector(some, given, vector)
                for number, row in zip(numbers, sums, strict=True):
                    _backward_row(cell, some, own, number, Vector(some, row[vector].get().value))

            _each_vector(builder, target, vectors, given["count"], finish)

        _each_block(builder, given["rows"], row_counts(target, vectors), block)

    return _intrinsic(BACKWARD, generate)


def _product_sums(
    vectors: int, target: Target, builder: Any, given: dict[str, Any], size: int, first: Any
) -> tuple[list[Any], list[list[Variable]]]:  # fmt: skip
    """The product of a block of rows of panels with weights: row numbers, sums."""
    emit = Emitter(builder, target)
    numbers = [builder.add(first, INDEX(m)) for m in range(size)]
    sums = [[emit.variable(emit.constant(0.0)) for _ in range(vectors)] for _ in numbers]
    rows = [_row(emit, given["later"], number, target.lanes) for number in numbers]
    weights = emit.pointer(given["weights"])
    _add_panels(emit, sums, rows, given["panels"], given["panel_stride"], weights)
    return numbers, sums


def _each_vector(
    builder: Any, target: Target, vectors: int, count: Any, finish: Callable[[Emitter, int], None]
) -> None:  # fmt: skip
    """Emits the end of a block for each of its vectors; only the last may be partial."""
    for vector in range(vectors - 1):
        finish(Emitter(builder, target), vector)
    _whole_or_partial(builder, target, count, lambda some: finish(some, vectors - 1))


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
    carry = _row(emit, given["carry"], number, lanes)
    dh += emit.load(emit.floats_on(emit.row_pointer(given["gradients"], number), unit))
    if cell.carries_h:
        dh += emit.load_whole(carry)
    with builder.if_then(builder.icmp_signed("!=", given["states"], INDEX(0)), likely=False):
        emit.store(dh, emit.floats_on(emit.row_pointer(given["states"], number), unit))
    kept = _row(emit, given["kept"], number, given["kept_row"])
    c_before = _row(emit, given["c_before"], number, given["c_row"])

    def load_kept(plane: int) -> Vector:
        return emit.load(emit.floats_on(kept, builder.mul(given["kept_plane"], INDEX(plane))))

    gradients, passed = EQUATIONS[cell.name].backward(
        Backwards(
            dh=dh,
            carry=lambda: emit.load_whole(carry),
            kept=load_kept,
            h_before=lambda: emit.load_whole(_row(emit, given["h_before"], number, lanes)),
            h_after=lambda: emit.load(
                emit.floats_on(emit.row_pointer(given["outputs"], number), unit)
            ),
            c_before=lambda: emit.load(c_before),
        )
    )
    place = _row(emit, given["blocks"], number, lanes)
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
            numbers, sums = _product_sums(vectors, target, builder, given, size, first)

            def finish(some: Emitter, vector: int) -> None:
                unit = builder.add(given["unit"], INDEX(vector * target.lanes))
                for number, row in zip(numbers, sums, strict=True):
                    to = some.row_pointer(given["outputs"], number)
                    some.store(Vector(some, row[vector].get().value), some.floats_on(to, unit))

            _each_vector(builder, target, vectors, given["count"], finish)

        sizes = [size for size in row_counts(target, vectors) if size != 2]  # noqa: PLR2004 - seldom
        _each_block(builder, given["rows"], sizes, block)

    return _intrinsic(PRODUCT, generate)


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
        _each_block(builder, given["rows"], sizes, block)

    return _intrinsic(GATHER, generate)


def _gather_block(
    vectors: int, target: Target, builder: Any, given: dict[str, Any], size: int, first: Any
) -> None:  # fmt: skip
    emit, lanes = Emitter(builder, target), target.lanes
    places = [
        [
            emit.floats_on(
                _row(emit, given["sums"], builder.add(first, INDEX(m)), given["sums_row"]),
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
        _add_outer(emit, sums, numbers, [emit.floats_on(panel, step) for panel in panels])

    _looping_by(builder, given["length"], 4, add)
    for row_places, row_sums in zip(places, sums, strict=True):
        for place, variable in zip(row_places, row_sums, strict=True):
            emit.store_whole(variable.get(), place)
