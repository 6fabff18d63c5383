"""The adding problem (Hochreiter and Schmidhuber 1997)."""

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


class AddingParameters(Spec):
    length: int = setting(
        100, "Length", "Time steps of each sequence.", unit="steps", ge=2, le=100_000
    )
    examples: int = examples_setting(2000)
    noise: float = noise_setting(0.0, "Standard deviation of the noise added to the numbers.")
    missing: float = missing_setting()
    seed: int = seed_setting()

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        refuse_too_many_values(self.length * self.examples, "length times examples")
        return self


def make(parameters: AddingParameters) -> ExampleSet:
    """Uniform numbers, two of them marked; the target is the sum of the marked ones.

    One mark is in each half, so that the memory that is needed grows with the length.
    """
    rng = np.random.default_rng(parameters.seed)
    examples, length = parameters.examples, parameters.length
    numbers = rng.random((examples, length))
    rows, half = np.arange(examples), length // 2
    first, second = rng.integers(0, half, examples), rng.integers(half, length, examples)
    marks = np.zeros_like(numbers)
    marks[rows, first] = marks[rows, second] = 1
    total = numbers[rows, first] + numbers[rows, second]
    if parameters.noise:
        numbers = numbers + rng.normal(0, 1, numbers.shape) * parameters.noise
    values = np.stack([numbers, marks], axis=2)
    return regression_set(
        "adding", features(("number", "mark")), ("sum",), values, total[:, np.newaxis]
    )


GENERATOR = Generator(
    "adding",
    "Adding problem",
    "Add the two marked numbers of a long sequence, which requires memory over many steps.",
    AddingParameters,
    make,
)
