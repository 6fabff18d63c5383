"""Accelerometer data of a wearable: activities of several subjects."""

from types import MappingProxyType
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
    features,
    missing_setting,
    noise_setting,
    refuse_too_many_values,
    seed_setting,
)

_RATE = 50.0
_GRAVITY = 9.81
_ACTIVITIES = MappingProxyType(
    {
        "sitting": (0.0, 0.05, 60.0), "standing": (0.0, 0.1, 5.0), "walking": (1.8, 2.5, 10.0),
        "stairs": (1.5, 3.0, 20.0), "running": (2.7, 7.0, 15.0), "cycling": (1.2, 1.2, 45.0),
    }
)  # fmt: skip
"""Steps per second, swing in m/s², lean in degrees."""


class WearableParameters(Spec):
    subjects: int = setting(12, "Subjects", "Number of people.", ge=2, le=1000)
    takes: int = setting(12, "Takes", "Recordings of each person for each activity.", ge=1, le=1000)
    length: int = setting(
        100,
        "Length",
        "Time steps of each recording, 50 per second.",
        unit="steps",
        ge=10,
        le=10_000,
    )
    spread: float = setting(
        0.2, "Differences", "How much people differ in pace, strength and device position.",
        ge=0, le=1,
    )  # fmt: skip
    noise: float = noise_setting(0.6, "Standard deviation of the noise in m/s².")
    missing: float = missing_setting()
    seed: int = seed_setting()

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        steps = self.subjects * self.takes * self.length
        refuse_too_many_values(steps, "subjects times takes times length", most=8_000_000)
        return self


def make(parameters: WearableParameters) -> ExampleSet:
    """Gravity, rotated by the lean, plus a periodic swing and its harmonics in each axis."""
    rng = np.random.default_rng(parameters.seed)
    sequences, labels, subjects = [], [], []
    for subject in range(parameters.subjects):
        person = rng.normal(0, parameters.spread, 4)
        for label, (pace, swing, lean) in enumerate(_ACTIVITIES.values()):
            for _ in range(parameters.takes):
                take = person + rng.normal(0, parameters.spread / 4, 4)
                sequences.append(_recording(parameters, take, (pace, swing, lean), rng))
                labels.append(label)
                subjects.append(f"subject {subject + 1}")
    examples = classification_set(
        "wearable",
        features("xyz", unit="m/s²"),
        "activity",
        values=np.concatenate(sequences),
        lengths=equal_lengths(len(sequences), parameters.length),
        labels=np.array(labels),
        class_names=tuple(_ACTIVITIES),
    )
    return examples.with_groups({"subject": np.array(subjects, dtype=str)})


def _recording(
    parameters: WearableParameters,
    person: Doubles,
    activity: tuple[float, float, float],
    rng: np.random.Generator,
) -> Doubles:
    pace, swing, lean = activity
    time = np.arange(parameters.length) / _RATE
    phase = 2 * np.pi * pace * np.exp(0.5 * person[0]) * time + rng.uniform(0, 2 * np.pi)
    strength = swing * np.exp(person[1])
    tilt, turn = np.radians(lean) + person[2], person[3] * np.pi / 2
    gravity = _GRAVITY * np.array(
        [np.sin(tilt) * np.cos(turn), np.sin(tilt) * np.sin(turn), np.cos(tilt)]
    )
    beat = np.stack(
        [0.5 * np.sin(phase), 0.3 * np.sin(phase / 2), np.sin(phase) + 0.4 * np.sin(2 * phase)],
        axis=1,
    )
    noise = rng.normal(0, 1, beat.shape) * parameters.noise
    return np.asarray(gravity + strength * beat + noise, dtype=np.float64)


GENERATOR = Generator(
    "wearable",
    "Wearable",
    "Classify activities from an accelerometer; no person may be in two sets of the split.",
    WearableParameters,
    make,
)
