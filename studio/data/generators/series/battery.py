"""A battery cell in a vehicle: the state of charge from current, voltage and temperature."""

from typing import NamedTuple

import numpy as np

from studio.core.arrays import Doubles
from studio.core.specs.settings import Spec, setting
from studio.data.dataset import Column, Series
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting, seed_setting

_CAPACITY = 2.5 * 3600  # ampere seconds
_STEP = 10.0  # seconds
_EMPTY, _FULL = 0.1, 0.95
_CHARGING = -2.5  # ampere
_SERIES_OHM, _FAST_OHM, _SLOW_OHM = 0.035, 0.020, 0.030
_FAST_SECONDS, _SLOW_SECONDS = 30.0, 600.0
_HEAT_CAPACITY, _COOLING = 45.0, 0.06  # joule per kelvin, watt per kelvin
_COLD_FACTOR = 0.025  # by how much the resistance grows for each kelvin below 25 °C
_OPEN_CIRCUIT = ((0.0, 3.00), (0.05, 3.35), (0.1, 3.48), (0.3, 3.60), (0.5, 3.68), (0.7, 3.85),
                 (0.9, 4.05), (1.0, 4.18))  # fmt: skip


class BatteryParameters(Spec):
    steps: int = setting(
        6000, "Steps", "Length of the series, one step every ten seconds.",
        unit="steps", ge=20, le=200_000,
    )  # fmt: skip
    noise: float = setting(
        1.0,
        "Noise",
        "Noise of the sensors: 1 is 20 mA, 5 mV and 0.2 °C, with a constant error of the current.",
        ge=0,
        le=100,
    )
    missing: float = missing_setting()
    seed: int = seed_setting()


class _Cell(NamedTuple):
    """State of charge, voltages over the fast and the slow resistor, temperature in °C."""

    charge: float
    fast: float
    slow: float
    temperature: float


def make(parameters: BatteryParameters) -> Series:
    """Drives until the cell is nearly empty, then charges it, again and again.

    An equivalent circuit: open-circuit voltage over the state of charge, a resistor and two
    resistor-capacitor pairs, all with more resistance in the cold, heated by their losses (Plett,
    Battery Management Systems, volume 1, 2015, chapter 2). The weather changes slowly.
    """
    rng = np.random.default_rng(parameters.seed)
    outside = 12 + 10 * np.sin(2 * np.pi * np.arange(parameters.steps) / 8640 + rng.uniform(0, 6))
    cell = _Cell(float(rng.uniform(0.5, 0.9)), 0.0, 0.0, float(outside[0]))
    current, drives = 0.0, True
    rows = np.empty((parameters.steps, 4))
    for step in range(parameters.steps):
        drives = cell.charge > _EMPTY if drives else cell.charge >= _FULL
        current = _demand(current, rng) if drives else _CHARGING
        cell, voltage = _next(cell, current, float(outside[step]))
        rows[step] = current, voltage, cell.temperature, 100 * cell.charge
    return Series(
        name="battery",
        source="generator battery",
        columns=(
            Column("current", "feature", unit="A"),
            Column("voltage", "feature", unit="V"),
            Column("temperature", "feature", unit="°C"),
            Column("charge", "target", unit="%"),
        ),
        values=rows + parameters.noise * _sensor_errors(parameters.steps, rng),
    )


def _demand(before: float, rng: np.random.Generator) -> float:
    """The current of driving: traffic that goes on, with stops and recuperation."""
    if rng.random() < 0.04:  # noqa: PLR2004 - share of steps that begin a stop
        return 0.0
    return float(np.clip(0.8 * before + rng.normal(0.5, 0.9), -2.5, 7.5))


def _next(cell: _Cell, current: float, outside: float) -> tuple[_Cell, float]:
    """The cell after a step with this current, positive while it discharges, and its voltage."""
    factor = 1 + _COLD_FACTOR * max(0.0, 25 - cell.temperature)
    fast_decay, slow_decay = np.exp(-_STEP / _FAST_SECONDS), np.exp(-_STEP / _SLOW_SECONDS)
    fast = fast_decay * cell.fast + (1 - fast_decay) * _FAST_OHM * factor * current
    slow = slow_decay * cell.slow + (1 - slow_decay) * _SLOW_OHM * factor * current
    drop = _SERIES_OHM * factor * current + fast + slow
    heat = drop * current - _COOLING * (cell.temperature - outside)
    after = _Cell(
        min(1.0, max(0.0, cell.charge - current * _STEP / _CAPACITY)),
        float(fast),
        float(slow),
        cell.temperature + heat * _STEP / _HEAT_CAPACITY,
    )
    charges, volts = zip(*_OPEN_CIRCUIT, strict=True)
    return after, float(np.interp(after.charge, charges, volts) - drop)


def _sensor_errors(steps: int, rng: np.random.Generator) -> Doubles:
    """Noise of the inputs and a constant error of the current, (steps, 4); the target has none."""
    errors = rng.normal(size=(steps, 4)) * (0.02, 0.005, 0.2, 0.0)
    errors[:, 0] += 0.02 * rng.choice((-1, 1))
    return np.asarray(errors)


GENERATOR = Generator(
    "battery",
    "Battery",
    "Track the state of charge of a battery cell from current, voltage and temperature.",
    BatteryParameters,
    make,
)
