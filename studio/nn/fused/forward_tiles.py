"""The micro-kernel of a forward step: products, then gates and states without leaving registers."""

from typing import Any

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.equations import EQUATIONS
from studio.nn.fused.tiles import (
    add_panels,
    add_rows,
    each_block,
    intrinsic_of,
    row_counts,
    row_of,
    whole_or_partial,
)
from studio.nn.fused.vectors import INDEX, Emitter, Target, Variable, Vector

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

        each_block(builder, given["rows"], sizes, block)

    return intrinsic_of(FORWARD, generate)


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
    add_rows(emit, _by_row(read), rows, given["input_size"], of_x)
    alone = read[reads_h - first_x :]
    _put_aside(emit, given, numbers, alone)
    sums = [begin(block) for block in range(first_x)] + read[: reads_x - len(alone)]
    rows = [row_of(emit, given["h"], number, lanes) for number in numbers]
    add_panels(emit, _by_row(sums), rows, given["panels"], given["panel_stride"], weights)

    def finish(some: Emitter) -> None:
        for number, row in zip(numbers, _by_row(sums), strict=True):
            blocks = [variable.get() for variable in row]
            aside = row_of(some, given["h_after"], number, lanes)
            blocks += [some.load_whole(aside) for _ in alone]
            _forward_row(cell, some, given, number, blocks)

    whole_or_partial(builder, target, given["count"], finish)


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
            place = row_of(emit, given["h_after"], number, emit.target.lanes)
            emit.store_whole(variable.get(), place)
    if alone:
        emit.builder.fence("seq_cst", "singlethread")


def _forward_row(
    cell: FusedCell, emit: Emitter, given: dict[str, Any], number: Any, blocks: list[Vector]
) -> None:  # fmt: skip
    blocks = [Vector(emit, each.value) for each in blocks]
    lanes = emit.target.lanes
    h_before = row_of(emit, given["h_before"], number, lanes)
    c_before = row_of(emit, given["c_before"], number, given["c_row"])
    h, kept = EQUATIONS[cell.name].forward(
        blocks, lambda: emit.load_whole(h_before), lambda: emit.load(c_before)
    )
    emit.store_whole(h, row_of(emit, given["h_after"], number, lanes))
    emit.store(h, emit.floats_on(emit.row_pointer(given["outputs"], number), given["unit"]))
    place = row_of(emit, given["kept"], number, given["kept_row"])
    for plane, vector in enumerate(kept):
        offset = emit.builder.mul(given["kept_plane"], INDEX(plane))
        emit.store(vector, emit.floats_on(place, offset))
