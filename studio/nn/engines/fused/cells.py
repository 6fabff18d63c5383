"""The cells of the fused kernels, as data; their equations are in tiles/cell_equations.py.

Blocks of pre-activations are ordered so that those that read the old state are adjacent, and those
that read the input are adjacent: the first blocks read h, those from first_x on read x.
torch_h and torch_x map them to PyTorch's weight blocks.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FusedCell:
    """A recurrent cell.

    Attributes:
        name: Its name in files and messages.
        torch_h: PyTorch's weight block of each block that reads h.
        torch_x: The same for those that read x.
        first_x: Index of the first block that reads x; blocks that read h start at 0.
        kept: Number of values that a step saves for the backward pass, besides h.
        has_c: Whether there is a cell state, which is then the last saved value.
        carries_h: Whether a part of h's gradient bypasses the weights to the step before.
    """

    name: str
    torch_h: tuple[int, ...]
    torch_x: tuple[int, ...]
    first_x: int
    kept: int
    has_c: bool
    carries_h: bool

    @property
    def blocks(self) -> int:
        """Number of blocks of pre-activations."""
        return self.first_x + len(self.torch_x)


GRU = FusedCell(
    name="gru",
    torch_h=(2, 0, 1),
    torch_x=(0, 1, 2),
    first_x=1,
    kept=4,
    has_c=False,
    carries_h=True,
)
LSTM = FusedCell(
    name="lstm",
    torch_h=(0, 1, 2, 3),
    torch_x=(0, 1, 2, 3),
    first_x=0,
    kept=5,
    has_c=True,
    carries_h=False,
)
RNN_TANH = FusedCell(
    name="rnn_tanh",
    torch_h=(0,),
    torch_x=(0,),
    first_x=0,
    kept=0,
    has_c=False,
    carries_h=False,
)
RNN_RELU = FusedCell(
    name="rnn_relu",
    torch_h=(0,),
    torch_x=(0,),
    first_x=0,
    kept=0,
    has_c=False,
    carries_h=False,
)
FUSED_CELLS = {cell.name: cell for cell in (GRU, LSTM, RNN_TANH, RNN_RELU)}
