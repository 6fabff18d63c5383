"""Recurrent layers that another program trained, as they are found in its file."""

from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.inspection.course import CellWeights


@dataclass(frozen=True, eq=False)
class RecurrentStack:
    """GRU or LSTM layers, one above the other, with their weights in PyTorch's order.

    Attributes:
        cell: "gru" or "lstm".
        layers: The directions of each layer, forward before backward.
        origin: The program whose file it is, such as "Keras".
        name: What the file calls it, or "".
        gate_order: The order of the gates in the file, such as "z, r, h".
        notes: What was not read, sentences.
    """

    cell: str
    layers: tuple[tuple[CellWeights, ...], ...]
    origin: str
    name: str
    gate_order: str
    notes: tuple[str, ...] = ()

    @property
    def input_size(self) -> int:
        """Channels that the first layer reads."""
        return int(self.layers[0][0].w_ih.shape[1])

    @property
    def is_bidirectional(self) -> bool:
        return len(self.layers[0]) > 1

    @property
    def units(self) -> tuple[int, ...]:
        """Units of each layer and direction."""
        return tuple(directions[0].units for directions in self.layers)

    @property
    def resets_first(self) -> bool:
        """Whether a GRU's reset gate multiplies h itself and not W h + b."""
        return any(weights.resets_first for each in self.layers for weights in each)

    def words(self) -> str:
        """What was found, one or two sentences."""
        label, count = CELLS[self.cell].label, len(self.layers)
        kind = f"bidirectional {label}" if self.is_bidirectional else label
        layers = f"{count} {kind} layers" if count > 1 else f"1 {kind} layer"
        same = len(set(self.units)) == 1
        units = f"{self.units[0]}" if same else ", ".join(map(str, self.units))
        read = self.input_size
        channels = "1 input channel" if read == 1 else f"{read} input channels"
        found = f"{self.origin}: {layers} of {units} units, {channels}; gates in the order "
        found += f"{self.gate_order}."
        if self.cell == "gru":
            before = "before" if self.resets_first else "after"
            found += f" The reset gate is applied {before} the recurrent weights."
        return found
