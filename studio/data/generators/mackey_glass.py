"""The Mackey-Glass equation (Mackey and Glass 1977)."""

import numpy as np

from studio.core.settings import Spec, setting
from studio.data.dataset import Column, Series
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting

_BETA, _GAMMA, _POWER = 0.2, 0.1, 10
_STEPS_PER_UNIT = 10


class MackeyGlassParameters(Spec):
    """Parameters of the Mackey-Glass series."""

    steps: int = setting(
        3000, "Steps", "Length of the series, one step for each unit of time.",
        unit="steps", ge=20, le=200_000,
    )  # fmt: skip
    delay: int = setting(
        17, "Delay", "The delay of the equation; above about 17 the series is chaotic.",
        unit="steps", ge=1, le=1000,
    )  # fmt: skip
    noise: float = setting(
        0.0, "Noise", "Standard deviation of the noise that is added at the end.", ge=0, le=10
    )
    discard: int = setting(
        500, "Run-in", "Steps left out at the start.", unit="steps", ge=0, le=100_000
    )
    missing: float = missing_setting()
    seed: int = setting(0, "Seed", "Seed of the start values and the noise.", ge=0)


def make(parameters: MackeyGlassParameters) -> Series:
    """Solves dx/dt = 0.2 x(t - delay) / (1 + x(t - delay)^10) - 0.1 x, ten steps for each unit.

    Runge-Kutta of fourth order; between grid points the delayed value is taken as linear.
    """
    rng = np.random.default_rng(parameters.seed)
    lag, width = parameters.delay * _STEPS_PER_UNIT, 1 / _STEPS_PER_UNIT
    count = (parameters.discard + parameters.steps) * _STEPS_PER_UNIT
    path = (1.2 + rng.uniform(-0.1, 0.1, lag + 1)).tolist()
    for at in range(count):
        path.append(_next(path[-1], path[at], path[at + 1], width))
    kept = np.array(path[-parameters.steps * _STEPS_PER_UNIT :: _STEPS_PER_UNIT])
    noise = rng.normal(0, 1, parameters.steps) * parameters.noise
    return Series(
        name="mackey-glass",
        source="generator mackey-glass",
        columns=(Column("x", "target"),),
        values=(kept + noise)[:, np.newaxis],
    )


def _next(x: float, delayed: float, delayed_later: float, width: float) -> float:
    half = _growth((delayed + delayed_later) / 2)
    first = _growth(delayed) - _GAMMA * x
    second = half - _GAMMA * (x + width / 2 * first)
    third = half - _GAMMA * (x + width / 2 * second)
    fourth = _growth(delayed_later) - _GAMMA * (x + width * third)
    return x + width / 6 * (first + 2 * second + 2 * third + fourth)


def _growth(delayed: float) -> float:
    return float(_BETA * delayed / (1 + delayed**_POWER))


GENERATOR = Generator(
    "mackey-glass",
    "Mackey-Glass",
    "A chaotic series of a delayed equation, free of noise unless some is added.",
    MackeyGlassParameters,
    make,
)
