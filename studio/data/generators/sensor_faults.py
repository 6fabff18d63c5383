"""Noisy sensor readings with faults."""

from typing import Self

import numpy as np
from pydantic import model_validator

from studio.core.arrays import Doubles
from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    classification_set,
    equal_lengths,
    examples_setting,
    features,
    missing_setting,
    noise_setting,
    refuse_too_many_values,
    seed_setting,
)

_FAULTS = ("none", "offset", "drift", "stuck", "spikes", "noisy")


class SensorFaultsParameters(Spec):
    length: int = setting(
        120, "Length", "Time steps of each reading.", unit="steps", ge=20, le=100_000
    )
    size: float = setting(
        3.0, "Size", "Size of the faults; the signal has amplitude 1.", ge=0, le=100
    )
    noise: float = noise_setting(0.3, "Standard deviation of the noise of a sensor without fault.")
    missing: float = missing_setting()
    examples: int = examples_setting(1800)
    seed: int = seed_setting()

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        refuse_too_many_values(self.length * self.examples, "length times examples")
        return self


def make(parameters: SensorFaultsParameters) -> ExampleSet:
    """A slow sine wave with noise; most readings have a fault that begins in the middle half."""
    rng = np.random.default_rng(parameters.seed)
    labels = rng.permutation(np.arange(parameters.examples) % len(_FAULTS))
    time = np.arange(parameters.length)
    readings = np.stack([_reading(parameters, time, int(label), rng) for label in labels])
    return classification_set(
        "sensor-faults",
        features(("reading",)),
        "fault",
        values=readings,
        lengths=equal_lengths(parameters.examples, parameters.length),
        labels=labels,
        class_names=_FAULTS,
    )


def _reading(
    parameters: SensorFaultsParameters, time: np.ndarray, label: int, rng: np.random.Generator
) -> Doubles:
    length, size = parameters.length, parameters.size
    period = rng.uniform(length / 4, length)
    signal = np.sin(2 * np.pi * time / period + rng.uniform(0, 2 * np.pi))
    noise = rng.normal(0, 1, length) * parameters.noise
    begin = int(rng.integers(length // 4, 3 * length // 4))
    after = time >= begin
    sign = rng.choice((-1, 1))
    reading = signal + noise
    fault = _FAULTS[label]
    if fault == "offset":
        reading = reading + sign * size * after
    elif fault == "drift":
        reading = reading + sign * size * after * (time - begin) / max(1, length - begin)
    elif fault == "stuck":
        reading = np.where(after, reading[begin], reading)
    elif fault == "spikes":
        spikes = (rng.random(length) < 0.1) * rng.choice((-1, 1), length)  # noqa: PLR2004 - share
        spikes[begin] = sign
        reading = reading + size * after * spikes
    elif fault == "noisy":
        reading = reading + after * rng.normal(0, 1, length) * max(size / 3, parameters.noise)
    return np.asarray(reading, dtype=np.float64)


GENERATOR = Generator(
    "sensor-faults",
    "Sensor faults",
    "Classify the fault of a noisy sensor: offset, drift, stuck, spikes, more noise, or none.",
    SensorFaultsParameters,
    make,
)
