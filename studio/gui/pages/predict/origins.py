"""One forecast of several contenders: what was read, what is predicted, the truth."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.runs.predictions.prediction_result import PredictionResult


@dataclass(frozen=True, eq=False)
class Origin:
    """A forecast from one row of a series.

    Attributes:
        past_x: The rows before it, (window,).
        past: The target there, NaN where the data does not hold it, (window,).
        ahead_x: The rows that are predicted, (horizon,).
        truth: The target there, NaN where unknown, (horizon,).
        predictions: By contender, (horizon,) each.
        bands: Low and high ends by contender, where there are intervals.
        label: The time stamp or number of the last row that is read.
    """

    past_x: Doubles
    past: Doubles
    ahead_x: Doubles
    truth: Doubles
    predictions: Mapping[str, Doubles]
    bands: Mapping[str, tuple[Doubles, Doubles]]
    label: str


def origin_of(results: Mapping[str, PredictionResult], index: int, target: int) -> Origin:
    """The forecast with that number, of one of the targets.

    Args:
        results: By contender, all of the same data.
        index: The window.
        target: The target's index.
    """
    data = next(iter(results.values())).data
    preprocessing = data.preprocessing
    horizon, targets = preprocessing.horizon, len(preprocessing.target_names)
    first, start = int(data.positions[index]), int(data.starts[index])
    chosen = np.arange(horizon) * targets + target
    past = np.full(first - start, np.nan)
    if data.targets is not None:
        past = data.targets[start:first, target]
    bands = {
        name: (bands.low[index, chosen], bands.high[index, chosen])
        for name, result in results.items()
        if (bands := result.main.bands) is not None and np.isfinite(bands.high[index, chosen]).all()
    }
    stamps = data.labels.get("time", data.labels.get("row"))
    return Origin(
        past_x=np.arange(start, first, dtype=np.float64),
        past=past,
        ahead_x=np.arange(first, first + horizon, dtype=np.float64),
        truth=np.asarray(data.truth[index, chosen], dtype=np.float64),
        predictions={
            name: np.asarray(result.main.values[index, chosen]) for name, result in results.items()
        },
        bands=bands,
        label="" if stamps is None else str(stamps[index]),
    )
