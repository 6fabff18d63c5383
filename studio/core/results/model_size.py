"""Exact size of a network from its settings, without building it."""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.record import ModelSize
from studio.core.specs.comparison_spec import ContenderSpec


@dataclass(frozen=True)
class LayerRow:
    """One row of a layer summary.

    Attributes:
        name: The layer, numbered if there are several.
        output: Shape of its output for one example, "time x units" or "units".
        parameters: Trainable parameters, with two bias vectors per gate as in PyTorch.
        macs: Multiply-accumulates of one forward pass over the longest example.
    """

    name: str
    output: str
    parameters: int
    macs: int


def layer_rows(spec: ContenderSpec, preprocessing: Preprocessing) -> tuple[LayerRow, ...]:
    """The layer summary of a contender, input first."""
    steps = preprocessing.max_length
    directions = 2 if spec.bidirectional else 1
    width = spec.hidden_size * directions
    rows = [LayerRow("input", f"{steps} × {preprocessing.input_size}", 0, 0)]
    if preprocessing.embeds:
        parameters = len(preprocessing.vocabulary or ()) * spec.embedding_size
        rows.append(LayerRow("embedding", f"{steps} × {spec.embedding_size}", parameters, 0))
    rows += _recurrent_rows(spec, preprocessing.read_size(spec.embedding_size), steps)
    outputs = preprocessing.output_size
    weights = (width + 1) * outputs
    if preprocessing.per_step:
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
        inputs = input_size if layer == 0 else width
        rows = directions * cell.blocks * spec.hidden_size
        name = cell.label if spec.num_layers == 1 else f"{cell.label} {layer + 1}"
        weights = rows * (inputs + spec.hidden_size)
        yield LayerRow(name, f"{steps} × {width}", weights + 2 * rows, steps * weights)


def size_of(spec: ContenderSpec, preprocessing: Preprocessing) -> ModelSize:
    """Parameters and multiply-accumulates of the whole network."""
    rows = layer_rows(spec, preprocessing)
    return ModelSize(sum(row.parameters for row in rows), sum(row.macs for row in rows))
