"""Prepared arrays: what training reads, whatever file they came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from studio.core.arrays import Floats, Integers, Truth
from studio.core.preparation import Preparation

NOT_ASKED = -1
"""The class of a step that is not to be answered: padding, or what a network reads before."""

KEYS_END = 255
"""What stands for every key behind the last step of a sequence."""


@dataclass(frozen=True)
class Examples:
    """Examples of one part (training, validation or test).

    Attributes:
        inputs: Scaled inputs, (examples, time, channels) float32, or where the preparation embeds
            codes of its vocabulary, (examples, time, 1) int32; uint8 where all are 0 or 1. May
            be a strided view whose windows overlap, or a memory map; what stands behind an
            example's length has no meaning.
        lengths: Valid steps of each example, (examples,) int64, or None where all are equal
            to the time axis.
        targets: Classes (examples,) int64, or scaled values (examples, outputs) float32. Where
            steps are answered: classes or symbols (examples, time) int64, NOT_ASKED where nothing
            is to be answered; or the keys of the next step, (examples, time, keys) uint8, KEYS_END
            where there is none.
        truth: What a score compares with: the classes again, or the targets in their own units,
            (examples, outputs) float32. For a forecast the outputs are horizon x targets,
            horizon first. Of keys how many are on, (examples, time) int16, NOT_ASKED where nothing
            is to be answered.
        positions: Where each example comes from: its index in the file, or for windows of a
            series the time step of its first forecast, (examples,) int64.
        stepwise: Whether every step is answered.
        carried: Whether each example goes on where the one before it ended, with its state.
    """

    inputs: Floats
    lengths: Integers | None
    targets: Truth
    truth: Truth
    positions: Integers
    stepwise: bool = False
    carried: bool = False

    def __len__(self) -> int:
        return len(self.targets)

    def length_of(self, index: int) -> int:
        """Valid time steps of one example."""
        return int(self.lengths[index]) if self.lengths is not None else self.inputs.shape[1]

    def sequence(self, index: int) -> Floats:
        """The scaled input of one example without padding, (time, channels) float32."""
        return np.ascontiguousarray(self.inputs[index, : self.length_of(index)], dtype=np.float32)

    def truth_of(self, index: int) -> Truth:
        """What is to be answered of one example, without padding where every step is."""
        if not self.stepwise:
            return np.asarray(self.truth[index])
        return np.ascontiguousarray(self.targets[index, : self.length_of(index)])


def steps_of_epoch(examples: int, batch_size: int, *, carried: bool) -> int:
    """Training steps of an epoch.

    Where the state is carried, a batch has one example of each stream, and what does not fill all
    streams is left out; otherwise the last batch may be smaller.
    """
    return max(1, examples // batch_size) if carried else -(-examples // batch_size)


@dataclass(frozen=True)
class PreparedTask:
    """A task ready for training.

    Attributes:
        name: The dataset's name.
        preparation: What was fitted on the training part, and what the numbers mean.
        training: The training part.
        validation: The validation part, possibly empty.
        test: The test part, scored once when a run has ended.
        notes: Sentences on what was done to the data that a user should know.
    """

    name: str
    preparation: Preparation
    training: Examples
    validation: Examples
    test: Examples
    notes: tuple[str, ...] = field(default=())

    @property
    def parts(self) -> Mapping[str, Examples]:
        """The three parts by name."""
        return {"training": self.training, "validation": self.validation, "test": self.test}
