"""What drives the prediction of an example: attribution of stored models to its inputs."""

from collections.abc import Sequence

import numpy as np

from studio.core.cells import CELLS
from studio.core.inspection.attribution import Attribution
from studio.core.prepared.examples import IGNORE_INDEX
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.gate_inspection import Example, ModelPair
from studio.runs.stored.weights_check import fitting_weights


def usual_output(preprocessing: Preprocessing, example: Example) -> int:
    """The output to explain unless another one is chosen.

    That of the true class, at the last step that has one; the median of the first value; the first
    key.
    """
    if preprocessing.outcomes is None or preprocessing.kind == "next-step":
        return preprocessing.median_index or 0
    classes = np.atleast_1d(example.target)
    known = classes[classes != IGNORE_INDEX]
    return int(known[-1]) if len(known) else 0


def attribute_models(
    pairs: Sequence[ModelPair], example: Example, output: int
) -> dict[str, Attribution]:
    """The attribution of each contender's model, by contender; on the compute thread.

    Models of cells that are not installed are left out. With a prediction at every step it is that
    of the last step.

    Args:
        pairs: The models.
        example: What they read.
        output: The place of what is explained among the outputs.
    """
    return {
        pair.model.contender.name: attribute_model(pair.model, example, output)
        for pair in pairs
        if CELLS[pair.model.contender.cell].is_installed
    }


def attribute_model(model: TrainedModel, example: Example, output: int) -> Attribution:
    """The attribution of one model; on the compute thread."""
    from studio.nn.inference.attribution import Explained, attribute
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        network = load_network(model.contender, model.preprocessing, model.weights)
    explained = Explained(output, series=example.series)
    return attribute(network, example.inputs, model.preprocessing, explained)
