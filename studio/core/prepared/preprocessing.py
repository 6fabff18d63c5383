"""What was fitted on the training set, and what a model's numbers mean; stored with every model."""

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.prepared.chosen_loss import ChosenLoss, Loss
from studio.core.prepared.scaler import Scaler, SeriesScaling
from studio.core.prepared.static_columns import StaticColumn
from studio.core.specs.dataset_spec import Tokens
from studio.core.specs.task_spec import STEPWISE, Kept, Missing, TaskKind
from studio.core.specs.training_spec import MEDIAN

_Array = TypeVar("_Array", Doubles, Floats)


class Preprocessing(BaseModel):
    """Everything that another program needs to feed a trained model and read its predictions.

    Attributes:
        kind: The task.
        input_names: Names of the input channels, in order.
        input_units: Their units, "" if unknown.
        input_scaler: Fitted on the training set only.
        target_names: Names of the target columns, or of the class column.
        target_units: Their units, "" if unknown.
        target_scaler: For numeric targets; None for classes.
        class_names: For classes, in the order of the model's outputs.
        window: Input steps of a forecast, or tokens of a piece of one long text; None if whole
            examples are read.
        horizon: Steps to forecast.
        stride: Steps between the starts of windows or pieces.
        min_length: Shortest example of all three sets, in steps.
        max_length: Longest example of all three sets, in steps; for one long text, the length of
            the training pieces.
        missing: How missing input values were handled.
        fill: Mean of each input channel over the training set, used for missing values that have
            no other replacement; None if no value is missing.
        longest: Steps that examples are truncated to, or None.
        kept: Which end of a truncated example is kept.
        vocabulary: Symbols of a text in the order of their codes, the first of which stands for
            all unknown symbols; None for numeric inputs.
        tokens: What a text was split into; None for numeric inputs or an alphabet.
        carried: Whether each piece of one long text starts from the state at the end of the piece
            before it, instead of zeros.
        class_weights: Weight of each class in the training loss, with mean 1 over the training
            set; None if all weigh the same.
        is_cut: Whether examples are windows or pieces of series with a class for each step, so that
            neighbours are alike.
        keeps_series: Whether whole series are in one set; otherwise each is split in time order.
        naive_error: Mean absolute error of persistence on the training set for each target, the
            unit of the metric mase; None if it has no meaning.
        series_naive_error: The same for each of several series, (series, targets); that of all
            where a series has none of its own. None for one series.
        series_ends: One past the last time step of each of several series, (series,).
        series_scaling: The scalers of the series where each has its own; input_scaler and
            target_scaler are then those of all series, for a series without training steps. None
            for one scaler.
        main_metric: The name of the metric that decides, where it is not the task's usual one.
        season: Steps after which the target repeats, set or found in the training set; None where
            it does not, and for tasks other than forecasts.
        washout: Steps at the start of each example, or of each stream where the state is carried,
            that are neither trained on nor scored.
        past_target: Where the target of the step before is an input, the last channels: what
            stands for it at the first step, the mean over the training set in the targets' units,
            (targets,); None where it is not.
        chosen_loss: The training loss, where it is not the usual one of the task.
        known_ahead: Input columns of a forecast that are known in advance. Their values at the
            next `horizon` steps are the last channels, named "NAME +STEP".
        ahead_sources: The channels of these columns, and of their masks.
        static: Columns that do not change within an example. Their channels come after all others
            but those of known_ahead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TaskKind
    input_names: tuple[str, ...]
    input_units: tuple[str, ...]
    input_scaler: Scaler
    target_names: tuple[str, ...]
    target_units: tuple[str, ...]
    target_scaler: Scaler | None = None
    class_names: tuple[str, ...] | None = None
    window: int | None = None
    horizon: int = 1
    stride: int = 1
    min_length: int
    max_length: int
    missing: Missing = "refuse"
    fill: tuple[float, ...] | None = None
    longest: int | None = None
    kept: Kept = "first"
    vocabulary: tuple[str, ...] | None = None
    tokens: Tokens | None = None
    carried: bool = False
    class_weights: tuple[float, ...] | None = None
    is_cut: bool = False
    keeps_series: bool = False
    naive_error: tuple[float, ...] | None = None
    series_naive_error: tuple[tuple[float, ...], ...] | None = None
    series_ends: tuple[int, ...] | None = None
    series_scaling: SeriesScaling | None = None
    main_metric: str | None = None
    season: int | None = None
    washout: int = 0
    past_target: tuple[float, ...] | None = None
    chosen_loss: ChosenLoss | None = None
    known_ahead: tuple[str, ...] = ()
    ahead_sources: tuple[int, ...] = ()
    static: tuple[StaticColumn, ...] = ()

    @property
    def plain_size(self) -> int:
        """Channels of a step itself: columns, masks and calendar."""
        return self.input_size - self.ahead_size - sum(column.size for column in self.static)

    @property
    def ahead_size(self) -> int:
        """Channels that hold what is known of later steps: horizon x (columns and masks)."""
        return self.horizon * len(self.ahead_sources)

    @property
    def embeds(self) -> bool:
        """Whether the input is one channel of vocabulary codes, for an embedding."""
        return self.vocabulary is not None and len(self.input_names) != len(self.vocabulary)

    @property
    def input_size(self) -> int:
        """Number of input channels; 1 for codes of an embedding."""
        return len(self.input_names)

    def read_size(self, embedding_size: int) -> int:
        """Input size of the first recurrent layer: the channels, or the embedding."""
        return embedding_size if self.embeds else self.input_size

    @property
    def output_size(self) -> int:
        """Outputs of the head: classes, symbols, or horizon x targets x quantiles."""
        if self.outcomes is not None:
            return len(self.outcomes)
        return self.value_size * len(self.quantiles or (None,))

    @property
    def value_size(self) -> int:
        """Numbers that are predicted of an example or step: horizon x targets."""
        return self.horizon * len(self.target_names)

    @property
    def quantiles(self) -> tuple[float, ...] | None:
        """The levels of the quantiles that are predicted of each number, or None."""
        return None if self.chosen_loss is None else self.chosen_loss.quantiles

    @property
    def output_names(self) -> tuple[str, ...]:
        """What each output is: a class, or a target with its step ahead and its quantile."""
        if self.outcomes is not None:
            return self.outcomes
        ahead = [f"+{step + 1}" if self.horizon > 1 else "" for step in range(self.horizon)]
        levels = [f" q{level:g}" for level in self.quantiles] if self.quantiles else [""]
        return tuple(
            f"{name}{step}{level}"
            for step in ahead
            for name in self.target_names
            for level in levels
        )

    def point_predictions(self, predictions: _Array) -> _Array:
        """The medians where quantiles are predicted, otherwise the predictions themselves.

        Args:
            predictions: As in free_running, or (..., horizon x targets).
        """
        predictions = self.free_running(predictions)
        place = self.median_index
        if place is None or predictions.shape[-1] == self.value_size:
            return predictions
        return predictions[..., place :: len(self.quantiles or ())]

    @property
    def median_index(self) -> int | None:
        """The place of the median among the quantiles, or None without quantiles."""
        return None if self.quantiles is None else self.quantiles.index(MEDIAN)

    @property
    def outcomes(self) -> tuple[str, ...] | None:
        """What a prediction gives probabilities for, classes or symbols; None for values."""
        if self.kind == "next-token":
            return self.vocabulary or self.input_names
        return self.class_names

    @property
    def predicts_next(self) -> bool:
        """Whether each step predicts the token or step that follows it."""
        return self.kind in {"next-token", "next-step"}

    @property
    def per_step(self) -> bool:
        """Whether there is a prediction at every step."""
        return self.kind in STEPWISE

    def naive_errors(self, positions: Integers | None) -> Doubles:
        """The naive error of each output of a forecast, (outputs,), or (examples, outputs).

        Args:
            positions: The time step of the first forecast of each example, (examples,), for the
                naive errors of their own series; None for those of all series.
        """
        assert self.naive_error is not None  # noqa: S101 - metrics_of leaves mase out then
        if positions is None or self.series_naive_error is None or self.series_ends is None:
            return np.tile(np.array(self.naive_error, dtype=np.float64), self.horizon)
        series = self._series_of(positions)
        return np.tile(np.array(self.series_naive_error)[series], (1, self.horizon))

    @property
    def splits_in_time(self) -> bool:
        """Whether the sets follow each other in time, and with them the folds."""
        return (self.window is not None or self.is_cut) and not self.keeps_series

    @property
    def unit(self) -> str:
        """The unit that all targets share, or ""."""
        return self.target_units[0] if len(set(self.target_units)) == 1 else ""

    def free_running(self, predictions: _Array) -> _Array:
        """Stored predictions without those of teacher forcing, (..., outputs).

        Args:
            predictions: (..., outputs); where the past target is an input (..., 2 x outputs), from
                its own predictions first, then from the true past target.
        """
        return predictions if self.past_target is None else predictions[..., : self.output_size]

    def teacher_forced(self, predictions: _Array) -> _Array:
        """Of stored predictions, those from the true past target, (..., outputs)."""
        return predictions[..., -self.output_size :]

    @property
    def stored_size(self) -> int:
        """Numbers that are stored of each prediction; see free_running."""
        return self.output_size * (1 if self.past_target is None else 2)

    @property
    def loss(self) -> Loss:
        """The training loss: MSE of scaled targets; binary cross-entropy is summed over keys."""
        if self.chosen_loss is not None:
            return self.chosen_loss.name
        if self.kind == "next-step":
            return "binary-cross-entropy"
        return "mse" if self.outcomes is None else "cross-entropy"

    def scaled_series(self, positions: Integers) -> Integers | None:
        """The index of each example's series where each series has its own scaler, else None.

        Args:
            positions: Where the examples come from, as in Examples, (examples,).
        """
        return None if self.series_scaling is None else self._series_of(positions)

    def scaled_inputs(self, inputs: ArrayLike, series: Integers | None = None) -> Floats:
        """Inputs in their own units as the network reads them, (examples, time, channels).

        Args:
            inputs: (examples, time, channels).
            series: The index of each example's series, -1 for one that was not fitted,
                (examples,); None with one scaler for all.

        Raises:
            ValueError: Each series has its own scaler, and the series are not given.
        """
        if self.series_scaling is None:
            return self.input_scaler.apply(inputs)
        return self.series_scaling.inputs.apply(inputs, _given(series))

    def inputs_in_units(self, scaled: ArrayLike, series: Integers | None = None) -> Doubles:
        """The reverse of scaled_inputs."""
        if self.series_scaling is None:
            return self.input_scaler.undo(scaled)
        return self.series_scaling.inputs.undo(scaled, _given(series))

    def scaled_targets(self, values: ArrayLike, series: Integers | None = None) -> Floats:
        """Numeric targets in their own units as the loss compares them, (examples, outputs).

        Args:
            values: (examples, ..., outputs) or (examples, ..., horizon x targets), horizon first.
            series: As in scaled_inputs.

        Raises:
            ValueError: Each series has its own scaler, and the series are not given.
        """
        exact = np.asarray(values, dtype=np.float64)
        return self._by_target(exact, lambda apart: self._targets_scaled(apart, series))

    def _targets_scaled(self, values: Doubles, series: Integers | None) -> Floats:
        if self.series_scaling is not None:
            return self.series_scaling.targets.apply(values, _given(series))
        assert self.target_scaler is not None  # noqa: S101 - targets are numbers
        return self.target_scaler.apply(values)

    def target_scales(self, series: Integers | None = None) -> tuple[Doubles, Doubles] | None:
        """Center and scale of each output, (outputs,) or (examples, outputs); None for classes."""
        if self.target_scaler is None:
            return None
        if self.series_scaling is None:
            center, scale = np.array(self.target_scaler.center), np.array(self.target_scaler.scale)
            return self._of_outputs(center), self._of_outputs(scale)
        center, scale = self.series_scaling.targets.of_series(_given(series))
        return self._of_outputs(center), self._of_outputs(scale)

    def predictions_from(
        self, outputs: ArrayLike, series: Integers | None = None
    ) -> Floats | Doubles:
        """Converts the head's raw outputs to probabilities, or to values in the targets' units.

        Values are in double precision, as single precision loses digits far from zero.

        Args:
            outputs: (examples, outputs), horizon first, then targets, then quantiles;
                (examples, time, outputs) with a prediction at every step.
            series: As in scaled_inputs.

        Raises:
            ValueError: Each series has its own scaler, and the series are not given.
        """
        raw = np.asarray(outputs, dtype=np.float64)
        if self.kind == "next-step":
            return np.asarray(0.5 * (1 + np.tanh(raw / 2)), dtype=np.float32)
        if self.target_scaler is None:
            exponentials = np.exp(raw - raw.max(axis=-1, keepdims=True))
            probabilities = exponentials / exponentials.sum(axis=-1, keepdims=True)
            return np.asarray(probabilities, dtype=np.float32)
        return self._by_target(raw, lambda values: self._targets_in_units(values, series))

    def _targets_in_units(self, scaled: Doubles, series: Integers | None) -> Doubles:
        if self.series_scaling is not None:
            return self.series_scaling.targets.undo(scaled, _given(series))
        assert self.target_scaler is not None  # noqa: S101 - targets are numbers
        return self.target_scaler.undo(scaled)

    def _by_target(self, values: Doubles, convert: Callable[[Doubles], _Array]) -> _Array:
        """Converts values with the targets as the last axis; the shape stays as it is.

        Args:
            values: (examples, ..., outputs), or (examples, ..., horizon x targets).
            convert: Of (examples, steps, quantiles, targets).
        """
        targets = len(self.target_names)
        levels = values.shape[-1] // self.value_size
        steps = math.prod(values.shape[1:]) // (targets * levels)
        apart = values.reshape(len(values), steps, targets, levels).swapaxes(2, 3)
        return convert(apart).swapaxes(2, 3).reshape(values.shape)

    def _of_outputs(self, of_targets: Doubles) -> Doubles:
        """What belongs to each target, (..., targets), for each output, (..., outputs)."""
        repeats = (1,) * (of_targets.ndim - 1)
        tiled = np.tile(of_targets, (*repeats, self.horizon))
        return np.repeat(tiled, len(self.quantiles or (None,)), axis=-1)

    def _series_of(self, positions: Integers) -> Integers:
        assert self.series_ends is not None  # noqa: S101 - asked by the callers
        ends = np.array(self.series_ends)
        return np.asarray(np.searchsorted(ends, positions, side="right"), dtype=np.int64)


def _given(series: Integers | None) -> Integers:
    if series is None:
        raise ValueError("each series has its own scaler; give the series of each example")
    return series
