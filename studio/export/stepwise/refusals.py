"""Which models can be served step by step."""

from studio.core.cells import CELLS
from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel

_REMEDY = "Export it as onnx or safetensors, which read whole sequences"


def refuse_whole_sequences(model: TrainedModel) -> None:
    """Refuses a model that needs a whole sequence before it can predict.

    Raises:
        ExportError: The model cannot be served step by step; the message says why.
    """
    spec = model.contender
    reason = ""
    if not CELLS[spec.cell].is_recurrent:
        reason = f"a {CELLS[spec.cell].label} has no state that could be carried from step to step"
    elif spec.bidirectional:
        reason = "a bidirectional network reads each sequence from its end too"
    elif not model.preprocessing.per_step and spec.pooling == "attention":
        reason = "attention weighs all steps, once the last one is known"
    if reason:
        raise ExportError(
            f"cannot be served step by step: {reason}", where=spec.name, remedy=_REMEDY
        )
