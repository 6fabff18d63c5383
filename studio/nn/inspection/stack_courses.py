"""Layers of another program's file over examples, computed by hand in double precision."""

import math

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.cells import CELLS
from studio.core.inspection.course import Course, LayerCourse
from studio.core.inspection.edits import NO_EDITS, Edits
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.nn.inspection.cell_steps import LayerByHand


class StackStepper:
    """Reads one example again and again.

    Args:
        stack: The layers.
        sequence: Scaled input without padding, (time, channels).
    """

    def __init__(self, stack: RecurrentStack, sequence: Floats) -> None:
        self._stack, self._layers = stack, _by_hand(stack)
        self._sequence = np.asarray(sequence, dtype=np.float64)

    def run(self, edits: Edits = NO_EDITS) -> Course:
        """The course with these edits; without a prediction, as the head is not known."""
        inputs = self._sequence.copy()
        for channel, values in edits.inputs.items():
            inputs[:, channel] = values
        layers: dict[str, LayerCourse] = {}
        for directions in self._layers:
            for direction in directions:
                layers[direction.prefix] = direction.run(inputs, edits)
            states = [layers[direction.prefix].states["h"] for direction in directions]
            inputs = np.concatenate(states, axis=1)
        return Course(self._stack.cell, None, layers, None, math.nan)


def stack_traces(
    stack: RecurrentStack, inputs: Floats, lengths: Integers | None
) -> dict[str, Floats]:
    """Gates and states of every layer and direction, each example from a zero state.

    Args:
        stack: The layers.
        inputs: Scaled, (batch, time, channels).
        lengths: Valid steps, (batch,), or None where all fill the time axis.

    Returns:
        As of batch_traces.
    """
    known = np.full(len(inputs), inputs.shape[1]) if lengths is None else lengths
    read: Doubles = np.asarray(inputs, dtype=np.float64)
    arrays: dict[str, Floats] = {}
    for directions in _by_hand(stack):
        outputs = []
        for direction in directions:
            found = direction.run_batch(read, known)
            outputs.append(found["h"])
            arrays |= {
                f"{direction.prefix}_{name}": values.astype(np.float32)
                for name, values in found.items()
            }
        read = np.concatenate(outputs, axis=2)
    return arrays


def _by_hand(stack: RecurrentStack) -> list[list[LayerByHand]]:
    """The directions of each layer, forward before backward."""
    cell = CELLS[stack.cell]
    return [
        [
            LayerByHand(cell, weights, f"l{layer}_reverse" if backward else f"l{layer}")
            for backward, weights in enumerate(directions)
        ]
        for layer, directions in enumerate(stack.layers)
    ]
