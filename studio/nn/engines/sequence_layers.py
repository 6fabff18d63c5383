"""What all layers between input and head have in common."""

import torch
from torch import Tensor, nn

from studio.nn.engines.recurrent_config import RecurrentConfig


class SequenceLayers(nn.Module):
    """Layers that give an output for every step of a sequence.

    Attributes:
        config: Their configuration.
    """

    config: RecurrentConfig

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Outputs of the last layer.

        Args:
            inputs: (batch, time, input_size), padded on the right.
            lengths: Valid steps, (batch,) int64, or None if there is no padding.

        Returns:
            (batch, time, output_size); values after an example's length have no meaning.
        """
        raise NotImplementedError

    def last(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Outputs of each direction's last valid step, (batch, output_size).

        The last step of the reverse direction is the first step of the sequence.
        """
        outputs = self(inputs, lengths)
        return last_outputs(outputs, lengths, bidirectional=self.config.bidirectional)


def last_outputs(outputs: Tensor, lengths: Tensor | None, *, bidirectional: bool) -> Tensor:
    """Each direction's last valid step (the first one for reverse), (batch, output_size).

    Args:
        outputs: (batch, time, output_size).
        lengths: Valid steps, (batch,) int64, or None if there is no padding.
        bidirectional: Whether the second half of the outputs is the reverse direction.
    """
    if lengths is None:
        final = outputs[:, -1]
    else:
        final = outputs[torch.arange(len(outputs), device=outputs.device), lengths - 1]
    if not bidirectional:
        return final
    half = outputs.shape[2] // 2
    return torch.cat([final[:, :half], outputs[:, 0, half:]], dim=1)
