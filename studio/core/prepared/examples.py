"""Prepared arrays: the input of training, from any kind of dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from studio.core.arrays import Floats, Integers, Truth
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing

IGNORE_INDEX = -1
"""The class of a step without a target: padding, or steps before the first prediction."""

PADDING_KEY = 255
"""The value of every key after the last step of a sequence."""


@dataclass(frozen=True)
class Examples:
    """Examples of the training, validation or test set.

    Attributes:
        inputs: Scaled inputs, (examples, time, channels) float32; codes of the vocabulary for an
            embedding, (examples, time, 1) int32; uint8 if all are 0 or 1. May be a strided view
            whose windows overlap, or a memory map. Values after an example's length have no
            meaning.
        lengths: Valid steps of each example, (examples,) int64, or None if all examples fill the
            time axis.
        targets: Classes (examples,) int64, or scaled values (examples, outputs) float32. With
            predictions at every step: classes or symbols (examples, time) int64, IGNORE_INDEX for
            steps without a target; or the keys of the next step, (examples, time, keys) uint8,
            PADDING_KEY if there is no next step; or scaled numbers, (examples, time, targets)
            float32, NaN for steps without a target.
        targets_in_units: What scores compare with: the classes again, or the targets in their own
            units, (examples, outputs) float64. For a forecast the outputs are horizon x targets,
            horizon first. For keys, how many are on, (examples, time) int16, IGNORE_INDEX for
            steps without a target. For numbers at each step these in their own units, float64.
        positions: Where each example comes from, (examples,) int64: its index in the file, for
            forecasts the time step of the first one, or the first time step of what is cut from a
            series with classes.
        per_step: Whether there is a prediction at every step.
        carried: Whether each example starts from the state at the end of the one before it.
    """

    inputs: Floats
    lengths: Integers | None
    targets: Truth
    targets_in_units: Truth
    positions: Integers
    per_step: bool = False
    carried: bool = False

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def has_numbers(self) -> bool:
        """Whether there are numbers to predict at every step."""
        return self.per_step and self.targets_in_units.dtype.kind == "f"

    def length_of(self, index: int) -> int:
        """Valid time steps of one example."""
        return int(self.lengths[index]) if self.lengths is not None else self.inputs.shape[1]

    def sequence(self, index: int) -> Floats:
        """The scaled input of one example without padding, (time, channels) float32."""
        return np.ascontiguousarray(self.inputs[index, : self.length_of(index)], dtype=np.float32)

    def targets_of(self, index: int) -> Truth:
        """The targets of one example in their units, without padding."""
        if not self.per_step:
            return np.asarray(self.targets_in_units[index])
        if self.has_numbers:
            return np.ascontiguousarray(self.targets_in_units[index, : self.length_of(index)])
        return np.ascontiguousarray(self.targets[index, : self.length_of(index)])


@dataclass(frozen=True)
class PreparedTask:
    """A task ready for training.

    Attributes:
        name: The dataset's name.
        preprocessing: What was fitted on the training set, and what the numbers mean.
        training: The training set.
        validation: The validation set, possibly empty.
        test: The test set, scored once when a run has ended.
        notes: What was done to the data, or is wrong with it, that a user should know.
    """

    name: str
    preprocessing: Preprocessing
    training: Examples
    validation: Examples
    test: Examples
    notes: tuple[DataNote, ...] = field(default=())

    @property
    def parts(self) -> Mapping[str, Examples]:
        """Training, validation and test set by name."""
        return {"training": self.training, "validation": self.validation, "test": self.test}
