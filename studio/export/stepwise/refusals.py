"""Which models can be served step by step."""

from studio.core.errors import ExportError
from studio.core.results.c_refusals import why_not_stepwise
from studio.core.results.trained_model import TrainedModel

_REMEDY = "Export it as onnx or safetensors, which read whole sequences"


def refuse_whole_sequences(model: TrainedModel) -> None:
    """Refuses a model that needs a whole sequence before it can predict.

    Raises:
        ExportError: The model cannot be served step by step; the message says why.
    """
    spec = model.contender
    reason = why_not_stepwise(spec, model.preprocessing)
    if reason:
        raise ExportError(
            f"cannot be served step by step: {reason}", where=spec.name, remedy=_REMEDY
        )
