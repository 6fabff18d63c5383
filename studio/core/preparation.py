"""What was fitted on the training part, and what a model's numbers mean: kept with every model."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from studio.core.arrays import Floats
from studio.core.datasets import Tokens
from studio.core.task import STEPWISE, Kept, Missing, Scaling, TaskKind

Loss = Literal["cross-entropy", "mse", "binary-cross-entropy"]


class Scaler(BaseModel):
    """A linear scaling of each channel: (value - center) / scale.

    Attributes:
        kind: How center and scale were found.
        center: One number for each channel, in the channel's units.
        scale: One positive number for each channel, in the channel's units.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Scaling
    center: tuple[float, ...]
    scale: tuple[float, ...]

    @classmethod
    def identity(cls, channels: int) -> "Scaler":
        """The scaling that changes nothing."""
        return cls(kind="none", center=(0.0,) * channels, scale=(1.0,) * channels)

    @classmethod
    def fit(cls, kind: Scaling, values: ArrayLike) -> "Scaler":
        """Fits on rows of values, (rows, channels); a channel without spread keeps the scale 1.

        standard: mean and standard deviation; min-max: onto 0 to 1; robust: median and the
        distance between the quartiles. What a sum's rounding leaves is no spread.
        """
        rows = np.asarray(values, dtype=np.float64)
        if kind == "none":
            return cls.identity(rows.shape[1])
        if kind == "standard":
            center, scale = rows.mean(axis=0), rows.std(axis=0)
        elif kind == "min-max":
            center, scale = rows.min(axis=0), np.ptp(rows, axis=0)
        else:
            low, center, high = np.percentile(rows, (25, 50, 75), axis=0)
            scale = high - low
        negligible = scale <= 1e-12 * np.abs(center)
        scale = np.where(negligible, 1.0, scale)
        return cls(kind=kind, center=tuple(center.tolist()), scale=tuple(scale.tolist()))

    def with_plain(self, channels: int) -> "Scaler":
        """The same scaling with further channels that it leaves as they are."""
        return Scaler(
            kind=self.kind,
            center=(*self.center, *(0.0,) * channels),
            scale=(*self.scale, *(1.0,) * channels),
        )

    def apply(self, values: ArrayLike) -> Floats:
        """Scales values whose last axis is the channels."""
        rows = np.asarray(values, dtype=np.float64)
        return ((rows - self.center) / self.scale).astype(np.float32)

    def undo(self, values: ArrayLike) -> Floats:
        """Turns scaled values, last axis channels, back into their units."""
        rows = np.asarray(values, dtype=np.float64)
        return (rows * self.scale + self.center).astype(np.float32)


class Preparation(BaseModel):
    """Everything that another program needs to feed a trained model and read its answer.

    Attributes:
        kind: The task.
        input_names: Names of the input channels, in order.
        input_units: Their units, "" where unknown.
        input_scaler: Fitted on the training part alone.
        target_names: Names of what is predicted; one for each target column, or the class column.
        target_units: Their units, "" where unknown.
        target_scaler: For numeric targets; None for classes.
        class_names: For classes, in the order of the model's outputs.
        window: Steps that a forecast reads, or tokens of a piece of one long text; None where a
            whole example is read.
        horizon: Steps that are forecast.
        stride: Steps between windows.
        min_length: Shortest example of all parts, in steps.
        max_length: Longest example of all parts, in steps; of one long text the pieces that
            are trained on.
        missing: What became of gaps in the input channels.
        fill: What stands for a gap in each input channel where nothing else does: the mean of the
            training part; None where there are no gaps.
        longest: Steps that an example is cut to, or None.
        kept: Which end of a cut example is kept.
        vocabulary: Symbols of a text in the order of their codes, the first of which stands for
            all others; None where the input is numbers.
        tokens: What a text was cut into; None where the input is numbers or an alphabet.
        carried: Whether each piece of one long text begins with the state that the piece before
            it ended with; otherwise with zeros.
        class_weights: What an example of each class weighs in the training loss, of mean 1 over the
            training part; None where all weigh the same.
        naive_error: Mean absolute error of persistence on the training part for each target,
            the unit of the metric mase; None where it has no meaning.
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
    naive_error: tuple[float, ...] | None = None

    @property
    def embeds(self) -> bool:
        """Whether the input is one channel of codes of the vocabulary, for an embedding."""
        return self.vocabulary is not None and len(self.input_names) != len(self.vocabulary)

    @property
    def input_size(self) -> int:
        """Number of input channels; one where it is codes for an embedding."""
        return len(self.input_names)

    def read_size(self, embedding_size: int) -> int:
        """What the recurrent layers read at each step: the channels, or the embedding."""
        return embedding_size if self.embeds else self.input_size

    @property
    def output_size(self) -> int:
        """Number of outputs of the head: classes, symbols, or horizon x targets."""
        if self.outcomes is not None:
            return len(self.outcomes)
        return self.horizon * len(self.target_names)

    @property
    def outcomes(self) -> tuple[str, ...] | None:
        """What an answer gives a probability each, of which one comes: classes or symbols."""
        if self.kind == "next-token":
            return self.vocabulary or self.input_names
        return self.class_names

    @property
    def stepwise(self) -> bool:
        """Whether every step is answered."""
        return self.kind in STEPWISE

    @property
    def unit(self) -> str:
        """The unit of the targets where they have one in common, or ""."""
        return self.target_units[0] if len(set(self.target_units)) == 1 else ""

    @property
    def loss(self) -> Loss:
        """The training loss: mse of the scaled targets, binary cross-entropy summed over keys."""
        if self.kind == "next-step":
            return "binary-cross-entropy"
        return "mse" if self.outcomes is None else "cross-entropy"

    def answer(self, outputs: ArrayLike) -> Floats:
        """Turns a head's raw outputs into probabilities or values.

        Values come in the targets' units, horizon first.

        Args:
            outputs: (examples, outputs), or (examples, time, outputs) where steps are answered.
        """
        raw = np.asarray(outputs, dtype=np.float64)
        if self.kind == "next-step":
            return np.asarray(0.5 * (1 + np.tanh(raw / 2)), dtype=np.float32)
        if self.target_scaler is None:
            exponentials = np.exp(raw - raw.max(axis=-1, keepdims=True))
            shares = exponentials / exponentials.sum(axis=-1, keepdims=True)
            return np.asarray(shares, dtype=np.float32)
        steps = raw.reshape(len(raw), self.horizon, len(self.target_names))
        return self.target_scaler.undo(steps).reshape(raw.shape)
