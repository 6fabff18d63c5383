"""A contender trained on all data, after its comparison has chosen it."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import ExecutionInfo


@dataclass(frozen=True)
class FinalModel:
    """A model without a test score: no example was left to score it on.

    Attributes:
        contender: The contender's name.
        seed: Seed of its weights, of the order of the data and of dropout.
        epochs: Epochs that it was trained for.
        examples: Examples of the training set, which is all data.
        train_loss: Of the last epoch.
        preprocessing: Fitted on all data.
        execution: What it was trained with.
        weights: Safetensors bytes.
        created: When it was trained, ISO 8601, UTC; "" before it is stored.
    """

    contender: str
    seed: int
    epochs: int
    examples: int
    train_loss: float
    preprocessing: Preprocessing
    execution: ExecutionInfo
    weights: bytes
    created: str = ""

    def as_json(self) -> dict[str, object]:
        """What is told of it, as plain values."""
        return {
            "contender": self.contender,
            "seed": self.seed,
            "epochs": self.epochs,
            "examples": self.examples,
            "created": self.created,
        }


def final_json(models: Sequence[FinalModel]) -> dict[str, object]:
    """Final models as a part of a comparison's JSON; nothing where there are none."""
    return {"final_models": [model.as_json() for model in models]} if models else {}
