"""Hourly energy use of a building, with a temperature and days off that are known in advance."""

import numpy as np

from studio.core.arrays import Doubles
from studio.core.specs.settings import Spec, setting
from studio.data.dataset import Column, Series
from studio.data.generators.generator import Generator
from studio.data.generators.parts import missing_setting, seed_setting

_START = np.datetime64("2024-01-01T00")
_HOURS_OF_A_DAY, _HOURS_OF_A_YEAR, _DAYS_OF_A_WEEK = 24, 8766, 7
_COMFORT = 18.0  # °C, above which nothing is heated
_HEATING = 2.2  # kW per kelvin
_THERMAL_HOURS = 10.0  # of the walls
_STANDBY, _OPERATION = 12.0, 45.0  # kW
_OPEN, _CLOSED = 7, 18  # o'clock
_SHARE_OFF = 0.04  # working days that are holidays


class HourlyLoadParameters(Spec):
    steps: int = setting(
        4000, "Steps", "Length of the series in hours.", unit="steps", ge=20, le=200_000
    )
    noise: float = setting(
        1.0, "Noise", "Standard deviation of the load's noise.", unit="kW", ge=0, le=1000
    )
    missing: float = missing_setting()
    seed: int = seed_setting()


def make(parameters: HourlyLoadParameters) -> Series:
    """Heating after a temperature that the walls smooth, and operation on working days.

    The load of an hour follows from the temperatures of the hours before it and of its own, and
    from whether the building is open then; so its temperature and the days off are worth knowing
    in advance.
    """
    rng = np.random.default_rng(parameters.seed)
    hours = np.arange(parameters.steps, dtype=np.float64)
    outside = _temperature(hours, rng)
    off = _days_off(hours, rng)
    inside = _smoothed(outside)
    clock = hours % _HOURS_OF_A_DAY
    is_open = (off == 0) & (clock >= _OPEN) & (clock < _CLOSED)
    load = _STANDBY + _HEATING * np.maximum(0, _COMFORT - inside) + _OPERATION * is_open
    load += parameters.noise * rng.normal(size=parameters.steps)
    times = np.char.replace(
        (_START + hours.astype(np.int64).astype("timedelta64[h]")).astype(str), "T", " "
    )
    return Series(
        name="hourly-load",
        source="generator hourly-load",
        columns=(
            Column("time", "time", kind="date"),
            Column("temperature", "feature", unit="°C"),
            Column("day_off", "feature"),
            Column("load", "target", unit="kW"),
        ),
        values=np.stack([outside, off, load], axis=1),
        times=np.char.add(times, ":00"),
    )


def _temperature(hours: Doubles, rng: np.random.Generator) -> Doubles:
    """Seasons, days, and weather that lasts for some days, (steps,)."""
    year = -9 * np.cos(2 * np.pi * (hours - 400) / _HOURS_OF_A_YEAR)
    day = -3.5 * np.cos(2 * np.pi * (hours % _HOURS_OF_A_DAY - 3) / _HOURS_OF_A_DAY)
    return np.asarray(9 + year + day + _smoothed(rng.normal(0, 13, len(hours)), 30.0))


def _days_off(hours: Doubles, rng: np.random.Generator) -> Doubles:
    """1 at weekends and on holidays, (steps,); the series starts on a Monday."""
    days = (hours // _HOURS_OF_A_DAY).astype(int)
    is_holiday = rng.random(days[-1] + 1) < _SHARE_OFF
    return np.asarray((days % _DAYS_OF_A_WEEK >= 5) | is_holiday[days], dtype=np.float64)  # noqa: PLR2004 - Saturday


def _smoothed(values: Doubles, hours: float = _THERMAL_HOURS) -> Doubles:
    """Exponential smoothing, (steps,)."""
    kept = np.exp(-1 / hours)
    smooth = np.empty_like(values)
    level = values[0]
    for step, value in enumerate(values.tolist()):
        level = kept * level + (1 - kept) * value
        smooth[step] = level
    return smooth


GENERATOR = Generator(
    "hourly-load",
    "Hourly load",
    "Forecast the energy use of a building from a temperature and days off known in advance.",
    HourlyLoadParameters,
    make,
)
