"""The loss of a model, where it is not the usual one of its task."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Loss = Literal[
    "cross-entropy", "mse", "binary-cross-entropy",
    "mae", "huber", "pinball", "label-smoothing", "focal",
]  # fmt: skip
NUMBER_LOSSES: frozenset[Loss] = frozenset({"mse", "mae", "huber", "pinball"})


class ChosenLoss(BaseModel):
    """A loss with its parameters; those of other losses are None.

    Attributes:
        name: The loss.
        delta: Of "huber": the error in scaled units from which on it is linear.
        quantiles: Of "pinball": the levels, increasing, 0.5 among them.
        smoothing: Of "label-smoothing": the share that is spread over all classes.
        gamma: Of "focal": the exponent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Loss
    delta: float | None = None
    quantiles: tuple[float, ...] | None = None
    smoothing: float | None = None
    gamma: float | None = None
