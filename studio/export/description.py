"""The JSON that rebuilds a model and its preparation, with an example to check it by."""

import hashlib
from collections.abc import Sequence
from typing import Any

from studio import __version__
from studio.core.arrays import Floats
from studio.core.division import WHOLE, Division
from studio.core.model import TrainedModel
from studio.core.preparation import Preparation, Scaler

FORMAT, VERSION = "gate-studio-model", 1
_STEPS_OF_AN_EXAMPLE = 100


def describe(
    model: TrainedModel, weights: bytes, example: Floats, answer: Floats
) -> dict[str, Any]:
    """Everything that another program needs, as plain values.

    Args:
        model: The model.
        weights: The weights file that goes with it.
        example: A raw input, (time, channels).
        answer: What the model answers to it, (outputs,), or (time, outputs).
    """
    preparation = model.preparation
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"Gate Studio {__version__}",
        "name": model.contender.name,
        "trained": {
            "dataset": model.dataset_name,
            "seed": model.run.seed,
            **_division(model.run.division),
            "epoch": model.epoch,
            "test_scores": dict(model.scores),
        },
        "network": network_settings(model),
        "input": _input(preparation),
        "output": _output(preparation),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "example": {"input": example.tolist(), "answer": answer.tolist()},
    }


def example_of(sequences: Sequence[Floats], preparation: Preparation) -> Floats:
    """The sequence to keep beside a model: the first, or its start where all steps are answered."""
    return sequences[0][:_STEPS_OF_AN_EXAMPLE] if preparation.stepwise else sequences[0]


def network_settings(model: TrainedModel) -> dict[str, Any]:
    """The network in torch.nn's words."""
    spec = model.contender
    return {
        "cell": spec.cell,
        "nonlinearity": spec.nonlinearity or "tanh",
        "input_size": model.preparation.input_size,
        "vocabulary_size": len(model.preparation.vocabulary or ())
        if model.preparation.embeds
        else None,
        "embedding_size": spec.embedding_size if model.preparation.embeds else None,
        "hidden_size": spec.hidden_size,
        "num_layers": spec.num_layers,
        "bidirectional": spec.bidirectional,
        "pooling": None if model.preparation.stepwise else spec.pooling,
        "output_size": model.preparation.output_size,
    }


def _division(division: Division) -> dict[str, int]:
    return {} if division == WHOLE else division._asdict()


def _input(preparation: Preparation) -> dict[str, Any]:
    return {
        "shape": "batch, time, channels",
        "names": list(preparation.input_names),
        "units": list(preparation.input_units),
        "scaling": _scaling(preparation.input_scaler),
        "window": preparation.window,
        "carried": preparation.carried,
        "stride": preparation.stride,
        "shortest": preparation.min_length,
        "longest": preparation.max_length,
        "cut_to": preparation.longest,
        "kept": preparation.kept,
        "missing": preparation.missing,
        "fill": None if preparation.fill is None else list(preparation.fill),
        "tokens": preparation.tokens,
        "vocabulary": None if preparation.vocabulary is None else list(preparation.vocabulary),
    }


def _output(preparation: Preparation) -> dict[str, Any]:
    scaler = preparation.target_scaler
    return {
        "task": preparation.kind,
        "names": list(preparation.target_names),
        "units": list(preparation.target_units),
        "horizon": preparation.horizon,
        "class_names": None if preparation.outcomes is None else list(preparation.outcomes),
        "scaling": None if scaler is None else _scaling(scaler),
    }


def _scaling(scaler: Scaler) -> dict[str, Any]:
    return {"kind": scaler.kind, "center": list(scaler.center), "scale": list(scaler.scale)}
