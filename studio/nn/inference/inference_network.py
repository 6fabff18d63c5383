"""A trained network with its preprocessing as one torch module."""

from typing import cast

import torch
from torch import Tensor, nn

from studio.core.prepared.scaler import Scaler, SeriesScaler
from studio.core.results.trained_model import TrainedModel
from studio.nn.networks.load_network import load_network


class InferenceNetwork(nn.Module):
    """Takes inputs in their own units and gives predictions in the targets' units.

    It computes what InferenceModel does, in torch operations, so that gradients flow through it. It
    starts in evaluation mode.

    Attributes:
        network: The trained network; it reads scaled inputs and gives raw outputs.
        input_center: Centre of each input channel, (series, channels) float64; one row where all
            series share a scaler, else the last is that of a series which was not fitted.
        input_scale: The same for the scale.
        target_center: Centre of each target, (series, targets); of size 0 for classes.
        target_scale: The same for the scale.
    """

    input_center: Tensor
    input_scale: Tensor
    target_center: Tensor
    target_scale: Tensor

    def __init__(self, model: TrainedModel) -> None:
        super().__init__()
        preprocessing = model.preprocessing
        self._preprocessing = preprocessing
        self.network = load_network(model.contender, preprocessing, model.weights)
        each = preprocessing.series_scaling
        self._add_scaler("input", preprocessing.input_scaler if each is None else each.inputs)
        self._add_scaler("target", preprocessing.target_scaler if each is None else each.targets)
        self.eval()

    def _add_scaler(self, side: str, scaler: Scaler | SeriesScaler | None) -> None:
        for part in ("center", "scale"):
            values = [] if scaler is None else getattr(scaler, part)
            rows = torch.tensor(values, dtype=torch.float64)
            self.register_buffer(f"{side}_{part}", rows if rows.ndim > 1 else rows[None])

    def forward(
        self,
        sequences: Tensor,
        series: Tensor | None = None,
        lengths: Tensor | None = None,
    ) -> Tensor:
        """Class probabilities (float32), or values in the targets' units (float64).

        Args:
            sequences: In the inputs' own units, (batch, time, channels); codes of the vocabulary,
                (batch, time, 1), for a text with an embedding.
            series: The index of each sequence's series where each series has its own scaler, -1
                for one that was not fitted, (batch,).
            lengths: Valid steps of sequences that are padded on the right, (batch,); None where
                all fill the time axis.

        Returns:
            (batch, outputs), horizon first; (batch, time, outputs) with a prediction at every step.

        Raises:
            ValueError: Each series has its own scaler, and the series are not given.
        """
        if self._preprocessing.series_scaling is not None and series is None:
            raise ValueError("each series has its own scaler; give the series of each example")
        center, scale = self.input_center, self.input_scale
        if self._preprocessing.series_scaling is not None:
            center, scale = center[series].unsqueeze(1), scale[series].unsqueeze(1)
        scaled = ((sequences.double() - center) / scale).float()
        raw = cast("Tensor", self.network(scaled, lengths)).double()
        return self._in_units(raw, series)

    def _in_units(self, raw: Tensor, series: Tensor | None) -> Tensor:
        preprocessing = self._preprocessing
        if preprocessing.kind == "next-step":
            return torch.sigmoid(raw).float()
        if preprocessing.target_scaler is None:
            return raw.softmax(dim=-1).float()
        center, scale = self.target_center, self.target_scale
        if preprocessing.series_scaling is not None:
            ones = (1,) * (raw.ndim - 1)
            center = center[series].reshape(len(raw), *ones, -1)
            scale = scale[series].reshape(len(raw), *ones, -1)
        steps = raw.unflatten(-1, (-1, self.target_center.shape[-1]))
        return torch.flatten(steps * scale + center, -2)
