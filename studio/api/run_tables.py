"""Epochs and predictions of runs as tables."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.api.result_table import ResultTable
from studio.core.arrays import Floats
from studio.core.results.history import FoldRecord, RunHistory
from studio.core.results.metrics import GUESS, NATS


def epoch_table(runs: Iterable[RunHistory]) -> ResultTable:
    """A row for each epoch; scores are those of the validation set, as in the stored records."""
    records = [(run.run, epoch) for run in runs for epoch in run.epochs]
    metrics = dict.fromkeys(name for _, epoch in records for name in epoch.scores)
    columns: dict[str, list[Any]] = {
        "contender": [run.contender for run, _ in records],
        "seed": [run.seed for run, _ in records],
        "repeat": [run.fold_id.repeat for run, _ in records],
        "fold": [run.fold_id.fold for run, _ in records],
    }
    for name in ("epoch", "step", "seconds", "train_loss", "validation_loss", "lr"):
        columns[name] = [getattr(epoch, name) for _, epoch in records]
    for name in metrics:
        columns[name] = [epoch.scores.get(name) for _, epoch in records]
    for name in ("gradient_norm", "clipped"):
        columns[name] = [getattr(epoch, name) for _, epoch in records]
    return ResultTable(columns)


def prediction_table(predictions: Floats, record: FoldRecord) -> ResultTable:
    """Predictions beside the truth, a row for each test example.

    Columns are position, then {target} or {target}+{step} with {...}_truth, or class, truth and
    p_{class}. With a prediction at every step there is a row for each step with a target: position,
    step, truth, nll and class.
    """
    from studio.runs.predictions.prediction_table import output_names

    preprocessing = record.preprocessing
    if preprocessing.per_step:
        return ResultTable(_columns_of_steps(predictions, record))
    columns: dict[str, NDArray[Any]] = {"position": record.test_positions}
    names = preprocessing.outcomes
    if names is None:
        for output, name in enumerate(output_names(preprocessing)):
            columns[name] = predictions[:, output]
            columns[f"{name}_truth"] = record.test_truth[:, output]
        return ResultTable(columns)
    named = np.array(names, dtype=object)
    columns["class"] = named[predictions.argmax(axis=1)]
    columns["truth"] = named[record.test_truth]
    columns |= {f"p_{name}": predictions[:, code] for code, name in enumerate(names)}
    return ResultTable(columns)


def _columns_of_steps(predictions: Floats, record: FoldRecord) -> dict[str, NDArray[Any]]:
    examples, steps = np.nonzero(record.test_truth >= 0)
    kept = predictions[examples, steps]
    columns: dict[str, NDArray[Any]] = {
        "position": record.test_positions[examples],
        "step": steps,
        "truth": record.test_truth[examples, steps],
        "nll": kept[:, NATS],
    }
    outcomes = record.preprocessing.outcomes
    if outcomes is not None:
        named = np.array(outcomes, dtype=object)
        columns["truth"] = named[columns["truth"]]
        columns["class"] = named[kept[:, GUESS].astype(np.int64)]
    return columns
