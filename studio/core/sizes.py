"""Exact sizes of a network from its settings, without building it."""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.preparation import Preparation
from studio.core.record import Size
from studio.core.spec import ContenderSpec


@dataclass(frozen=True)
class LayerRow:
    """One row of a layer summary.

    Attributes:
        name: The layer, numbered where there are several.
        output: Shape of what it gives for one example, "time x units" or "units".
        parameters: Trainable numbers; PyTorch's convention of two bias vectors for each gate.
        macs: Multiply-accumulates of one forward pass over the longest example.
    """

    name: str
    output: str
    parameters: int
    macs: int


def layer_rows(spec: ContenderSpec, preparation: Preparation) -> tuple[LayerRow, ...]:
    """The layer summary of a contender, input first."""
    steps = preparation.max_length
    directions = 2 if spec.bidirectional else 1
    width = spec.hidden_size * directions
    rows = [LayerRow("input", f"{steps} × {preparation.input_size}", 0, 0)]
    if preparation.embeds:
        parameters = len(preparation.vocabulary or ()) * spec.embedding_size
        rows.append(LayerRow("embedding", f"{steps} × {spec.embedding_size}", parameters, 0))
    rows += _recurrent_rows(spec, preparation.read_size(spec.embedding_size), steps)
    outputs = preparation.output_size
    weights = (width + 1) * outputs
    if preparation.stepwise:
        rows.append(LayerRow("linear", f"{steps} × {outputs}", weights, steps * width * outputs))
        return tuple(rows)
    if spec.pooling == "attention":
        rows.append(LayerRow("attention", f"{width}", width + 1, 2 * steps * width))
    rows.append(LayerRow("linear", f"{outputs}", weights, width * outputs))
    return tuple(rows)


def _recurrent_rows(spec: ContenderSpec, input_size: int, steps: int) -> Iterator[LayerRow]:
    cell = CELLS[spec.cell]
    directions = 2 if spec.bidirectional else 1
    width = spec.hidden_size * directions
    for layer in range(spec.num_layers):
        reads = input_size if layer == 0 else width
        rows = directions * cell.blocks * spec.hidden_size
        name = cell.label if spec.num_layers == 1 else f"{cell.label} {layer + 1}"
        weights = rows * (reads + spec.hidden_size)
        yield LayerRow(name, f"{steps} × {width}", weights + 2 * rows, steps * weights)


def size_of(spec: ContenderSpec, preparation: Preparation) -> Size:
    """Parameters and multiply-accumulates of the whole network."""
    rows = layer_rows(spec, preparation)
    return Size(sum(row.parameters for row in rows), sum(row.macs for row in rows))
