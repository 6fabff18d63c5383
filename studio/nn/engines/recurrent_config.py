"""The configuration of the layers between input and head."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RecurrentConfig:
    """Recurrent layers, with torch.nn's names, or the levels of a convolutional network.

    nonlinearity is for the plain RNN, kernel_size for convolutions.
    """

    cell: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    nonlinearity: str = "tanh"
    kernel_size: int = 3

    @property
    def output_size(self) -> int:
        """Output features of the last layer."""
        return self.hidden_size * (2 if self.bidirectional else 1)
