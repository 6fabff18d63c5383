"""Predictions as the columns of a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.prepared.preprocessing import Preprocessing
from studio.runs.predictions.beyond_end import BeyondEnd
from studio.runs.predictions.prediction_result import PredictionResult, RunPredictions

Columns = dict[str, NDArray[Any]]
_LIKELY = 0.5
_LEAST = float(np.finfo(np.float32).tiny)


def prediction_table(result: PredictionResult) -> Columns:
    """What is predicted for each example, or each step, beside what identifies it.

    `{target}` or `{target}+{step}` with `_low` and `_high` for values; `class`, `p_{class}` and
    `set` for classes; `next` for what follows; `actual` columns where the data holds the truth, and
    `error`: the mean absolute error of values, the negative log-likelihood of a class or of what
    follows. With every run on its own the tables follow each other, told apart by `seed`.
    """
    tables = [_of_run(result, run) for run in result.runs]
    if result.spec.runs != "every":
        return tables[0]
    for table, run in zip(tables, result.runs, strict=True):
        assert run.run is not None  # noqa: S101 - not a mean
        table["seed"] = np.full(len(run.values), run.run.seed)
    names = ("seed", *(name for name in tables[0] if name != "seed"))
    return {name: np.concatenate([table[name] for table in tables]) for name in names}


def joined_tables(tables: Mapping[str, Columns]) -> Columns:
    """Tables of several contenders as one, told apart by a first column; of one just its own."""
    if len(tables) == 1:
        return next(iter(tables.values()))
    lengths = [len(next(iter(table.values()))) for table in tables.values()]
    names = next(iter(tables.values()))
    owners = np.repeat(np.array(list(tables)), lengths)
    return {
        "contender": owners,
        **{name: np.concatenate([table[name] for table in tables.values()]) for name in names},
    }


def _of_run(result: PredictionResult, run: RunPredictions) -> Columns:
    data, preprocessing = result.data, result.data.preprocessing
    columns: Columns = dict(data.labels)
    if preprocessing.class_names is not None:
        return {**columns, **_classes(result, run, preprocessing.class_names)}
    if run.nats is not None:
        return {**columns, **_next(result, run, run.nats)}
    for output, name in enumerate(output_names(preprocessing)):
        columns[name] = run.values[:, output]
        if run.bands is not None:
            columns[f"{name}_low"] = run.bands.low[:, output]
            columns[f"{name}_high"] = run.bands.high[:, output]
    if run.quantiles is not None:
        for output, name in enumerate(preprocessing.output_names):
            columns[name] = run.quantiles[:, output]
    if not np.isnan(data.truth).all():
        for output, name in enumerate(output_names(preprocessing)):
            columns[f"{name}_actual"] = data.truth[:, output]
        columns["error"] = np.abs(run.values - data.truth).mean(axis=1)
    return columns


def output_names(preprocessing: Preprocessing) -> tuple[str, ...]:
    """The name of each output: the target, and the step ahead where there are several."""
    if preprocessing.horizon == 1:
        return preprocessing.target_names
    return tuple(
        f"{name}+{step}"
        for step in range(1, preprocessing.horizon + 1)
        for name in preprocessing.target_names
    )


def _classes(
    result: PredictionResult, run: RunPredictions, names: tuple[str, ...]
) -> Mapping[str, NDArray[Any]]:
    every = np.array(names)
    columns: Columns = {"class": every[run.values.argmax(axis=1)]}
    if run.sets is not None:
        columns["set"] = np.array(["; ".join(every[row].tolist()) for row in run.sets])
    for label, name in enumerate(names):
        columns[f"p_{name}"] = run.values[:, label]
    truth = result.data.truth
    if (truth >= 0).any():
        codes = np.maximum(truth, 0)
        columns["class_actual"] = np.where(truth >= 0, every[codes], "")
        likelihood = np.maximum(run.values[np.arange(len(codes)), codes], _LEAST)
        columns["error"] = np.where(truth >= 0, -np.log(likelihood), np.nan)
    return columns


def _next(result: PredictionResult, run: RunPredictions, nats: Doubles) -> Mapping[str, Any]:
    """What follows each step: the likeliest token, or the switches that are more likely on."""
    preprocessing, truth = result.data.preprocessing, result.data.truth
    if preprocessing.outcomes is None:
        names = np.array(preprocessing.input_names)
        switches = {f"p_{name}": run.values[:, at] for at, name in enumerate(names.tolist())}
        on = (run.values >= _LIKELY, np.nan_to_num(truth) == 1)
        likely, actual = (
            np.array(["; ".join(names[row].tolist()) for row in rows], dtype=np.str_) for rows in on
        )
        columns: Columns = {"next": likely, **switches}
    else:
        names = np.array(preprocessing.outcomes)
        columns = {"next": names[run.values[:, 0].astype(np.int64)], "p_next": run.values[:, 1]}
        actual = np.where(truth >= 0, names[np.maximum(truth, 0)], "")
    if not np.isnan(nats).all():
        columns |= {"next_actual": actual, "error": nats}
    return columns


def beyond_end_table(result: BeyondEnd) -> Columns:
    """A row for each step beyond the end of each series, with its time and each target.

    From each origin in a span: also the origin, and the truth where it is known.
    """
    count, steps, targets = result.values.shape
    columns: Columns = {}
    if any(result.series):
        columns["series"] = np.repeat(np.array(result.series), steps)
    if result.truth is not None:
        columns["origin"] = np.repeat(result.origins_at, steps)
    columns["time"] = result.times.reshape(-1)
    columns["step"] = np.tile(np.arange(1, steps + 1), count)
    for index, name in enumerate(result.data.preprocessing.target_names):
        columns[name] = result.values[:, :, index].reshape(-1)
        if result.bands is not None:
            for side, ends in (("low", result.bands.low), ("high", result.bands.high)):
                columns[f"{name}_{side}"] = ends.reshape(count, steps, targets)[..., index].ravel()
        if result.truth is not None and not np.isnan(result.truth).all():
            columns[f"{name}_actual"] = result.truth[:, :, index].reshape(-1)
    return columns
