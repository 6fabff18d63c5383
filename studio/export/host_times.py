"""Microseconds of an exported model on this machine: C, onnxruntime and torch, interleaved."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from studio.analysis.costs.host_wording import HostTime
from studio.core.arrays import Doubles, Floats
from studio.core.results.trained_model import TrainedModel
from studio.export.c.float_code import float_body, float_header
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.network import CNetwork, c_network
from studio.export.c.parity_check import found_compiler
from studio.export.c.quantize import quantized
from studio.export.c.timing_program import compile_program, run_program, timing_program
from studio.export.onnx.run_onnx import in_a_process
from studio.export.weight_names import plain_weight_names

_ROUNDS = 7
_LEAST_SECONDS = 0.02
_Round = Callable[[], tuple[float, float]]


def host_times(model: TrainedModel, sequence: Floats) -> tuple[HostTime, ...]:
    """Times a model that can be written as C, in a process of its own.

    Args:
        model: The model.
        sequence: A real example in its own units, (time, channels).

    Raises:
        ExportError: The model cannot be written as C, or the process cannot run.
    """
    c_network(model)
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as name:
        return in_a_process(Path(name, "model"), _measure, replace(model, test=None), sequence)


def exported_times(
    models: Mapping[str, TrainedModel], sequence: Floats, rounds: int
) -> dict[str, dict[str, Doubles]]:
    """Microseconds of models as C and in onnxruntime, in turns and each on one thread.

    Args:
        models: By name; they can be written as C.
        sequence: A real example in its own units, (time, channels).
        rounds: How often each is timed.

    Returns:
        By runtime and model (rounds, 2): a step and the whole sequence. A runtime that is not
        there is left out.

    Raises:
        ExportError: A model cannot be written as C, or the process cannot run.
    """
    for model in models.values():
        c_network(model)
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as name:
        plain = {name: replace(model, test=None) for name, model in models.items()}
        return in_a_process(Path(name, "model"), _in_turns, plain, sequence, rounds)


def _in_turns(
    place: Path, models: Mapping[str, TrainedModel], sequence: Floats, rounds: int
) -> dict[str, dict[str, Doubles]]:
    runs: dict[str, dict[str, _Round]] = {}
    for name, model in models.items():
        folder = place.parent / f"{len(runs)}{name}"
        folder.mkdir()
        made = _in_c(folder, c_network(model), sequence)
        made["onnxruntime"] = _in_onnxruntime(folder, model, sequence)
        for runtime, measure in made.items():
            if not isinstance(measure, str):
                runs.setdefault(runtime, {})[name] = measure
    whole = {runtime: each for runtime, each in runs.items() if len(each) == len(models)}
    times: dict[str, dict[str, list[tuple[float, float]]]] = {
        runtime: {name: [] for name in models} for runtime in whole
    }
    for number in range(rounds):
        for runtime, each in whole.items():
            for name in list(each)[:: 1 if number % 2 else -1]:
                times[runtime][name].append(each[name]())
    return {
        runtime: {name: np.array(values) for name, values in each.items()}
        for runtime, each in times.items()
    }


def _measure(place: Path, model: TrainedModel, sequence: Floats) -> tuple[HostTime, ...]:
    rounds: dict[str, _Round | str] = {
        **_in_c(place.parent, c_network(model), sequence),
        "onnxruntime": _in_onnxruntime(place.parent, model, sequence),
        "torch": _in_torch(model, sequence),
    }
    timed: dict[str, list[tuple[float, float]]] = {name: [] for name in rounds}
    for _ in range(_ROUNDS):
        for name, measure in rounds.items():
            if not isinstance(measure, str):
                timed[name].append(measure())
    times = []
    for name, measure in rounds.items():
        if isinstance(measure, str):
            times.append(HostTime(name, None, None, measure))
        else:
            step, window = np.median(timed[name], axis=0).tolist()
            times.append(HostTime(name, step, window))
    return tuple(times)


def _in_c(folder: Path, network: CNetwork, sequence: Floats) -> dict[str, _Round | str]:
    compiler = found_compiler()
    if compiler is None:
        return {"C, float": "no C compiler (cc, gcc, clang or tcc) is on the path"}
    texts = {"C, float": (float_header(network), float_body(network))}
    if not network.relu:
        integers = quantized(network, [sequence])
        texts["C, int8"] = (integer_header(integers), integer_body(integers))
    rounds: dict[str, _Round | str] = {}
    for number, (name, (header, body)) in enumerate(texts.items()):
        own = folder / str(number)
        own.mkdir()
        (own / "model.h").write_text(header, encoding="ascii")
        (own / "model.c").write_text(body, encoding="ascii")
        (own / "main.c").write_text(timing_program(network, sequence), encoding="ascii")
        program = compile_program(own, compiler)
        rounds[name] = f"{compiler} could not compile it" if program is None else _runs(program)
    return rounds


def _runs(program: Path) -> _Round:
    return lambda: run_program(program)


def _in_onnxruntime(folder: Path, model: TrainedModel, sequence: Floats) -> _Round | str:
    if find_spec("onnx") is None or find_spec("onnxruntime") is None:
        return "onnxruntime is not installed: pip install 'gate-studio[onnx]'"
    from studio.export.onnx.graph import build_onnx
    from studio.export.onnx.run_onnx import session_of
    from studio.export.onnx.step_graph import build_step

    weights = plain_weight_names(load(model.weights))
    sessions = []
    for name, build in (("step", build_step), ("window", build_onnx)):
        path = folder / f"{name}.onnx"
        path.write_bytes(build(model, weights, {}).SerializeToString())
        sessions.append(session_of(path))
    step, window = sessions
    kinds = {"tensor(double)": np.float64, "tensor(float)": np.float32}
    size = {"batch": 1}
    feed = {
        given.name: np.zeros([size.get(axis, axis) for axis in given.shape], np.float32)
        for given in step.get_inputs()
    }
    feed["x"] = sequence[:1].astype(kinds[step.get_inputs()[0].type])
    whole = {"sequences": sequence[None].astype(kinds[window.get_inputs()[0].type])}
    return lambda: (
        _timed(lambda: step.run(None, feed)),
        _timed(lambda: window.run(None, whole)),
    )


def _in_torch(model: TrainedModel, sequence: Floats) -> _Round | str:
    os.environ["OMP_NUM_THREADS"] = "1"
    from studio.nn.inference.timed_network import timed_calls

    calls = timed_calls(model, sequence)
    return lambda: (_timed(calls.step), _timed(calls.window))


def _timed(call: Callable[[], object]) -> float:
    """Microseconds of a call, over at least 20 ms."""
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            call()
        seconds = time.perf_counter() - start
        if seconds >= _LEAST_SECONDS:
            return 1e6 * seconds / count
        count *= 2
