"""From a sequence in its own units to a prediction: the path that every export must repeat."""

from collections.abc import Sequence

import numpy as np
import torch

from studio.core.arrays import Floats, Integers
from studio.core.results.trained_model import TrainedModel
from studio.nn.inference.carried_state import carried_outputs
from studio.nn.networks.load_network import load_network


class InferenceModel:
    """A trained model that takes raw sequences, on the CPU, with torch.nn."""

    def __init__(self, model: TrainedModel) -> None:
        self._preprocessing = model.preprocessing
        self._network = load_network(model.contender, model.preprocessing, model.weights)

    @torch.no_grad()
    def predict(self, sequences: Floats, series: Integers | None = None) -> Floats:
        """Probabilities or values in target units, (batch, outputs) or (batch, time, outputs).

        Args:
            sequences: In the inputs' own units, all of one length, (batch, time, channels).
            series: The index of each sequence's series where each series has its own scaler, -1
                for one that was not fitted, (batch,).

        Raises:
            ValueError: Each series has its own scaler, and the series are not given.
        """
        scaled = self._preprocessing.scaled_inputs(sequences, series)
        raw = self._network(torch.from_numpy(scaled)).numpy()
        return self._preprocessing.predictions_from(raw, series)

    @torch.no_grad()
    def predict_carried(self, sequence: Floats, series: int | None = None) -> Floats:
        """A prediction after every step of one sequence, from a zero state, (time, outputs).

        Pooling covers the steps so far.

        Args:
            sequence: In the inputs' own units, (time, channels), without missing values.
            series: The index of its series where each series has its own scaler.

        Raises:
            TypeError: The network is convolutional.
        """
        own = None if series is None else np.array([series])
        scaled = self._preprocessing.scaled_inputs(sequence[None], own)
        raw = carried_outputs(self._network, torch.from_numpy(scaled))
        predictions: Floats = self._preprocessing.predictions_from(raw.numpy(), own)[0]
        return predictions

    def predict_each(self, sequences: Sequence[Floats], series: Integers | None = None) -> Floats:
        """The same for sequences of different lengths, each (time, channels).

        Returns:
            (sequences, outputs), or (steps of all sequences, outputs) with a prediction at every
            step.
        """
        width = self._preprocessing.output_size
        return np.concatenate(
            [
                self.predict(
                    sequence[None], None if series is None else series[index : index + 1]
                ).reshape(-1, width)
                for index, sequence in enumerate(sequences)
            ]
        )
