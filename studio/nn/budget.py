"""How long a run trains: a number of epochs, of steps, or of seconds of its own."""

import math

from studio.core.examples import Examples, steps_of_epoch
from studio.core.training import TrainingSpec


class Budget:
    """What a run may spend; steps end it within an epoch, seconds after the step under way.

    Args:
        training: Where seconds are given they alone count; steps may end the epochs early.
        spent: Seconds of training that were spent before.
    """

    def __init__(self, training: TrainingSpec, spent: float) -> None:
        self._training = training
        self.spent = spent

    @property
    def share_of_time(self) -> float | None:
        """The share of its seconds that is spent, or None where time is no limit."""
        seconds = self._training.seconds
        return None if seconds is None else self.spent / seconds

    def is_out(self, steps: int) -> bool:
        """Whether its seconds, or else its steps, are spent after so many steps."""
        if self._training.seconds is not None:
            return self.spent >= self._training.seconds
        return self._training.steps is not None and steps >= self._training.steps

    def is_at_the_end(self, epochs: int, steps: int) -> bool:
        """Whether nothing is left after so many whole epochs and steps."""
        by_epochs = self._training.seconds is None and epochs >= self._training.epochs
        return by_epochs or self.is_out(steps)

    def planned_epochs(self, examples: Examples) -> int:
        """How many epochs the training part will be gone through, where no time ends it."""
        if self._training.steps is None:
            return self._training.epochs
        each = steps_of_epoch(len(examples), self._training.batch_size, carried=examples.carried)
        return min(self._training.epochs, math.ceil(self._training.steps / each))
