"""Copy memory: several symbols are shown and must be recalled much later."""

from typing import Self

import numpy as np
from pydantic import model_validator

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    examples_setting,
    features,
    missing_setting,
    noise_setting,
    refuse_too_many_values,
    regression_set,
    seed_setting,
)


class CopyMemoryParameters(Spec):
    delay: int = setting(
        20, "Delay", "Time steps between the symbols and the cue.", unit="steps", ge=1, le=100_000
    )
    items: int = setting(4, "Items", "Number of symbols to remember.", ge=1, le=100)
    symbols: int = setting(4, "Symbols", "Number of different symbols.", ge=2, le=64)
    noise: float = noise_setting(0.0, "Standard deviation of the noise on every channel.")
    missing: float = missing_setting()
    examples: int = examples_setting(2000)
    seed: int = seed_setting()

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        steps = (self.delay + self.items + 1) * self.examples
        refuse_too_many_values(steps * (self.symbols + 1), "delay times examples times symbols")
        return self


def make(parameters: CopyMemoryParameters) -> ExampleSet:
    """Symbols in the first steps, nothing, and a cue in the last.

    The targets are the symbols in order, as numbers from 0 to 1. (Hochreiter and Schmidhuber
    1997 ask for them step by step; here all are predicted at once.)
    """
    rng = np.random.default_rng(parameters.seed)
    examples, items, symbols = parameters.examples, parameters.items, parameters.symbols
    length = items + parameters.delay + 1
    chosen = rng.integers(0, symbols, (examples, items))
    values = rng.normal(0, 1, (examples, length, symbols + 1)) * parameters.noise
    rows = np.arange(examples)[:, np.newaxis]
    values[rows, np.arange(items), chosen] += 1
    values[:, -1, symbols] += 1
    names = (*(f"symbol {index + 1}" for index in range(symbols)), "cue")
    targets = tuple(f"item {index + 1}" for index in range(items))
    return regression_set("copy-memory", features(names), targets, values, chosen / (symbols - 1))


GENERATOR = Generator(
    "copy-memory",
    "Copy memory",
    "Remember several symbols over a delay and recall them in order, which tests capacity.",
    CopyMemoryParameters,
    make,
)
