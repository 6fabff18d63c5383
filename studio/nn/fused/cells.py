"""The cells as the kernels see them: equations forwards and backwards over vectors.

Blocks of pre-activations stand in an order in which those that read the old state (h_blocks) and
those that read the input (x_blocks) each lie together; torch_h and torch_x say which of PyTorch's
weight blocks each of them is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.nn.fused.vectors import Vector, one_less, sigmoid, tanh


@dataclass(frozen=True)
class Backwards:
    """What the backward equations of a step may read, each a function that loads it.

    Attributes:
        dh: The whole gradient of the new state h.
        carry: What the step after this one passed back beside dh: the gradient of c.
        kept: Values that the forward step kept, in its order.
        h_before: The state before the step.
        h_after: The state after the step.
        c_before: The cell state before the step.
    """

    dh: Vector
    carry: Callable[[], Vector]
    kept: Callable[[int], Vector]
    h_before: Callable[[], Vector]
    h_after: Callable[[], Vector]
    c_before: Callable[[], Vector]


@dataclass(frozen=True)
class FusedCell:
    """A recurrent cell.

    Attributes:
        name: For files and messages.
        torch_h: PyTorch's weight block of each block that reads h.
        torch_x: The same for those that read x.
        first_x: Number of the first block that reads x; h is read from block 0 on.
        kept: How many values a step keeps for the backward pass, beside h.
        has_c: Whether there is a cell state, which is then the last value kept.
        carries_h: Whether a part of h's gradient goes past the weights to the step before.
        forward: From pre-activations, h and c to the new h and the values kept.
        backward: From what a step knows to the gradients of the blocks, and the carry or None.
    """

    name: str
    torch_h: tuple[int, ...]
    torch_x: tuple[int, ...]
    first_x: int
    kept: int
    has_c: bool
    carries_h: bool
    forward: Callable[
        [Sequence[Vector], Callable[[], Vector], Callable[[], Vector]],
        tuple[Vector, list[Vector]],
    ]
    backward: Callable[[Backwards], tuple[list[Vector], Vector | None]]

    @property
    def blocks(self) -> int:
        """Blocks of pre-activations."""
        return self.first_x + len(self.torch_x)

    @property
    def torch_blocks(self) -> int:
        """Weight blocks of hidden_size rows in PyTorch."""
        return len(self.torch_h)

    @property
    def carries(self) -> bool:
        """Whether a step passes anything back beside the gradient through the weights."""
        return self.has_c or self.carries_h


def _gru_forward(
    blocks: Sequence[Vector], h: Callable[[], Vector], c: Callable[[], Vector]
) -> tuple[Vector, list[Vector]]:
    del c
    kept_n, r, z, read_n = blocks
    r, z = sigmoid(r), sigmoid(z)
    n = tanh(read_n + r * kept_n)
    return n + z * (h() - n), [r, z, n, kept_n]


def _gru_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    r, z, n, kept_n = (step.kept(number) for number in range(4))
    dn = step.dh * one_less(z) * one_less(n * n)
    dz = step.dh * (step.h_before() - n) * (z * one_less(z))
    dr = dn * kept_n * (r * one_less(r))
    return [dn * r, dr, dz, dn], step.dh * z


def _lstm_forward(
    blocks: Sequence[Vector], h: Callable[[], Vector], c: Callable[[], Vector]
) -> tuple[Vector, list[Vector]]:
    del h
    i, f, g, o = sigmoid(blocks[0]), sigmoid(blocks[1]), tanh(blocks[2]), sigmoid(blocks[3])
    after = f * c() + i * g
    return o * tanh(after), [i, f, g, o, after]


def _lstm_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    i, f, g, o, c = (step.kept(number) for number in range(5))
    shown = tanh(c)
    do = step.dh * shown * (o * one_less(o))
    dc = step.carry() + step.dh * o * one_less(shown * shown)
    di = dc * g * (i * one_less(i))
    df = dc * step.c_before() * (f * one_less(f))
    dg = dc * i * one_less(g * g)
    return [di, df, dg, do], dc * f


def _tanh_forward(
    blocks: Sequence[Vector], h: Callable[[], Vector], c: Callable[[], Vector]
) -> tuple[Vector, list[Vector]]:
    del h, c
    return tanh(blocks[0]), []


def _tanh_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    h = step.h_after()
    return [step.dh * one_less(h * h)], None


def _relu_forward(
    blocks: Sequence[Vector], h: Callable[[], Vector], c: Callable[[], Vector]
) -> tuple[Vector, list[Vector]]:
    del h, c
    return blocks[0].at_least(0.0), []


def _relu_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    return [step.dh.where_positive(step.h_after())], None


GRU = FusedCell(
    name="gru",
    torch_h=(2, 0, 1),
    torch_x=(0, 1, 2),
    first_x=1,
    kept=4,
    has_c=False,
    carries_h=True,
    forward=_gru_forward,
    backward=_gru_backward,
)
LSTM = FusedCell(
    name="lstm",
    torch_h=(0, 1, 2, 3),
    torch_x=(0, 1, 2, 3),
    first_x=0,
    kept=5,
    has_c=True,
    carries_h=False,
    forward=_lstm_forward,
    backward=_lstm_backward,
)
RNN_TANH = FusedCell(
    name="rnn_tanh",
    torch_h=(0,),
    torch_x=(0,),
    first_x=0,
    kept=0,
    has_c=False,
    carries_h=False,
    forward=_tanh_forward,
    backward=_tanh_backward,
)
RNN_RELU = FusedCell(
    name="rnn_relu",
    torch_h=(0,),
    torch_x=(0,),
    first_x=0,
    kept=0,
    has_c=False,
    carries_h=False,
    forward=_relu_forward,
    backward=_relu_backward,
)
FUSED_CELLS = {cell.name: cell for cell in (GRU, LSTM, RNN_TANH, RNN_RELU)}
