"""The test score of a model with int8 weights, without writing it."""

from collections.abc import Sequence

from studio.core.arrays import Floats
from studio.core.errors import UserError
from studio.core.results.trained_model import TrainedModel
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.integer_scores import IntegerScore, integer_score
from studio.export.c.network import c_network
from studio.export.c.quantize import quantized
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel


def score_int8(model: TrainedModel, sequences: Sequence[Floats]) -> IntegerScore | str:
    """Both scores of a model with its test set, or why there are none, a clause.

    Runs on the compute thread.

    Args:
        model: The trained model; its test set is scored.
        sequences: Real examples in their own units, which set the range of the inputs.
    """
    if model.test is None:
        return "the dataset cannot be read"
    try:
        network = c_network(model)
        integers = quantized(network, sequences)
    except UserError as error:
        return error.what
    source = read_source(integer_header(integers), integer_body(integers))
    compiled = CompiledModel(source, network.inputs, network.outputs, per_step=network.per_step)
    score = integer_score(model, compiled, network.macs)
    return "models of this task are not scored in integers" if score is None else score
