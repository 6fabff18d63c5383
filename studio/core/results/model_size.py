"""Exact size of a network from its settings, without building it."""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.record import ModelSize
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.receptive_field import kernel_size_of


@dataclass(frozen=True)
class LayerRow:
    """One row of a layer summary.

    Attributes:
        name: The layer, numbered if there are several.
        output: Shape of its output for one example, "time x units" or "units".
        parameters: Trainable parameters, with two bias vectors per gate as in PyTorch.
        macs: Multiply-accumulates of one forward pass over the longest example; a convolution's
            include those with the zeros before it.
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
    rows_of = _recurrent_rows if CELLS[spec.cell].is_recurrent else _convolutional_rows
    rows += rows_of(spec, preprocessing.read_size(spec.embedding_size), steps)
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
        weights = rows * (inputs + (spec.hidden_size if cell.reads_state else 0))
        name = _layer_name(spec, layer)
        yield LayerRow(name, f"{steps} × {width}", weights + cell.biases * rows, steps * weights)


def _convolutional_rows(spec: ContenderSpec, input_size: int, steps: int) -> Iterator[LayerRow]:
    """Two convolutions a level, and one of a single step where the channels differ."""
    channels, kernel_size = spec.hidden_size, kernel_size_of(spec)
    for level in range(spec.num_layers):
        inputs = input_size if level == 0 else channels
        passes = int(inputs != channels)
        weights = channels * (kernel_size * (inputs + channels) + passes * inputs)
        biases = channels * (2 + passes)
        name = _layer_name(spec, level)
        yield LayerRow(name, f"{steps} × {channels}", weights + biases, steps * weights)


def _layer_name(spec: ContenderSpec, layer: int) -> str:
    label = CELLS[spec.cell].label
    return label if spec.num_layers == 1 else f"{label} {layer + 1}"


def size_of(spec: ContenderSpec, preprocessing: Preprocessing) -> ModelSize:
    """Parameters and multiply-accumulates of the whole network."""
    rows = layer_rows(spec, preprocessing)
    return ModelSize(sum(row.parameters for row in rows), sum(row.macs for row in rows))
