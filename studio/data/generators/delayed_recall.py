"""Delayed recall: a symbol is shown once and must be recalled much later."""

from typing import Self

import numpy as np
from pydantic import model_validator

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    classification_set,
    equal_lengths,
    examples_setting,
    features,
    missing_setting,
    refuse_too_many_values,
    seed_setting,
)


class DelayedRecallParameters(Spec):
    delay: int = setting(
        50, "Delay", "Time steps between the symbol and the cue.", unit="steps", ge=1, le=100_000
    )
    symbols: int = setting(4, "Symbols", "Number of symbols.", ge=2, le=64)
    noise: float = setting(
        0.1, "Noise", "Standard deviation of the noise on every channel.", ge=0, le=10
    )
    examples: int = examples_setting(1000)
    missing: float = missing_setting()
    seed: int = seed_setting()

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        steps = (self.delay + 2) * self.examples
        refuse_too_many_values(steps * (self.symbols + 1), "delay times examples times symbols")
        return self


def make(parameters: DelayedRecallParameters) -> ExampleSet:
    """A symbol in the first step, noise, and a cue in the last; the class is the symbol."""
    rng = np.random.default_rng(parameters.seed)
    examples, length, symbols = parameters.examples, parameters.delay + 2, parameters.symbols
    chosen = rng.integers(0, symbols, examples)
    values = rng.normal(0, 1, (examples, length, symbols + 1)) * parameters.noise
    values[np.arange(examples), 0, chosen] += 1
    values[:, -1, symbols] += 1
    names = tuple(f"symbol {index + 1}" for index in range(symbols))
    return classification_set(
        "delayed-recall",
        features((*names, "cue")),
        "symbol",
        values=values,
        lengths=equal_lengths(examples, length),
        labels=chosen,
        class_names=names,
    )


GENERATOR = Generator(
    "delayed-recall",
    "Delayed recall",
    "Recall a symbol that was shown once, long ago, which requires a state that lasts.",
    DelayedRecallParameters,
    make,
)
