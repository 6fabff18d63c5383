"""Gates over the test set as tables and as JSON."""

import math
from typing import Any

import numpy as np

from studio.analysis.gates.dataset.seed_summary import SeedSummary
from studio.analysis.intervals import Interval
from studio.cli.output import print_table
from studio.core.arrays import Doubles
from studio.runs.stored.dataset_gates import ContenderGates, DatasetGates

_HEADINGS = ("", "mean", "below 0.1", "above 0.9", "dead units", "half-life", "effective rank")


def show_figures(found: DatasetGates) -> None:
    """A table for each contender, with a row for each gate and state."""
    for name, gates in found.contenders.items():
        seeds = f", seed{'s' * (len(gates.seeds) > 1)} {', '.join(map(str, gates.seeds))}"
        rows = [_row(array, summary) for array, summary in gates.arrays.items()]
        print_table(name + seeds * bool(gates.seeds), _HEADINGS, rows)


def figures_sentence(found: DatasetGates) -> str:
    """How many examples were read, and what the figures mean."""
    read = f"{found.examples} test examples"
    if found.examples < found.available:
        read = f"{found.examples} of {found.available} test examples, spread evenly"
    has_seeds = any(gates.seeds for gates in found.contenders.values())
    ranges = " Ranges are 95 % intervals over seeds." if has_seeds else ""
    return (
        f"Over {read}.{ranges} Half-life: steps, the median over units. Dead units never exceed "
        "0.1 in size or never move."
    )


def figures_json(found: DatasetGates) -> dict[str, Any]:
    """Everything, also by class and by step."""
    return {
        "examples": found.examples,
        "available": found.available,
        "classes": list(found.classes),
        "steps": found.steps.tolist(),
        "contenders": {name: _json_of(gates) for name, gates in found.contenders.items()},
    }


def _row(array: str, summary: SeedSummary) -> tuple[str, ...]:
    gate = not (summary.rank is not None or summary.scale.low < 0)
    return (
        array,
        _number(summary.mean),
        _percent(summary.below) if gate else "",
        _percent(summary.above) if gate else "",
        _number(summary.dead),
        "" if summary.half_life is None else _number(summary.half_life),
        "" if summary.rank is None else _number(summary.rank),
    )


def _number(interval: Interval, factor: float = 1.0, unit: str = "") -> str:
    value, low, high = (
        f"{factor * end:.3g}" for end in (interval.value, interval.low, interval.high)
    )
    return f"{value}{unit}" if math.isnan(interval.low) else f"{value}{unit} ({low} to {high})"


def _percent(interval: Interval) -> str:
    return _number(interval, 100.0, " %")


def _json_of(gates: ContenderGates) -> dict[str, Any]:
    arrays = {array: _summary_json(summary) for array, summary in gates.arrays.items()}
    return {"cell": gates.cell, "seeds": list(gates.seeds), "arrays": arrays}


def _summary_json(summary: SeedSummary) -> dict[str, Any]:
    shares = summary.scale.low == 0
    return {
        "units": summary.units,
        "mean": _interval_json(summary.mean),
        "below_0.1": _interval_json(summary.below) if shares else None,
        "above_0.9": _interval_json(summary.above) if shares else None,
        "dead_units": _interval_json(summary.dead),
        "half_life": _interval_json(summary.half_life),
        "effective_rank": _interval_json(summary.rank),
        "histogram": {"edges": _numbers(summary.scale.edges), "shares": _numbers(summary.density)},
        "by_class": _spread_json(summary.class_means, summary.class_low, summary.class_high),
        "by_step": _spread_json(summary.place_means, summary.place_low, summary.place_high),
    }


def _spread_json(means: Doubles, low: Doubles, high: Doubles) -> dict[str, Any]:
    return {"mean": _numbers(means), "quantile_0.1": _numbers(low), "quantile_0.9": _numbers(high)}


def _interval_json(interval: Interval | None) -> dict[str, float | None] | None:
    if interval is None:
        return None
    ends = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: None if math.isnan(end) else end for name, end in ends.items()}


def _numbers(values: Doubles) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
