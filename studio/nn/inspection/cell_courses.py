"""The course of one example through a network by hand, also with values held or replaced."""

import copy
import math

import numpy as np
import torch

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.cells import CELLS
from studio.core.inspection.course import CellWeights, Course, LayerCourse
from studio.core.inspection.edits import NO_EDITS, Edits
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.engines.recurrent_layers import RecurrentLayers, layer_weights
from studio.nn.inspection.cell_steps import LayerByHand
from studio.nn.losses import scored_loss
from studio.nn.networks.network import Network


class CellStepper:
    """Reads one example again and again.

    Args:
        network: With one of the program's own recurrent cells, on the CPU.
        sequence: Scaled input without padding, (time, channels), or codes (time, 1).
        target: As of state_gradients.gradient_norms; None where it is unknown.
        preprocessing: Determines loss and prediction.
        series: As in Preprocessing.scaled_inputs, (1,), or None.
    """

    def __init__(
        self,
        network: Network,
        sequence: Floats,
        target: Truth | None,
        preprocessing: Preprocessing,
        series: Integers | None = None,
    ) -> None:
        self._network = copy.deepcopy(network).double().eval()
        self._config = network.recurrent_layers.config
        self._sequence = np.asarray(sequence, dtype=np.float64)
        self._target = None if target is None else torch.as_tensor(target)[None]
        self._preprocessing, self._series = preprocessing, series
        self._layers = _by_hand(self._network.recurrent_layers)

    @torch.no_grad()
    def run(self, edits: Edits = NO_EDITS) -> Course:
        """The course with these edits."""
        inputs = self._read(edits)
        layers: dict[str, LayerCourse] = {}
        for directions in self._layers:
            for direction in directions:
                layers[direction.prefix] = direction.run(inputs, edits)
            states = [layers[direction.prefix].states["h"] for direction in directions]
            inputs = np.concatenate(states, axis=1)
        return self._course(layers, inputs)

    def _read(self, edits: Edits) -> Doubles:
        """What the first layer reads, (time, features)."""
        sequence = self._sequence.copy()
        for channel, values in edits.inputs.items():
            sequence[:, channel] = values
        read: Doubles = self._network.embedded(torch.as_tensor(sequence)).numpy()
        return read

    def _course(self, layers: dict[str, LayerCourse], outputs: Doubles) -> Course:
        raw = self._network.read_out(torch.from_numpy(outputs)[None], None)
        loss = math.nan
        if self._target is not None:
            loss = float(scored_loss(self._preprocessing, raw.device)(raw, self._target))
        prediction = self._preprocessing.predictions_from(raw.numpy(), self._series)[0]
        activation = self._config.nonlinearity if not CELLS[self._config.cell].gates else None
        return Course(self._config.cell, activation, layers, prediction, loss)


def _by_hand(layers: RecurrentLayers) -> list[list[LayerByHand]]:
    """The directions of each layer, forward before backward."""
    config = layers.config

    def direction(layer: int, *, reverse: bool) -> LayerByHand:
        found = layer_weights(layers, layer, reverse=reverse)
        w_ih, w_hh, b_ih, b_hh = (each.detach().numpy() for each in found)
        prefix = f"l{layer}_reverse" if reverse else f"l{layer}"
        cell = CELLS[config.cell]
        return LayerByHand(cell, CellWeights(w_ih, w_hh, b_ih, b_hh), prefix, config.nonlinearity)

    both = (False, True) if config.bidirectional else (False,)
    return [
        [direction(layer, reverse=reverse) for reverse in both]
        for layer in range(config.num_layers)
    ]
