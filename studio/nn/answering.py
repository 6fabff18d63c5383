"""From a sequence in its own units to a model's answer: the path that every export must repeat."""

from collections.abc import Sequence

import numpy as np
import torch

from studio.core.arrays import Floats
from studio.core.model import TrainedModel
from studio.nn.rebuilding import rebuild


class AnsweringModel:
    """A trained model that takes raw sequences, on the CPU, with torch.nn."""

    def __init__(self, model: TrainedModel) -> None:
        self._preparation = model.preparation
        self._network = rebuild(model.contender, model.preparation, model.weights)

    @torch.no_grad()
    def answer(self, sequences: Floats) -> Floats:
        """Probabilities or values in target units, (batch, outputs) or (batch, time, outputs).

        Args:
            sequences: In the inputs' own units, all of one length, (batch, time, channels).
        """
        scaled = self._preparation.input_scaler.apply(sequences)
        return self._preparation.answer(self._network(torch.from_numpy(scaled)).numpy())

    def answer_each(self, sequences: Sequence[Floats]) -> Floats:
        """The same for sequences of different lengths, each (time, channels).

        Returns:
            (sequences, outputs), or (steps of all sequences, outputs) where steps are answered.
        """
        width = self._preparation.output_size
        return np.concatenate(
            [self.answer(sequence[None]).reshape(-1, width) for sequence in sequences]
        )
