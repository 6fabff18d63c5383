"""Windows of a series: what was, and what comes next."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import SpecError
from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Preparation, Scaler
from studio.core.spec import TaskSpec
from studio.data.dataset import Column, Series
from studio.data.splits import PART_NAMES, part_sizes


def prepare_forecast(
    series: Series,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[str, ...],
) -> PreparedTask:
    """Cuts windows from a series; inputs are overlapping views of one scaled array.

    The steps that can be predicted, from the window's length on, are divided in time order. All
    steps that a window predicts lie in its own part; what it reads may reach back across the
    border.

    Raises:
        SpecError: A part would be empty.
    """
    assert task.window is not None  # noqa: S101 - the task is complete
    assert task.split is not None  # noqa: S101
    plan = _Plan(len(series), task.window, task.horizon, task.stride, task.split)
    inputs = _columns_of(series, features)
    outputs = _columns_of(series, targets)
    fitted = plan.training_rows
    input_scaler = Scaler.fit(task.scaling, inputs[:fitted])
    target_scaler = Scaler.fit(task.scaling, outputs[:fitted])
    windows = _windows(input_scaler.apply(inputs), task.window)
    scaled = target_scaler.apply(outputs)
    training, validation, test = (
        _examples(plan, part, windows, outputs, scaled) for part in range(len(PART_NAMES))
    )
    preparation = Preparation(
        kind="forecast",
        input_names=tuple(column.name for column in features),
        input_units=tuple(column.unit for column in features),
        input_scaler=input_scaler,
        target_names=tuple(column.name for column in targets),
        target_units=tuple(column.unit for column in targets),
        target_scaler=target_scaler,
        window=task.window,
        horizon=task.horizon,
        stride=task.stride,
        min_length=task.window,
        max_length=task.window,
        naive_error=_persistence_error(outputs[:fitted]),
    )
    found = (*notes, *constant_notes(features, inputs[:fitted]))
    return PreparedTask(series.name, preparation, training, validation, test, found)


def constant_notes(columns: tuple[Column, ...], rows: Doubles) -> tuple[str, ...]:
    """A sentence for each column that never changes in the rows of the training part."""
    return tuple(
        f"the column '{column.name}' never changes in the training part and tells nothing"
        for column, spread in zip(columns, np.ptp(rows, axis=0), strict=True)
        if spread == 0
    )


@dataclass(frozen=True)
class _Plan:
    """Where the windows of each part begin to predict."""

    steps: int
    window: int
    horizon: int
    stride: int
    split: tuple[float, ...]

    @property
    def borders(self) -> tuple[int, ...]:
        """The first time step of each part's predictions, and the end of the last."""
        sizes = part_sizes(self.steps - self.window, self.split)
        return tuple(self.window + sum(sizes[:part]) for part in range(len(sizes) + 1))

    def first_targets(self, part: int) -> range:
        """The first time step that each window of a part predicts."""
        start, end = self.borders[part : part + 2]
        found = range(start, end - self.horizon + 1, self.stride)
        if not found and self.split[part] > 0:
            raise SpecError(
                f"the {PART_NAMES[part]} part would be empty: it has {end - start} time steps "
                f"to predict, and the horizon is {self.horizon}",
                where="split",
                remedy="Give it a larger share, or give more data",
            )
        return found

    @property
    def training_rows(self) -> int:
        """Rows up to the last that is predicted in the training part, inclusive."""
        return self.first_targets(0)[-1] + self.horizon


def _columns_of(series: Series, columns: tuple[Column, ...]) -> Doubles:
    names = [column.name for column in series.channels]
    chosen = [names.index(column.name) for column in columns]
    return np.ascontiguousarray(series.values[:, chosen])


def _persistence_error(rows: Doubles) -> tuple[float, ...]:
    """Mean absolute error of taking the last value for the next, for each column."""
    return tuple(np.abs(np.diff(rows, axis=0)).mean(axis=0).tolist())


def _windows(scaled: Floats, window: int) -> Floats:
    """All windows of a series, (windows, time, channels), a view."""
    view = np.lib.stride_tricks.sliding_window_view(scaled, window, axis=0, writeable=True)
    return view.transpose(0, 2, 1)


def _examples(
    plan: _Plan, part: int, windows: Floats, outputs: Doubles, scaled: Floats
) -> Examples:
    chosen = plan.first_targets(part)
    positions = np.array(chosen, dtype=np.int64)
    first = chosen.start - plan.window
    inputs = windows[first : first + len(chosen) * plan.stride : plan.stride]
    return Examples(
        inputs=inputs[: len(chosen)],
        lengths=None,
        targets=_ahead(scaled, positions, plan.horizon),
        truth=_ahead(outputs.astype(np.float32), positions, plan.horizon),
        positions=positions,
    )


def _ahead(values: Floats, positions: Integers, horizon: int) -> Floats:
    """The values at each position and the following ones, (examples, horizon x targets)."""
    rows = positions[:, np.newaxis] + np.arange(horizon)
    return np.ascontiguousarray(values[rows].reshape(len(positions), horizon * values.shape[1]))
