"""What is asked of an engine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayersRequest:
    """The recurrent layers of a network, in torch.nn's words; nonlinearity is the plain RNN's."""

    cell: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    nonlinearity: str = "tanh"

    @property
    def output_size(self) -> int:
        """Width of the outputs of the last layer."""
        return self.hidden_size * (2 if self.bidirectional else 1)
