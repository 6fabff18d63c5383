"""Causal convolutional network (TCN), with torch.nn's convolutions.

Bai, Kolter and Koltun, An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
Sequence Modeling, arXiv 1803.01271, 2018; without weight normalisation (docs/adr/0060).
"""

from torch import Tensor, nn
from torch.nn.functional import dropout1d, pad, relu

from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.engines.sequence_layers import SequenceLayers


class CausalBlock(nn.Module):
    """A residual block of two dilated causal convolutions, each with ReLU and channel dropout.

    Attributes:
        first: From the inputs to the channels.
        second: From the channels to the channels.
        residual: Of a single step, where inputs and channels differ in number; else None.
    """

    def __init__(
        self, inputs: int, channels: int, kernel_size: int, dilation: int, dropout: float
    ) -> None:
        super().__init__()
        self.first = nn.Conv1d(inputs, channels, kernel_size, dilation=dilation)
        self.second = nn.Conv1d(channels, channels, kernel_size, dilation=dilation)
        self.residual = None if inputs == channels else nn.Conv1d(inputs, channels, 1)
        self._before = (kernel_size - 1) * dilation
        self._dropout = dropout

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, inputs, time) to (batch, channels, time)."""
        steps = inputs
        for convolution in (self.first, self.second):
            steps = relu(convolution(pad(steps, (self._before, 0))))
            steps = dropout1d(steps, self._dropout, self.training)
        residual = inputs if self.residual is None else self.residual(inputs)
        return relu(steps + residual)


class ConvolutionalLayers(SequenceLayers):
    """The levels of a TCN; the dilation is 1 at the first and doubles from level to level.

    An output depends on its own step and those before it, so that padding on the right changes no
    valid step.
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        inputs, channels = config.input_size, config.hidden_size
        self.blocks = nn.ModuleList(
            CausalBlock(
                channels if level else inputs,
                channels,
                config.kernel_size,
                2**level,
                config.dropout,
            )
            for level in range(config.num_layers)
        )

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See SequenceLayers."""
        del lengths
        steps = inputs.transpose(1, 2)
        for block in self.blocks:
            steps = block(steps)
        return steps.transpose(1, 2)
