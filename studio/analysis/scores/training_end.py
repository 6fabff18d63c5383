"""Whether runs were trained to the end, from the course of their validation loss."""

import math
from collections.abc import Sequence

import numpy as np

from studio.core.results.events import EpochRecord
from studio.core.results.history import ContenderHistory, RunHistory

FEWEST_EPOCHS = 5
"""Shorter runs cannot be judged, unless early stopping ended them."""

_SHARE = 4  # the last quarter of the epochs is judged
_NOTABLE = 0.01
_ALPHA = 0.05


def has_converged(run: RunHistory) -> bool | None:
    """Whether a run had stopped improving when it ended; None where that cannot be told.

    A run was still improving where its best epoch lies in the last quarter of its epochs (at
    least five), the loss falls there by a straight line fitted with least squares more than its
    noise explains (one-sided t-test at 5 %), and as many epochs again would lower it by more than
    1 % at that slope. The loss is that of the validation set, or of the training set where there
    is none. Early stopping is the user's own judgement that a run was over.
    """
    if not run.has_ended:
        return None
    if run.status == "early":
        return True
    if len(run.epochs) < FEWEST_EPOCHS:
        return None
    return not still_improves(run.epochs)


def still_improves(epochs: Sequence[EpochRecord]) -> bool:
    """Whether the validation loss, or without one the training loss, falls at the end."""
    return still_falls(
        [
            epoch.train_loss if epoch.validation_loss is None else epoch.validation_loss
            for epoch in epochs
        ]
    )


def still_falls(losses: Sequence[float]) -> bool:
    """Whether the loss of the last epochs falls notably, (epochs,); not with fewer than five."""
    if len(losses) < FEWEST_EPOCHS:
        return False
    count = max(FEWEST_EPOCHS, math.ceil(len(losses) / _SHARE))
    if int(np.argmin(losses)) < len(losses) - count:
        return False
    from scipy.special import stdtr  # slow to import

    last = np.asarray(losses[-count:], dtype=np.float64)
    epochs = np.arange(count) - (count - 1) / 2
    spread = float((epochs**2).sum())
    slope = float((epochs * last).sum()) / spread
    noise = float(((last - last.mean() - slope * epochs) ** 2).sum()) / (count - 2)
    if -slope * count <= _NOTABLE * abs(last[-1]):
        return False
    return noise == 0 or bool(stdtr(count - 2, slope / math.sqrt(noise / spread)) < _ALPHA)


def contender_converged(contender: ContenderHistory) -> bool | None:
    """Whether most of its ended runs had stopped improving; None where none can be judged."""
    judged = [has_converged(run) for run in contender.runs]
    known = [verdict for verdict in judged if verdict is not None]
    return sum(known) * 2 > len(known) if known else None
