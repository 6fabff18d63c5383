"""Predictions on new data in Python: the command predict, on files and on data in memory."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.analysis import Interval
from studio.analysis.wording import with_brackets
from studio.api.memory_data import as_file
from studio.api.result_table import ResultTable
from studio.api.text import html_table
from studio.core.arrays import Doubles
from studio.core.results.metrics import METRICS
from studio.paths import user_folders
from studio.runs.execution.compute import ComputeThread
from studio.runs.predictions.beyond_end import BeyondEnd, forecast_beyond_end
from studio.runs.predictions.predict import predict_new_data
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.predictions.prediction_table import beyond_end_table, prediction_table
from studio.sessions import SessionFile


class Predictions:
    """What a contender predicts for new data, and what is known of how good that is.

    Attributes:
        result: Everything, as the studio's own code reads it.
        contender: The contender's name.
    """

    def __init__(self, result: PredictionResult) -> None:
        self.result, self.contender = result, result.contender

    @cached_property
    def table(self) -> ResultTable:
        """A row for each example: the columns that `gate-studio predict` writes."""
        return ResultTable(prediction_table(self.result))

    @property
    def values(self) -> Doubles:
        """Class probabilities, or values in the targets' units, (examples, outputs)."""
        return self.result.main.values

    @property
    def low(self) -> NDArray[Any] | None:
        """Lower ends of the intervals, (examples, outputs); None without intervals."""
        bands = self.result.main.bands
        return None if bands is None else bands.low

    @property
    def high(self) -> NDArray[Any] | None:
        """Upper ends of the intervals, (examples, outputs); None without intervals."""
        bands = self.result.main.bands
        return None if bands is None else bands.high

    @property
    def coverage(self) -> float | None:
        """The share of the test set that such intervals or sets held; None without them."""
        reached = self.result.main.coverage
        return None if reached is None else reached.reached

    @property
    def scores(self) -> Mapping[str, Interval]:
        """Scores on the new data by metric, where it holds the truth; else empty."""
        return self.result.scores

    @property
    def test_scores(self) -> Mapping[str, Interval]:
        """The same on the test set."""
        return self.result.test_scores

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"{self._title}\n{self.table!r}"

    def _repr_html_(self) -> str:
        rows = [
            (METRICS[name].label, with_brackets(score), with_brackets(self.test_scores[name]))
            for name, score in self.scores.items()
            if name in METRICS and name in self.test_scores
        ]
        scores = html_table(("Metric", "New data", "Test set"), rows, self._title) if rows else ""
        return scores + self.table._repr_html_()

    @property
    def _title(self) -> str:
        return f"Predictions of {self.contender} for {len(self):,} examples"


class Forecast:
    """Steps beyond the last row of a series, or of each of several.

    Attributes:
        result: Everything, as the studio's own code reads it.
        contender: The contender's name.
    """

    def __init__(self, result: BeyondEnd) -> None:
        self.result, self.contender = result, result.contender

    @cached_property
    def table(self) -> ResultTable:
        """A row for each step: the columns that `gate-studio predict --steps` writes."""
        return ResultTable(beyond_end_table(self.result))

    @property
    def values(self) -> Doubles:
        """In target units, (series, steps, targets)."""
        return self.result.values

    @property
    def times(self) -> NDArray[np.str_]:
        """The time stamp of each step, or the number of its row, (series, steps)."""
        return self.result.times

    @property
    def fed_back_from(self) -> int | None:
        """The first step that is predicted from predictions, from 1; None within the horizon."""
        return self.result.fed_back_from

    @property
    def rmse_by_step(self) -> Doubles | None:
        """Root mean squared error on the test set, (steps, targets); None without its data."""
        return self.result.error_by_step

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def __repr__(self) -> str:
        return f"{len(self):,} steps forecast by {self.contender}\n{self.table!r}"

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


def forecast(
    file: SessionFile, comparison: int, data: object, spec: PredictionSpec, steps: int
) -> Forecast:
    """Forecasts beyond the end with the models of a comparison; see Comparison.forecast."""
    from studio.data import Cache

    cache = Cache(user_folders().datasets)
    with as_file(data, "data", None) as (path, _), ComputeThread() as compute:
        return Forecast(
            forecast_beyond_end(file, comparison, Path(path), spec, steps, compute, cache=cache)
        )


def predict(file: SessionFile, comparison: int, data: object, spec: PredictionSpec) -> Predictions:
    """Predicts new data with the models of a comparison; see Comparison.predict."""
    from studio.data import Cache

    cache = Cache(user_folders().datasets)
    with as_file(data, "data", None) as (path, _), ComputeThread() as compute:
        return Predictions(
            predict_new_data(file, comparison, Path(path), spec, compute, cache=cache)
        )
