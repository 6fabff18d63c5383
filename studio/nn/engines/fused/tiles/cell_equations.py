"""Forward and backward equations of the cells, over vectors of units.

The forward equations are those in the documentation of torch.nn.RNN, GRU and LSTM; the backward
equations follow from the chain rule (docs/engine.md, Equations). The values that a forward step
saves are read by the backward step and by the views of gates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.nn.engines.fused.tiles.vectors import Vector, one_less, sigmoid, tanh

Load = Callable[[], Vector]


@dataclass(frozen=True)
class BackwardStep:
    """Inputs of the backward equations of a step, each over L units of one example.

    All but dh are functions that emit the load, so a cell loads only what it uses.

    Attributes:
        dh: Total gradient of the new state h: from the output and from the next step.
        carry: Loads the gradient of the new cell state c from the next step.
        kept: Loads a value saved by the forward step, by its index.
        h_before: Loads the state before the step.
        h_after: Loads the state after the step.
        c_before: Loads the cell state before the step.
    """

    dh: Vector
    carry: Load
    kept: Callable[[int], Vector]
    h_before: Load
    h_after: Load
    c_before: Load


def _gru_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del c
    """Computes n = tanh(x_n + r h_n) and h' = (1 - z) n + z h; saves r, z, n, h_n.

    Here x_n = W_in x + b_in and h_n = W_hn h + b_hn, which is k in docs/engine.md.
    """
    h_n, r, z, x_n = blocks
    r, z = sigmoid(r), sigmoid(z)
    n = tanh(x_n.plus(r, h_n))
    return n.plus(z, h() - n), [r, z, n, h_n]


def _gru_backward(step: BackwardStep) -> tuple[list[Vector], Vector | None]:
    r, z, n, h_n = (step.kept(number) for number in range(4))
    dn = step.dh * one_less(z) * one_less(n * n)
    dz = step.dh * (step.h_before() - n) * (z * one_less(z))
    dr = dn * h_n * (r * one_less(r))
    return [dn * r, dr, dz, dn], step.dh * z


def _lstm_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    """Computes c' = f c + i g and h' = o tanh(c'); saves i, f, g, o, c'."""
    del h
    i, f, g, o = sigmoid(blocks[0]), sigmoid(blocks[1]), tanh(blocks[2]), sigmoid(blocks[3])
    c_after = (i * g).plus(f, c())
    return o * tanh(c_after), [i, f, g, o, c_after]


def _lstm_backward(step: BackwardStep) -> tuple[list[Vector], Vector | None]:
    i, f, g, o, c = (step.kept(number) for number in range(5))
    tanh_c = tanh(c)
    do = step.dh * tanh_c * (o * one_less(o))
    dc = step.carry().plus(step.dh * o, one_less(tanh_c * tanh_c))
    di = dc * g * (i * one_less(i))
    df = dc * step.c_before() * (f * one_less(f))
    dg = dc * i * one_less(g * g)
    return [di, df, dg, do], dc * f


def _tanh_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del h, c
    return tanh(blocks[0]), []


def _tanh_backward(step: BackwardStep) -> tuple[list[Vector], Vector | None]:
    h = step.h_after()
    return [step.dh * one_less(h * h)], None


def _relu_forward(blocks: Sequence[Vector], h: Load, c: Load) -> tuple[Vector, list[Vector]]:
    del h, c
    return blocks[0].at_least(0.0), []


def _relu_backward(step: BackwardStep) -> tuple[list[Vector], Vector | None]:
    return [step.dh.where_positive(step.h_after())], None


@dataclass(frozen=True)
class Equations:
    """Arithmetic of a cell, over L units of one example.

    Attributes:
        forward: Maps the pre-activation blocks, in the order of cells.py, and loads of h and c to
            the new h and the saved values.
        backward: Maps a `BackwardStep` to the gradients of the pre-activation blocks and the
            gradient passed to the previous step outside the weights: of c for the LSTM, of h for
            the GRU, otherwise None.
    """

    forward: Callable[[Sequence[Vector], Load, Load], tuple[Vector, list[Vector]]]
    backward: Callable[[BackwardStep], tuple[list[Vector], Vector | None]]


EQUATIONS = {
    "gru": Equations(_gru_forward, _gru_backward),
    "lstm": Equations(_lstm_forward, _lstm_backward),
    "rnn_tanh": Equations(_tanh_forward, _tanh_backward),
    "rnn_relu": Equations(_relu_forward, _relu_backward),
}
"""Equations by the name of the cell in cells.py."""
