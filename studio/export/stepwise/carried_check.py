"""Real examples as they are fed step by step, and what PyTorch predicts for them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.nn.inference.inference import InferenceModel

CARRIED_STEPS = 1000
_BATCH, _STEPS_OF_A_BATCH = 25, 200


class Fed(NamedTuple):
    """Sequences that are fed from a zero state.

    Attributes:
        steps: In the inputs' own units, (batch, time, channels).
        series: The series of each where each series has its own scaler, (batch,).
    """

    steps: Floats
    series: Integers | None

    def expected(self, trained: InferenceModel) -> Floats:
        """What PyTorch predicts after each step, (batch, time, outputs)."""
        places = [None] * len(self.steps) if self.series is None else self.series.tolist()
        return np.stack(
            [
                trained.predict_carried(steps, place)
                for steps, place in zip(self.steps, places, strict=True)
            ]
        )

    @property
    def series_of_steps(self) -> Integers | None:
        """The series of each step of all sequences, (batch x time,)."""
        return None if self.series is None else np.repeat(self.series, self.steps.shape[1])


def fed_examples(sequences: Sequence[Floats], series: Integers | None) -> list[Fed]:
    """One long run through the examples, and several examples side by side."""
    fed = [Fed(joined_steps(sequences)[None], None if series is None else series[:1])]
    some = sequences[:_BATCH]
    short = min(_STEPS_OF_A_BATCH, *(len(sequence) for sequence in some))
    places = None if series is None else series[:_BATCH]
    fed.append(Fed(np.stack([sequence[:short] for sequence in some]), places))
    if places is not None:  # each also as a series that was not fitted
        fed.append(Fed(fed[-1].steps, np.full_like(places, -1)))
    return fed


def joined_steps(sequences: Sequence[Floats], steps: int = CARRIED_STEPS) -> Floats:
    """Examples one after the other, again from the first where they are too few."""
    parts: list[Floats] = []
    while sum(map(len, parts)) < steps:
        parts.extend(sequences)
    return np.concatenate(parts)[:steps]
