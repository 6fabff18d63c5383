"""How long a run trains: a number of epochs, steps or seconds."""

import math

from studio.core.prepared.examples import Examples
from studio.core.specs.training_spec import TrainingSpec, steps_of_epoch


class TrainingBudget:
    """The limits of a run; steps end it within an epoch, seconds after the current step.

    Args:
        training: If it has seconds, only these count; otherwise epochs and steps.
        spent: Training seconds so far.
    """

    def __init__(self, training: TrainingSpec, spent: float) -> None:
        self._training = training
        self.spent = spent

    @property
    def share_of_time(self) -> float | None:
        """The share of its seconds that is spent, or None without a time limit."""
        seconds = self._training.seconds
        return None if seconds is None else self.spent / seconds

    def is_out(self, steps: int) -> bool:
        """Whether its seconds, or without them its steps, are used up."""
        if self._training.seconds is not None:
            return self.spent >= self._training.seconds
        return self._training.steps is not None and steps >= self._training.steps

    def is_at_the_end(self, epochs: int, steps: int) -> bool:
        """Whether the run is over after these completed epochs and steps."""
        by_epochs = self._training.seconds is None and epochs >= self._training.epochs
        return by_epochs or self.is_out(steps)

    def planned_epochs(self, examples: Examples) -> int:
        """The number of epochs of a run without a time limit."""
        if self._training.steps is None:
            return self._training.epochs
        steps = steps_of_epoch(len(examples), self._training.batch_size, carried=examples.carried)
        return min(self._training.epochs, math.ceil(self._training.steps / steps))
