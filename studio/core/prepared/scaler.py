"""Linear scalings, fitted on the training set: one for all series, or one for each."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.specs.task_spec import Scaling

_FAR = 100  # spreads from zero, at which single precision is off by 1e-5 of a spread
_NEGLIGIBLE = 1e-12  # of the center, as large as rounding errors


class Scaler(BaseModel):
    """A linear scaling of each channel: (value - center) / scale.

    Attributes:
        kind: How center and scale were fitted.
        center: One number per channel, in the channel's units.
        scale: One positive number per channel, in the channel's units.
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
    def fit(cls, kind: Scaling, values: ArrayLike, constant_scale: ArrayLike = 1.0) -> "Scaler":
        """Fits on rows of values, (rows, channels).

        standard: mean and standard deviation; min-max: to the range 0 to 1; robust: median and
        interquartile range. A spread of the size of rounding errors counts as none.

        Args:
            kind: How center and scale are fitted.
            values: (rows, channels), at least one row, without missing values.
            constant_scale: The scale of channels without a spread, one or (channels,).
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
        negligible = scale <= _NEGLIGIBLE * np.abs(center)
        scale = np.where(negligible, constant_scale, scale)
        return cls(kind=kind, center=tuple(center.tolist()), scale=tuple(scale.tolist()))

    def with_unscaled(self, channels: int) -> "Scaler":
        """The same scaling with additional channels that are not scaled."""
        return Scaler(
            kind=self.kind,
            center=(*self.center, *(0.0,) * channels),
            scale=(*self.scale, *(1.0,) * channels),
        )

    def with_channels(self, other: "Scaler") -> "Scaler":
        """The same scaling with the additional channels of another one."""
        return Scaler(
            kind=self.kind,
            center=(*self.center, *other.center),
            scale=(*self.scale, *other.scale),
        )

    def with_copies(self, channels: Sequence[int]) -> "Scaler":
        """The same scaling with additional channels that are scaled like these."""
        return Scaler(
            kind=self.kind,
            center=(*self.center, *(self.center[index] for index in channels)),
            scale=(*self.scale, *(self.scale[index] for index in channels)),
        )

    def apply(self, values: ArrayLike) -> Floats:
        """Scales values, last axis channels."""
        rows = np.asarray(values, dtype=np.float64)
        return ((rows - self.center) / self.scale).astype(np.float32)

    def undo(self, values: ArrayLike) -> Doubles:
        """Converts scaled values, last axis channels, back to their units."""
        rows = np.asarray(values, dtype=np.float64)
        return np.asarray(rows * self.scale + self.center)

    @property
    def needs_doubles(self) -> bool:
        """Whether single precision would lose digits that matter: far from zero, little spread."""
        pairs = zip(self.center, self.scale, strict=True)
        return any(abs(center) > _FAR * scale for center, scale in pairs)


class SeriesScaler(BaseModel):
    """A linear scaling of each channel of each series: (value - center) / scale.

    The last row is that of a series which was not fitted; its index is -1 too.

    Attributes:
        center: (series + 1, channels), in the channels' units.
        scale: The same, positive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    center: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, scalers: Sequence[Scaler], other: Scaler) -> "SeriesScaler":
        """The scalers of the series in order, and that of any other series."""
        every = (*scalers, other)
        return cls(
            center=tuple(scaler.center for scaler in every),
            scale=tuple(scaler.scale for scaler in every),
        )

    def with_unscaled(self, channels: int) -> "SeriesScaler":
        """The same scaling with additional channels that are not scaled."""
        return SeriesScaler(
            center=tuple((*row, *(0.0,) * channels) for row in self.center),
            scale=tuple((*row, *(1.0,) * channels) for row in self.scale),
        )

    def with_channels(self, other: Scaler) -> "SeriesScaler":
        """The same scaling with additional channels that are scaled alike in every series."""
        return SeriesScaler(
            center=tuple((*row, *other.center) for row in self.center),
            scale=tuple((*row, *other.scale) for row in self.scale),
        )

    def with_copies(self, channels: Sequence[int]) -> "SeriesScaler":
        """The same scaling with additional channels that are scaled like these."""
        return SeriesScaler(
            center=tuple((*row, *(row[index] for index in channels)) for row in self.center),
            scale=tuple((*row, *(row[index] for index in channels)) for row in self.scale),
        )

    def apply(self, values: ArrayLike, series: Integers) -> Floats:
        """Scales values, (examples, ..., channels), of series with these indices, (examples,)."""
        rows = np.asarray(values, dtype=np.float64)
        center, scale = self._of(series, rows.ndim)
        return ((rows - center) / scale).astype(np.float32)

    def undo(self, values: ArrayLike, series: Integers) -> Doubles:
        """Converts scaled values back to their units; arguments as in apply."""
        rows = np.asarray(values, dtype=np.float64)
        center, scale = self._of(series, rows.ndim)
        return np.asarray(rows * scale + center)

    def of_series(self, series: Integers) -> tuple[Doubles, Doubles]:
        """Center and scale of each of these series, (examples, channels) both."""
        center, scale = self._arrays
        return center[series], scale[series]

    @property
    def needs_doubles(self) -> bool:
        """Whether single precision would lose digits that matter in any series."""
        center, scale = self._arrays
        return bool((np.abs(center) > _FAR * scale).any())

    def _of(self, series: Integers, axes: int) -> tuple[Doubles, Doubles]:
        """Center and scale of each example, shaped like (examples, 1, ..., channels)."""
        center, scale = self.of_series(series)
        shape = (len(center), *(1,) * (axes - 2), center.shape[1])
        return center.reshape(shape), scale.reshape(shape)

    @cached_property
    def _arrays(self) -> tuple[Doubles, Doubles]:
        return np.array(self.center, dtype=np.float64), np.array(self.scale, dtype=np.float64)


class SeriesScaling(BaseModel):
    """How each of several series is scaled by its own training steps.

    Attributes:
        names: Of the series, in order.
        fitted: Whether each has training steps; the others are scaled by those of all series.
        inputs: Of the input channels.
        targets: Of the targets.
        fill: The fill value of each input channel for each series, and for any other series in the
            last row, (series + 1, channels), in their units; None if no value is missing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    fitted: tuple[bool, ...]
    inputs: SeriesScaler
    targets: SeriesScaler
    fill: tuple[tuple[float, ...], ...] | None = None
