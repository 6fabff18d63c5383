"""New data, as a trained model reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing


@dataclass(frozen=True, eq=False)
class NewData:
    """Windows or examples of new data, prepared as the training data was.

    Attributes:
        name: The dataset's name.
        preprocessing: Of the model.
        rows: Scaled inputs or codes, (steps, channels); examples may share rows.
        starts: The first row of each example, (examples,).
        lengths: Rows of each example, (examples,).
        series: The index of each example's series where each series has its own scaler, -1 for
            one without, (examples,); None with one scaler for all.
        truth: What predictions are compared with: classes (examples,), -1 where unknown; values
            in their units, (examples, outputs), NaN where unknown; with a prediction at every
            step the classes of all rows, (steps,), or for the next step its switches, (steps,
            switches), NaN where unknown.
        positions: Where each example comes from, as in Examples, (examples,).
        labels: What identifies each example, such as its time or id, (examples,) each by name;
            with a prediction at every step (steps,).
        inputs: The columns that the model reads, in their own units, (steps, features), NaN where
            missing; no columns for symbols.
        input_columns: Their names.
        skip: Steps at the start of each example, or of all, that settle the state and are not
            predicted; truth and labels of steps leave them out.
        first_past: What a network that reads its past target reads at the first step of each
            example, scaled, (targets,), in its last channels; None for others.
        targets: Of forecasts, what is predicted, in its units, (steps, targets), NaN where unknown.
        row_ends: Of forecasts, one past the last row of each series that a window may read,
            (series,).
        known_ends: Of forecasts, one past the last row of each series, (series,); the rows from
            row_ends on hold only what is known in advance.
        times: Of forecasts, the time stamp of each row, (steps,), or None.
        carried: Whether each example starts from the state at the end of the one before it.
        one_hot: How many symbols there are where rows are codes that the network reads one-hot,
            else None.
        notes: How the data differs from the training data, and what was left out.
    """

    name: str
    preprocessing: Preprocessing
    rows: NDArray[np.float32] | NDArray[np.int32]
    starts: Integers
    lengths: Integers
    series: Integers | None
    truth: Truth
    positions: Integers
    labels: Mapping[str, NDArray[np.str_]]
    inputs: Doubles
    input_columns: tuple[str, ...]
    skip: int | Integers = 0
    first_past: Floats | None = None
    targets: Doubles | None = None
    row_ends: Integers | None = None
    known_ends: Integers | None = None
    times: NDArray[np.str_] | None = None
    carried: bool = False
    one_hot: int | None = None
    notes: tuple[DataNote, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, first: int, last: int) -> tuple[Floats, Integers | None]:
        """Some examples, padded to the longest of them.

        Returns:
            Inputs, (examples, time, channels), and their lengths, None if all are equal.
        """
        starts, lengths = self.starts[first:last], self.lengths[first:last]
        longest = int(lengths.max(initial=1))
        places = starts[:, np.newaxis] + np.arange(longest)
        inputs = self.rows[np.minimum(places, len(self.rows) - 1)]
        if self.one_hot is not None:
            inputs = np.eye(self.one_hot, dtype=np.float32)[inputs[..., 0]]
        if self.first_past is not None:
            inputs[:, 0, -len(self.first_past) :] = self.first_past
        if (lengths == longest).all():
            return inputs, None
        inputs[np.arange(longest) >= lengths[:, np.newaxis]] = 0
        return inputs, lengths

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether the whole truth of each example, or of each row, is known."""
        if self.truth.dtype.kind == "f":
            return np.asarray(~np.isnan(self.truth).any(axis=1), dtype=np.bool_)
        return np.asarray(self.truth >= 0, dtype=np.bool_)
