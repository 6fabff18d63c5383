"""The configuration of recurrent layers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RecurrentConfig:
    """Recurrent layers, with torch.nn's names; nonlinearity is for the plain RNN."""

    cell: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    nonlinearity: str = "tanh"

    @property
    def output_size(self) -> int:
        """Output features of the last layer."""
        return self.hidden_size * (2 if self.bidirectional else 1)
