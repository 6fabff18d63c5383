"""A mixture of sine waves with noise."""

import numpy as np

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import Column, Series
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting


class SineMixtureParameters(Spec):
    steps: int = setting(2000, "Steps", "Length of the series.", unit="steps", ge=20, le=10_000_000)
    waves: int = setting(3, "Waves", "Number of sine waves.", ge=1, le=32)
    shortest: float = setting(
        10.0, "Shortest period", "Period of the fastest wave.", unit="steps", ge=2, le=1_000_000
    )
    longest: float = setting(
        100.0, "Longest period", "Period of the slowest wave.", unit="steps", ge=2, le=1_000_000
    )
    noise: float = setting(
        0.1, "Noise", "Standard deviation of the noise; the waves have amplitude 1.", ge=0, le=100
    )
    missing: float = missing_setting()
    seed: int = setting(0, "Seed", "Seed of the phases and the noise.", ge=0)


def make(parameters: SineMixtureParameters) -> Series:
    """Sine waves of amplitude 1 with log-spaced periods and random phases."""
    rng = np.random.default_rng(parameters.seed)
    periods = np.geomspace(parameters.shortest, parameters.longest, parameters.waves)
    phases = rng.uniform(0, 2 * np.pi, parameters.waves)
    time = np.arange(parameters.steps, dtype=np.float64)
    total = rng.normal(0, 1, parameters.steps) * parameters.noise
    for period, phase in zip(periods, phases, strict=True):
        total += np.sin(2 * np.pi * time / period + phase)
    return Series(
        name="sine-mixture",
        source="generator sine-mixture",
        columns=(Column("value", "target"),),
        values=total[:, np.newaxis],
    )


GENERATOR = Generator(
    "sine-mixture",
    "Sine mixture",
    "Forecast a sum of sine waves with noise; the noise is the best possible error.",
    SineMixtureParameters,
    make,
)
