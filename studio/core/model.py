"""A trained model outside of training: what exports and traces are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.events import RunId
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec


@dataclass(frozen=True)
class TrainedModel:
    """A network at one epoch of one run, before it is built.

    Attributes:
        contender: Its settings.
        preparation: What feeds it and reads its answer.
        run: The run that it comes from.
        epoch: After which epoch.
        weights: Safetensors bytes.
        scores: Test metrics of that run; empty where the test part was not scored with these
            weights.
        dataset_name: What it was trained on.
    """

    contender: ContenderSpec
    preparation: Preparation
    run: RunId
    epoch: int
    weights: bytes
    scores: Mapping[str, float]
    dataset_name: str
