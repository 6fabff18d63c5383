"""Cells as data: gates in the order of the weight blocks, states, equations.

Equations and block order are PyTorch's (torch.nn.RNN, GRU and LSTM); the coupled LSTM, which
PyTorch lacks, follows the same conventions. The causal convolutional network (TCN) stands beside
them: it has a block of convolutions where they have a cell.
"""

import re
from dataclasses import dataclass, replace

from studio.core.plugins import Registry

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Gate:
    """One gate block of a cell.

    Attributes:
        name: Its name in files and plots.
        symbol: Its letter in the equations.
        activation: "sigmoid" (0 to 1) or "tanh" (-1 to 1); any other name for values without such
            limits.
        equation: The gate's equation in PyTorch's names.
        meaning: One sentence for users.
    """

    name: str
    symbol: str
    activation: str
    equation: str
    meaning: str


@dataclass(frozen=True)
class Cell:
    """A recurrent cell, or the block of a convolutional network.

    Attributes:
        name: Its name in specs and files.
        label: Its name for users.
        gates: The gate blocks in the order of PyTorch's weight rows; empty for the plain RNN,
            whose single block is the new state itself.
        states: Names of the recurrent states, the one that the next layer reads first; empty for a
            convolutional network.
        update: Equations from the gates to the next states, or of a block of convolutions.
        memory_gate: The gate that keeps the old state when it is near 1, or None.
        nonlinearities: The choices for the plain cell's activation, the default first.
        reads_state: Whether its gates read the old state, by weights of their own.
        biases: Bias vectors of each gate; PyTorch's cells have two.
        layers: For a cell of a package what builds its layers, "package.module:function"; it takes
            a RecurrentConfig and gives RecurrentLayers or SequenceLayers (see studio.nn.engines).
        is_installed: Whether its package is installed; without it results can be read, not more.
    """

    name: str
    label: str
    gates: tuple[Gate, ...]
    states: tuple[str, ...]
    update: tuple[str, ...]
    memory_gate: str | None = None
    nonlinearities: tuple[str, ...] = ()
    reads_state: bool = True
    biases: int = 2
    layers: str = ""
    is_installed: bool = True

    @property
    def is_recurrent(self) -> bool:
        """Whether it has states, and with them traces; a convolutional network has none."""
        return bool(self.states)

    @property
    def blocks(self) -> int:
        """Number of weight blocks of hidden_size rows."""
        return max(1, len(self.gates))

    def equations(self, nonlinearity: str | None = None) -> tuple[str, ...]:
        """All equations, gates first, with the given activation for the plain cell."""
        lines = (*(gate.equation for gate in self.gates), *self.update)
        if nonlinearity is None or not self.nonlinearities:
            return lines
        default = self.nonlinearities[0]
        return tuple(line.replace(f"{default}(", f"{nonlinearity}(") for line in lines)

    def block_of(self, gate: str) -> int:
        """Index of the weight block of a gate; KeyError for a gate that the cell does not have."""
        for index, block in enumerate(self.gates):
            if block.name == gate:
                return index
        raise KeyError(gate)


RNN = Cell(
    name="rnn",
    label="RNN",
    gates=(),
    states=("h",),
    update=("h' = tanh(W_ih x + b_ih + W_hh h + b_hh)",),
    nonlinearities=("tanh", "relu"),
)

GRU = Cell(
    name="gru",
    label="GRU",
    gates=(
        Gate(
            "reset",
            "r",
            "sigmoid",
            "r = σ(W_ir x + b_ir + W_hr h + b_hr)",
            "How much of the old state the candidate sees.",
        ),
        Gate(
            "update",
            "z",
            "sigmoid",
            "z = σ(W_iz x + b_iz + W_hz h + b_hz)",
            "Near 1 the old state is kept, near 0 it is replaced by the candidate.",
        ),
        Gate(
            "new",
            "n",
            "tanh",
            "n = tanh(W_in x + b_in + r * (W_hn h + b_hn))",
            "The candidate for the next state.",
        ),
    ),
    states=("h",),
    update=("h' = (1 - z) * n + z * h",),
    memory_gate="update",
)

GRU_RESETS_FIRST = replace(
    GRU,
    gates=(
        *GRU.gates[:2],
        replace(GRU.gates[2], equation="n = tanh(W_in x + b_in + W_hn (r * h) + b_hn)"),
    ),
)
"""A GRU of another program whose reset gate comes before the weights; it is not trained here."""

LSTM = Cell(
    name="lstm",
    label="LSTM",
    gates=(
        Gate(
            "input",
            "i",
            "sigmoid",
            "i = σ(W_ii x + b_ii + W_hi h + b_hi)",
            "How much of the candidate enters the cell state.",
        ),
        Gate(
            "forget",
            "f",
            "sigmoid",
            "f = σ(W_if x + b_if + W_hf h + b_hf)",
            "Near 1 the old cell state is kept, near 0 it is dropped.",
        ),
        Gate(
            "cell",
            "g",
            "tanh",
            "g = tanh(W_ig x + b_ig + W_hg h + b_hg)",
            "The candidate for the cell state.",
        ),
        Gate(
            "output",
            "o",
            "sigmoid",
            "o = σ(W_io x + b_io + W_ho h + b_ho)",
            "How much of the cell state the output shows.",
        ),
    ),
    states=("h", "c"),
    update=("c' = f * c + i * g", "h' = o * tanh(c')"),
    memory_gate="forget",
)

CIFG_LSTM = Cell(
    name="coupled-lstm",
    label="Coupled LSTM",
    gates=(
        Gate(
            "forget",
            "f",
            "sigmoid",
            "f = σ(W_if x + b_if + W_hf h + b_hf)",
            "Near 1 the old cell state is kept, near 0 it is replaced by the candidate.",
        ),
        *LSTM.gates[2:],
    ),
    states=("h", "c"),
    update=("c' = f * c + (1 - f) * g", "h' = o * tanh(c')"),
    memory_gate="forget",
)
"""An LSTM whose input gate is one minus its forget gate (CIFG)."""

TCN = Cell(
    name="tcn",
    label="TCN",
    gates=(),
    states=(),
    update=(
        "u[t] = ReLU(b_u + Σ_k W_uk x[t - d k])",
        "v[t] = ReLU(b_v + Σ_k W_vk u[t - d k])",
        "y[t] = ReLU(x[t] + v[t])",
    ),
)
"""A residual block of two causal convolutions with dilation d.

Bai, Kolter and Koltun, An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
Sequence Modeling, arXiv 1803.01271, 2018.
"""


def is_cell_name(name: str) -> bool:
    """Whether a cell may have this name: small letters, digits and hyphens."""
    return _NAME.fullmatch(name) is not None


def _missing(name: str) -> Cell:
    """Stands for a cell whose package is not installed, so that its results can be read."""
    return Cell(name, name, gates=(), states=("h",), update=(), is_installed=False)


def _problem(name: str, cell: Cell) -> str:
    """What is wrong with the cell of a package, a clause, or ""."""
    if name != cell.name or not is_cell_name(name):
        return "its name is not that of its entry point in small letters, digits and hyphens"
    if not cell.label or ":" not in cell.layers:
        return "it needs a label, and layers as package.module:function"
    gates = [gate.name for gate in cell.gates]
    if cell.memory_gate is not None and cell.memory_gate not in gates:
        return f"it has no gate {cell.memory_gate}"
    if len(set(gates)) < len(gates) or {*gates} & {*cell.states}:
        return "two of its gates and states share a name"
    return ""


_OWN = {cell.name: cell for cell in (GRU, LSTM, RNN, CIFG_LSTM, TCN)}

CELLS = Registry(_OWN, "gate_studio.cells", Cell, _problem, _missing)
"""The cells by name, with those of installed packages; CELLS[name] of another stands for it."""
RECURRENT_CELLS = tuple(name for name, cell in _OWN.items() if cell.is_recurrent)
"""The program's own recurrent cells."""
STANDARD_CELLS = (GRU.name, LSTM.name, RNN.name)
"""The cells that torch.nn, ONNX and the fused engine also have."""
EXPORTED_CELLS = (*STANDARD_CELLS, TCN.name)
"""The cells that model exports support."""
