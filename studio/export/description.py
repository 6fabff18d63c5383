"""The JSON that describes a model and its preprocessing, with an example to check it with."""

import hashlib
from collections.abc import Sequence
from typing import Any

from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler, SeriesScaler, SeriesScaling
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.receptive_field import kernel_size_of, receptive_field
from studio.core.version import __version__

FORMAT, VERSION = "gate-studio-model", 1
_VERSION_WITH_SERIES = 2  # programs for version 1 would scale every series alike
_VERSION_WITH_QUANTILES = 3  # programs for older versions would take quantiles for targets
_STEPS_OF_AN_EXAMPLE = 100


def describe(
    model: TrainedModel,
    weights: bytes,
    example: Floats,
    answer: Floats,
    series: Integers | None = None,
) -> dict[str, Any]:
    """Everything that another program needs to use the model, as plain values.

    Args:
        model: The model.
        weights: The content of its weights file.
        example: A raw input, (time, channels).
        answer: The model's prediction for it, (outputs,), or (time, outputs).
        series: The index of its series where each series has its own scaler, (1,).
    """
    preprocessing = model.preprocessing
    scaling = preprocessing.series_scaling
    stored: dict[str, Any] = {"input": example.tolist(), "answer": answer.tolist()}
    if series is not None:
        stored["series"] = int(series[0])
    return {
        "format": FORMAT,
        "version": _version(preprocessing),
        "made_by": f"Gate Studio {__version__}",
        "name": model.contender.name,
        "trained": {
            "dataset": model.dataset_name,
            "seed": model.run.seed,
            **_fold(model.run.fold_id),
            "epoch": model.epoch,
            "test_scores": dict(model.scores),
            **({"on": "all data, so there is no test score"} if model.is_final else {}),
        },
        "network": network_settings(model),
        "input": _input(preprocessing),
        "output": _output(preprocessing),
        **({} if scaling is None else {"series": _series(scaling)}),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "example": stored,
    }


def _version(preprocessing: Preprocessing) -> int:
    if preprocessing.quantiles is not None:
        return _VERSION_WITH_QUANTILES
    return VERSION if preprocessing.series_scaling is None else _VERSION_WITH_SERIES


def example_of(sequences: Sequence[Floats], preprocessing: Preprocessing) -> Floats:
    """The example stored with a model: the first, shortened if every step has a target."""
    return sequences[0][:_STEPS_OF_AN_EXAMPLE] if preprocessing.per_step else sequences[0]


def network_settings(model: TrainedModel) -> dict[str, Any]:
    """The network in terms of torch.nn."""
    spec = model.contender
    return {
        "cell": spec.cell,
        **_of_cell(spec),
        "input_size": model.preprocessing.input_size,
        "vocabulary_size": len(model.preprocessing.vocabulary or ())
        if model.preprocessing.embeds
        else None,
        "embedding_size": spec.embedding_size if model.preprocessing.embeds else None,
        "hidden_size": spec.hidden_size,
        "num_layers": spec.num_layers,
        "bidirectional": spec.bidirectional,
        "pooling": None if model.preprocessing.per_step else spec.pooling,
        "output_size": model.preprocessing.output_size,
    }


def _of_cell(spec: ContenderSpec) -> dict[str, Any]:
    if CELLS[spec.cell].is_recurrent:
        return {"nonlinearity": spec.nonlinearity or "tanh"}
    kernel_size = kernel_size_of(spec)
    field = receptive_field(spec.num_layers, kernel_size)
    return {"nonlinearity": "relu", "kernel_size": kernel_size, "receptive_field": field}


def _fold(fold_id: FoldId) -> dict[str, int]:
    return {} if fold_id == SINGLE_SPLIT else fold_id._asdict()


def _input(preprocessing: Preprocessing) -> dict[str, Any]:
    return {
        "shape": "batch, time, channels",
        "names": list(preprocessing.input_names),
        "units": list(preprocessing.input_units),
        "scaling": _scaling(preprocessing.input_scaler),
        "known_ahead": list(preprocessing.known_ahead),
        "static": [column.model_dump() for column in preprocessing.static],
        "window": preprocessing.window,
        "carried": preprocessing.carried,
        "stride": preprocessing.stride,
        "shortest": preprocessing.min_length,
        "longest": preprocessing.max_length,
        "cut_to": preprocessing.longest,
        "kept": preprocessing.kept,
        "missing": preprocessing.missing,
        "fill": None if preprocessing.fill is None else list(preprocessing.fill),
        "tokens": preprocessing.tokens,
        "vocabulary": None if preprocessing.vocabulary is None else list(preprocessing.vocabulary),
    }


def _output(preprocessing: Preprocessing) -> dict[str, Any]:
    scaler = preprocessing.target_scaler
    return {
        "task": preprocessing.kind,
        "names": list(preprocessing.target_names),
        "units": list(preprocessing.target_units),
        "horizon": preprocessing.horizon,
        "quantiles": None if preprocessing.quantiles is None else list(preprocessing.quantiles),
        "outputs": None if preprocessing.outcomes else list(preprocessing.output_names),
        **_steps(preprocessing),
        "class_names": None if preprocessing.outcomes is None else list(preprocessing.outcomes),
        "scaling": None if scaler is None else _scaling(scaler),
    }


def _steps(preprocessing: Preprocessing) -> dict[str, Any]:
    """Of numbers at each step: which steps are scored, and what stands for the target before."""
    if preprocessing.kind != "track":
        return {}
    past = preprocessing.past_target
    return {
        "washout": preprocessing.washout,
        "past_target": None if past is None else {"before_first_step": list(past)},
    }


def _series(scaling: SeriesScaling) -> list[dict[str, Any]]:
    """The scaling of each series; the last is that of any other series, whose name is None."""
    names = (*scaling.names, None)
    fitted = (*scaling.fitted, False)
    return [
        {
            "name": name,
            "has_training_steps": fitted[index],
            "input": {
                **_row(scaling.inputs, index),
                "fill": None if scaling.fill is None else list(scaling.fill[index]),
            },
            "output": _row(scaling.targets, index),
        }
        for index, name in enumerate(names)
    ]


def _row(scaler: SeriesScaler, index: int) -> dict[str, list[float]]:
    return {"center": list(scaler.center[index]), "scale": list(scaler.scale[index])}


def _scaling(scaler: Scaler) -> dict[str, Any]:
    return {"kind": scaler.kind, "center": list(scaler.center), "scale": list(scaler.scale)}
