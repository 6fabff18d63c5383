"""What the exported sources of a network have in common, whatever library they are for."""

from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel


def refuse_own_scalers(model: TrainedModel) -> None:
    """Raises an ExportError if each series has its own scaler."""
    if model.preprocessing.series_scaling is not None:
        raise ExportError(
            "each series has its own scaler, which plain source does not choose",
            where=model.contender.name,
            remedy="Export it as safetensors, whose Python file takes the series",
        )


def trained_on(model: TrainedModel) -> str:
    """Where the weights come from, a sentence that can stand in a docstring."""
    text = f"Trained on {model.dataset_name}: {model.run}, epoch {model.epoch}."
    return text.replace("\\", "/").replace('"', "'").replace("\n", " ")


def listed(names: tuple[str, ...]) -> str:
    """Names as a tuple, one on each line."""
    items = "".join(f"    {name!r},\n" for name in names)
    return f"(\n{items})"


def answers_of(model: TrainedModel) -> str:
    """What the network gives, with its shape, a clause."""
    preprocessing = model.preprocessing
    numbers = preprocessing.target_scaler is not None
    what = "values in the targets' units" if numbers else "probabilities"
    shape = "(batch, time, outputs)" if preprocessing.per_step else "(batch, outputs)"
    return f"{what}, {shape}"
