"""The equations of the cells, forwards and backwards, over vectors of units.

They are PyTorch's (torch.nn.RNN, GRU and LSTM). What the forward equations keep is what the
backward equations and the views of gates read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.nn.fused.vectors import Vector, one_less, sigmoid, tanh

Load = Callable[[], Vector]


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
    carry: Load
    kept: Callable[[int], Vector]
    h_before: Load
    h_after: Load
    c_before: Load


def _gru_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del c
    kept_n, r, z, read_n = blocks
    r, z = sigmoid(r), sigmoid(z)
    n = tanh(read_n.plus(r, kept_n))
    return n.plus(z, h() - n), [r, z, n, kept_n]


def _gru_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    r, z, n, kept_n = (step.kept(number) for number in range(4))
    dn = step.dh * one_less(z) * one_less(n * n)
    dz = step.dh * (step.h_before() - n) * (z * one_less(z))
    dr = dn * kept_n * (r * one_less(r))
    return [dn * r, dr, dz, dn], step.dh * z


def _lstm_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del h
    i, f, g, o = sigmoid(blocks[0]), sigmoid(blocks[1]), tanh(blocks[2]), sigmoid(blocks[3])
    after = (i * g).plus(f, c())
    return o * tanh(after), [i, f, g, o, after]


def _lstm_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    i, f, g, o, c = (step.kept(number) for number in range(5))
    shown = tanh(c)
    do = step.dh * shown * (o * one_less(o))
    dc = step.carry().plus(step.dh * o, one_less(shown * shown))
    di = dc * g * (i * one_less(i))
    df = dc * step.c_before() * (f * one_less(f))
    dg = dc * i * one_less(g * g)
    return [di, df, dg, do], dc * f


def _tanh_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del h, c
    return tanh(blocks[0]), []


def _tanh_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    h = step.h_after()
    return [step.dh * one_less(h * h)], None


def _relu_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del h, c
    return blocks[0].at_least(0.0), []


def _relu_backward(step: Backwards) -> tuple[list[Vector], Vector | None]:
    return [step.dh.where_positive(step.h_after())], None


@dataclass(frozen=True)
class Equations:
    """A cell's arithmetic.

    Attributes:
        forward: From the blocks' pre-activations, h and c to the new h and the values kept.
        backward: From what a step knows to the gradients of the blocks, and the carry or None.
    """

    forward: Callable[[Sequence[Vector], Load, Load], tuple[Vector, list[Vector]]]
    backward: Callable[[Backwards], tuple[list[Vector], Vector | None]]


EQUATIONS = {
    "gru": Equations(_gru_forward, _gru_backward),
    "lstm": Equations(_lstm_forward, _lstm_backward),
    "rnn_tanh": Equations(_tanh_forward, _tanh_backward),
    "rnn_relu": Equations(_relu_forward, _relu_backward),
}
"""By the name of the cell in cells.py."""
