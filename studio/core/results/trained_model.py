"""A trained model, the source of exports and traces."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.core.prepared.examples import Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import RunId
from studio.core.specs.comparison_spec import ContenderSpec


@dataclass(frozen=True)
class TrainedModel:
    """A network at one epoch of one run, before it is built.

    Attributes:
        contender: Its settings.
        preprocessing: Converts inputs and predictions.
        run: The run that it comes from.
        epoch: The epoch of its weights.
        weights: Safetensors bytes.
        scores: Test metrics of that run; empty if the test set was not scored with these weights.
        dataset_name: The dataset that it was trained on.
        is_final: Whether it was trained on all data, so that nothing is left to score it on.
        test: The test set, for exports that score a model again; None where the data cannot be
            read.
        stack: Recurrent layers of another program's file, in place of `weights`, which are then
            empty; such a model has gates and no predictions.
    """

    contender: ContenderSpec
    preprocessing: Preprocessing
    run: RunId
    epoch: int
    weights: bytes
    scores: Mapping[str, float]
    dataset_name: str
    is_final: bool = False
    test: Examples | None = None
    stack: RecurrentStack | None = None

    def scored_on(self, test: Examples | None) -> Self:
        """The same model with a test set; one that was trained on all data has none."""
        return replace(self, test=None if self.is_final else test)
