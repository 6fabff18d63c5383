"""Weights of one byte with a scale for each row, and integer factors in their place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.results.c_size import TABLE_END, TABLE_STEPS
from studio.export.c.network import CNetwork

STATE_BITS, SUM_BITS, GATE_BITS = 15, 20, 24
"""Fractional bits of the state as it is multiplied, of pre-activations, and of gates."""
_LARGEST = 127
_MOST_IN_A_ROW = 65_000  # sums of int8 weights that times 32767 fit 32 bits
_SHORT = 2**15 - 1
_FEWEST_BITS, _MOST_BITS = 4, 14
_LIMIT = 2**29  # of a part of a pre-activation


@dataclass(frozen=True)
class IntegerLayer:
    """A layer in integers.

    Attributes:
        weights: By unit, then input and state, then gate, int8.
        rows: For each unit the factors of the input side and the state side of each gate, then the
            biases with SUM_BITS, (units, 2 gates + biases) int32.
        from_input: The weights that the integers stand for, as in CLayer.
        from_state: Likewise.
    """

    weights: NDArray[np.int8]
    rows: Integers
    from_input: Doubles
    from_state: Doubles


@dataclass(frozen=True)
class IntegerNetwork:
    """A network in integers.

    Attributes:
        network: What it stands for.
        input_bits: Fractional bits of scaled inputs, or of the vectors of symbols.
        shift: Bits that the factors of rows are larger by.
        layers: The layers.
        embedding: Vectors of the symbols in int16, or None.
        head: Weights of the last layer, (outputs, units) int8.
        head_factor: What a sum of the head is multiplied by, (outputs,).
        table: tanh with GATE_BITS at steps of 1 / TABLE_STEPS.
    """

    network: CNetwork
    input_bits: int
    shift: int
    layers: tuple[IntegerLayer, ...]
    embedding: Integers | None
    head: NDArray[np.int8]
    head_factor: Doubles
    table: Integers

    @property
    def input_limit(self) -> float:
        """Scaled inputs beyond this count as this."""
        return float(_SHORT / 2**self.input_bits)


def quantized(network: CNetwork, sequences: Sequence[Floats]) -> IntegerNetwork:
    """The network in integers; the range of its inputs is twice that of the examples.

    Args:
        network: The network.
        sequences: Examples in the inputs' own units, each (time, channels).
    """
    bits = _input_bits(network, sequences)
    sides = [
        (_rounded_rows(layer.from_input), _rounded_rows(layer.from_state))
        for layer in network.layers
    ]
    factors = []
    for index, ((_, of_input), (_, of_state)) in enumerate(sides):
        given = bits if index == 0 else STATE_BITS
        factors.append((of_input * 2.0 ** (SUM_BITS - given), of_state * 2.0 ** (SUM_BITS - 15)))
    largest = max(max(float(each.max()) for each in pair) for pair in factors)
    shift = min(30, 29 - math.ceil(math.log2(max(largest, 2.0**-20))))
    layers = []
    for layer, pair, scales in zip(network.layers, sides, factors, strict=True):
        both = np.concatenate([pair[0][0], pair[1][0]], axis=2).transpose(1, 2, 0)
        rows = np.concatenate([np.rint(each.T * 2.0**shift) for each in scales], axis=1)
        biases = np.clip(np.rint(layer.biases * 2**SUM_BITS), -_LIMIT, _LIMIT)
        layers.append(
            IntegerLayer(
                np.ascontiguousarray(both).astype(np.int8),
                np.concatenate([rows, biases], axis=1).astype(np.int64),
                *(weights * scale[..., np.newaxis] for weights, scale in pair),
            )
        )
    head, head_scale = _rounded_rows(network.head[np.newaxis])
    places = np.arange(TABLE_STEPS * TABLE_END + 2) / TABLE_STEPS
    return IntegerNetwork(
        network=network,
        input_bits=bits,
        shift=shift,
        layers=tuple(layers),
        embedding=_short_vectors(network.embedding, bits),
        head=head[0].astype(np.int8),
        head_factor=head_scale[0] / 2**STATE_BITS,
        table=np.rint(np.tanh(places) * 2**GATE_BITS).astype(np.int64),
    )


def _rounded_rows(weights: Doubles) -> tuple[Doubles, Doubles]:
    """Integers from -127 to 127, (gates, units, columns), and the scale of each row."""
    most = np.abs(weights).max(axis=2) / _LARGEST
    scale = np.maximum(most, np.abs(weights).sum(axis=2) / _MOST_IN_A_ROW)
    divisor = np.where(scale > 0, scale, 1.0)[..., np.newaxis]
    return np.asarray(np.rint(weights / divisor)), np.asarray(scale)


def _input_bits(network: CNetwork, sequences: Sequence[Floats]) -> int:
    if network.embedding is not None:
        most = float(np.abs(network.embedding).max())
        return min(_MOST_BITS, math.floor(math.log2(_SHORT / max(most, 2.0**-10))))
    scaled = [np.abs((each - network.center) / network.scale).max() for each in sequences]
    bits = math.floor(math.log2(_SHORT / max(2 * float(max(scaled)), 1.0)))
    return min(_MOST_BITS, max(_FEWEST_BITS, bits))


def _short_vectors(embedding: Floats | None, bits: int) -> Integers | None:
    if embedding is None:
        return None
    return np.asarray(np.rint(embedding.astype(np.float64) * 2.0**bits), dtype=np.int64)
