"""The fused engine against torch.nn: what gate-studio bench engine tells."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from studio.core.errors import MachineError
from studio.core.spec import MachineSpec
from studio.runs.compute import Compute
from studio.runs.kernels import kernels_state, wait_for_kernels
from studio.runs.machine import describe_machine

_CELLS = ("gru", "lstm")
_PATIENCE_SECONDS = 1800


def measure_engine(
    compute: Compute,
    machine: MachineSpec,
    rounds: int,
    tell: Callable[[str], None],
    *,
    peers: bool = False,
) -> dict[str, Any]:
    """Measures all shapes and returns plain values for people and JSON.

    Args:
        compute: Where torch runs.
        machine: Device and threads.
        rounds: Steps of each kind at each shape.
        tell: Takes a line for each shape as it is done.
        peers: Whether to measure Keras on JAX too, where it is installed.

    Raises:
        MachineError: The fused engine cannot serve.
    """
    wait_for_kernels()
    if kernels_state().problem:
        raise MachineError(f"the fused engine cannot serve: {kernels_state().problem}")
    environment = describe_machine(
        machine.model_copy(update={"device": "cpu"}), compute
    ).environment
    threads = int(environment["threads"])

    def job() -> tuple[float, list[dict[str, Any]]]:
        from studio.nn.benchmark import SHAPES, measure_all, measure_peak  # noqa: PLC0415 - torch

        peak = measure_peak(threads)
        shapes = []
        for shape, times in zip(
            SHAPES, measure_all(["torch", "fused"], threads, rounds), strict=True
        ):
            flops = {cell: shape.flops(cell) for cell in _CELLS}
            shapes.append({**shape._asdict(), **_figures(times, flops, peak)})
            tell(f"{' x '.join(map(str, shape))} is measured.")
        return peak, shapes

    peak, shapes = compute.submit(job).result()
    _add(shapes, "stock_torch_ms", _measured_apart("studio.nn.benchmark", threads, rounds))
    notes: list[str] = []
    found = {
        "environment": dict(environment),
        "peak_gflops": peak / 1e9,
        "shapes": shapes,
        "geomean": _geomeans(shapes),
        "notes": notes,
    }
    if peers:
        if find_spec("keras") and find_spec("jax"):
            _add(shapes, "keras_jax_ms", _measured_apart("studio.nn.peers", rounds))
        else:
            notes.append("Keras on JAX is not installed: pip install keras jax")
    return found


def _figures(
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


def _measured_apart(module: str, *arguments: int) -> list[dict[str, float]]:
    """What a module of ours prints in a process without the program's allocator settings."""
    if getattr(sys, "frozen", False):
        return []
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise MachineError(f"the process of {module} failed: {last}")
    found: list[dict[str, float]] = json.loads(done.stdout)
    return found


def _add(shapes: list[dict[str, Any]], name: str, found: list[dict[str, float]]) -> None:
    for shape, times in zip(shapes, found, strict=False):
        shape[name] = {key.rpartition(" ")[2]: value for key, value in times.items()}


def _geomeans(shapes: list[dict[str, Any]]) -> dict[str, float]:
    def mean(figure: str, key: str) -> float:
        product = 1.0
        for shape in shapes:
            product *= shape[figure][key]
        return float(product ** (1 / len(shapes)))

    return {
        "gru_speedup": mean("speedup", "gru"),
        "lstm_speedup": mean("speedup", "lstm"),
        "gru_over_lstm": mean("gru_over_lstm", "fused"),
        "torch_gru_over_lstm": mean("gru_over_lstm", "torch"),
    }
