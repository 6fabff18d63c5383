"""Predictions on new data, with what is known of how good they are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.intervals import Interval
from studio.analysis.predictions.calibration import Reliability
from studio.analysis.predictions.conformal import Bands
from studio.analysis.predictions.drift import ClassShare, ColumnDrift
from studio.core.arrays import Doubles
from studio.core.errors import UserError
from studio.core.results.events import RunId
from studio.core.results.trained_model import TrainedModel
from studio.data.new_data import NewData
from studio.runs.predictions.prediction_spec import PredictionSpec


@dataclass(frozen=True, eq=False)
class Coverage:
    """How often intervals or sets held the truth on the test set.

    Attributes:
        nominal: What was asked for.
        reached: The share on the test set.
        by_output: The same for each output or class, (outputs,); NaN where there is no example.
        examples: Test examples, or steps, whose truth is known.
        calibration: Validation examples, or steps, that the intervals are from; for prediction
            sets those of the rarest class.
        needed: The fewest of them that give finite intervals.
    """

    nominal: float
    reached: float
    by_output: Doubles
    examples: int
    calibration: int
    needed: int


@dataclass(frozen=True, eq=False)
class RunPredictions:
    """Predictions of one run, or of the mean of several.

    Attributes:
        run: Whose; None for the mean.
        values: Probabilities or values in target units, (examples, outputs), or (steps, outputs);
            of quantiles the median. Of the next token the code of the likeliest one and its
            probability, (steps, 2).
        quantiles: Every quantile where a network predicts them, (examples, outputs x levels).
        bands: Intervals of values, or None.
        sets: Prediction sets of classes, (examples, classes), or None.
        coverage: On the test set; None without intervals.
        nats: The negative log-likelihood of the next token or step, (steps,), NaN where it is
            unknown; None for other tasks.
    """

    run: RunId | None
    values: Doubles
    quantiles: Doubles | None = None
    bands: Bands | None = None
    sets: NDArray[np.bool_] | None = None
    coverage: Coverage | None = None
    nats: Doubles | None = None


@dataclass(frozen=True, eq=False)
class PredictionResult:
    """Predictions on new data, with what is known of how good they are.

    Attributes:
        data: The new data.
        contender: The contender's name.
        models: The runs that predicted.
        spec: What was asked for.
        runs: The predictions: one, or one for every run.
        scores: Metrics on the new data where it holds the truth; else empty.
        test_scores: The same metrics on the test set; empty if it cannot be had.
        drift: Columns against the training set; None where that cannot be had.
        class_shares: Classes of the training set and of the new data, true ones or predicted.
        shares_are_true: Whether the new data's shares are those of its true classes.
        temperature: That of the probabilities; None for 1.
        reliability: Of the probabilities on the test set; None for values.
        unavailable: Why intervals, test scores and drift are missing; None if they are there.
    """

    data: NewData
    contender: str
    models: tuple[TrainedModel, ...]
    spec: PredictionSpec
    runs: tuple[RunPredictions, ...]
    scores: Mapping[str, Interval]
    test_scores: Mapping[str, Interval]
    drift: tuple[ColumnDrift, ...] | None
    class_shares: tuple[ClassShare, ...]
    shares_are_true: bool
    temperature: float | None
    reliability: Reliability | None
    unavailable: UserError | None

    @property
    def main(self) -> RunPredictions:
        """The predictions that are shown first."""
        return self.runs[0]
