"""Trained models of a session as torch modules."""

from typing import TYPE_CHECKING

from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.weights_check import fitting_weights

if TYPE_CHECKING:
    from studio.nn.inference.inference_network import (
        InferenceNetwork as InferenceNetwork,  # noqa: PLC0414 - also for studio.api
    )


def torch_module_of(model: TrainedModel) -> "InferenceNetwork":
    """A model as a torch.nn.Module on the CPU, from inputs in their own units to predictions.

    Raises:
        DamagedSessionError: The weights do not belong to the settings.
    """
    from studio.nn.inference.inference_network import InferenceNetwork

    with fitting_weights(model):
        return InferenceNetwork(model)
