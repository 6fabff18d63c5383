"""The adding problem (Hochreiter and Schmidhuber 1997)."""

from typing import Self

import numpy as np
from pydantic import model_validator

from studio.core.settings import Spec, setting
from studio.data.dataset import Column, ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting, noise_setting

MOST_STEPS = 50_000_000


class AddingParameters(Spec):
    """Parameters of the adding problem."""

    length: int = setting(100, "Length", "Steps of each sequence.", unit="steps", ge=2, le=100_000)
    examples: int = setting(
        2000, "Examples", "How many sequences are made.", unit="examples", ge=10, le=1_000_000
    )
    noise: float = noise_setting(0.0, "Standard deviation of the noise on the numbers.")
    missing: float = missing_setting()
    seed: int = setting(0, "Seed", "Seed of the random numbers.", ge=0)

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        if self.length * self.examples > MOST_STEPS:
            raise ValueError("length times examples must not be above 50 million")
        return self


def make(parameters: AddingParameters) -> ExampleSet:
    """Uniform numbers, two of them marked; the target is the sum of the marked ones.

    One mark is in the first half, one in the second, so that the shortest memory that is needed
    grows with the length.
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
    channels = (Column("number", "feature"), Column("mark", "feature"))
    return ExampleSet(
        name="adding",
        source="generator adding",
        columns=(*channels, Column("sum", "target")),
        channels=channels,
        values=np.stack([numbers, marks], axis=2).reshape(-1, 2),
        lengths=np.full(examples, length, dtype=np.int64),
        labels=total[:, np.newaxis],
        class_names=None,
    )


GENERATOR = Generator(
    "adding",
    "Adding problem",
    "Two marked numbers in a long row are added, which needs a memory over hundreds of steps.",
    AddingParameters,
    make,
)
