"""The Mackey-Glass equation (Mackey and Glass 1977)."""

import numpy as np

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import Column, Series
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting

_BETA, _GAMMA, _POWER = 0.2, 0.1, 10
_STEPS_PER_UNIT = 10


class MackeyGlassParameters(Spec):
    steps: int = setting(
        3000, "Steps", "Length of the series, one step per unit of time.",
        unit="steps", ge=20, le=200_000,
    )  # fmt: skip
    delay: int = setting(
        17, "Delay", "The delay of the equation; above about 17 the series is chaotic.",
        unit="steps", ge=1, le=1000,
    )  # fmt: skip
    noise: float = setting(
        0.0, "Noise", "Standard deviation of the observation noise.", ge=0, le=10
    )
    discard: int = setting(
        500, "Run-in", "Steps discarded at the start.", unit="steps", ge=0, le=100_000
    )
    missing: float = missing_setting()
    seed: int = setting(0, "Seed", "Seed of the initial values and the noise.", ge=0)


def make(parameters: MackeyGlassParameters) -> Series:
    """Solves dx/dt = 0.2 x(t - delay) / (1 + x(t - delay)^10) - 0.1 x, ten steps per unit.

    Fourth-order Runge-Kutta; the delayed value is interpolated linearly between grid points.
    """
    rng = np.random.default_rng(parameters.seed)
    lag, width = parameters.delay * _STEPS_PER_UNIT, 1 / _STEPS_PER_UNIT
    count = (parameters.discard + parameters.steps) * _STEPS_PER_UNIT
    path = (1.2 + rng.uniform(-0.1, 0.1, lag + 1)).tolist()
    for index in range(count):
        path.append(_next(path[-1], path[index], path[index + 1], width))
    values = np.array(path[-parameters.steps * _STEPS_PER_UNIT :: _STEPS_PER_UNIT])
    noise = rng.normal(0, 1, parameters.steps) * parameters.noise
    return Series(
        name="mackey-glass",
        source="generator mackey-glass",
        columns=(Column("x", "target"),),
        values=(values + noise)[:, np.newaxis],
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
    "Forecast a chaotic series from a delay differential equation, with or without noise.",
    MackeyGlassParameters,
    make,
)
