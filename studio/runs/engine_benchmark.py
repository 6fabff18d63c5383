"""The fused engine compared with torch.nn, for gate-studio bench engine."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from studio.core.errors import MachineError
from studio.core.specs.comparison_spec import MachineSpec
from studio.runs.execution.compute import Compute
from studio.runs.execution.kernels import kernels_state, wait_for_kernels
from studio.runs.execution.machine import describe_machine

_CELLS = ("gru", "lstm")
_PATIENCE_SECONDS = 1800


def measure_engine(
    compute: Compute,
    machine: MachineSpec,
    rounds: int,
    report: Callable[[str], None],
    *,
    peers: bool = False,
) -> dict[str, Any]:
    """Measures all shapes and returns plain values.

    Args:
        compute: The compute thread, where torch runs.
        machine: Device and threads.
        rounds: Steps of each kind at each shape.
        report: Called with a line after each shape.
        peers: Whether to measure Keras on JAX too, if installed.

    Raises:
        MachineError: The fused engine is not available.
    """
    wait_for_kernels()
    if kernels_state().problem:
        raise MachineError(f"the fused engine is not available: {kernels_state().problem}")
    environment = describe_machine(
        machine.model_copy(update={"device": "cpu"}), compute
    ).environment
    threads = int(environment["threads"])

    def job() -> tuple[float, list[dict[str, Any]]]:
        from studio.nn.benchmarking.engine_steps import SHAPES, measure_all, measure_peak

        peak = measure_peak(threads)
        shapes = []
        for shape, times in zip(
            SHAPES, measure_all(["torch", "fused"], threads, rounds), strict=True
        ):
            flops = {cell: shape.flops(cell) for cell in _CELLS}
            shapes.append({**shape._asdict(), **_rates(times, flops, peak)})
            report(f"{' x '.join(map(str, shape))} measured.")
        return peak, shapes

    peak, shapes = compute.submit(job).result()
    _add_times(
        shapes,
        "stock_torch_ms",
        _measure_in_process("studio.nn.benchmarking.engine_steps", threads, rounds),
    )
    notes: list[str] = []
    results = {
        "environment": dict(environment),
        "peak_gflops": peak / 1e9,
        "shapes": shapes,
        "geomean": _geomeans(shapes),
        "notes": notes,
    }
    if peers:
        if find_spec("keras") and find_spec("jax"):
            _add_times(
                shapes,
                "keras_jax_ms",
                _measure_in_process("studio.nn.benchmarking.keras_steps", rounds),
            )
        else:
            notes.append("Keras on JAX is not installed: pip install keras jax")
    return results


def _rates(
    times: Mapping[str, float], flops: Mapping[str, float], peak: float
) -> dict[str, dict[str, float]]:
    torch = {cell: times[f"torch {cell}"] for cell in _CELLS}
    fused = {cell: times[f"fused {cell}"] for cell in _CELLS}
    rates = {cell: flops[cell] / fused[cell] * 1e3 for cell in _CELLS}
    return {
        "torch_ms": torch,
        "fused_ms": fused,
        "speedup": {cell: torch[cell] / fused[cell] for cell in _CELLS},
        "gru_over_lstm": {
            "torch": torch["gru"] / torch["lstm"],
            "fused": fused["gru"] / fused["lstm"],
        },
        "gflops": {cell: rates[cell] / 1e9 for cell in _CELLS},
        "share_of_peak": {cell: rates[cell] / peak for cell in _CELLS},
    }


def _measure_in_process(module: str, *arguments: int) -> list[dict[str, float]]:
    """Runs one of our modules in a process without the program's allocator settings."""
    if getattr(sys, "frozen", False):
        return []
    process = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if process.returncode:
        last = (process.stderr.strip().splitlines() or ["no message"])[-1]
        raise MachineError(f"the process of {module} failed: {last}")
    measured: list[dict[str, float]] = json.loads(process.stdout)
    return measured


def _add_times(shapes: list[dict[str, Any]], name: str, measured: list[dict[str, float]]) -> None:
    for shape, times in zip(shapes, measured, strict=False):
        shape[name] = {key.rpartition(" ")[2]: value for key, value in times.items()}


def _geomeans(shapes: list[dict[str, Any]]) -> dict[str, float]:
    def mean(quantity: str, key: str) -> float:
        product = 1.0
        for shape in shapes:
            product *= shape[quantity][key]
        return float(product ** (1 / len(shapes)))

    return {
        "gru_speedup": mean("speedup", "gru"),
        "lstm_speedup": mean("speedup", "lstm"),
        "gru_over_lstm": mean("gru_over_lstm", "fused"),
        "torch_gru_over_lstm": mean("gru_over_lstm", "torch"),
    }
