"""Runs onnxruntime in its own process, which does not import torch and so starts quickly."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError
from studio.export.staging import remove_staging

T = TypeVar("T")


class StepRun(NamedTuple):
    """Sequences that are read step by step.

    Attributes:
        steps: In the inputs' own units, (batch, time, channels).
        series: The series of each where each series has its own scaler, (batch,).
    """

    steps: Floats
    series: Integers | None = None


def predictions_of(
    path: Path, batches: list[Floats], series: list[Integers] | None = None
) -> list[Floats]:
    """Predictions of a model file for batches (batch, time, channels), each (batch, outputs).

    Args:
        path: The file.
        batches: In the inputs' own units.
        series: The series of the examples of each batch where each series has its own scaler.

    Raises:
        ExportError: onnxruntime cannot run the file.
    """
    return in_a_process(path, run_onnx, batches, series)


def steps_of(path: Path, runs: list[StepRun]) -> list[Floats]:
    """Predictions of the model of one step after every step, from zero states.

    Args:
        path: The file.
        runs: What it reads.

    Returns:
        For each run (batch, time, outputs).

    Raises:
        ExportError: onnxruntime cannot run the file.
    """
    return in_a_process(path, run_steps, runs)


def in_a_process(path: Path, work: Callable[..., T], *arguments: object) -> T:
    """What `work(path, *arguments)` gives in a process of its own.

    Raises:
        ExportError: The process cannot be started, ended early, or raised it.
    """
    # a pipe and no queue: queues need shared memory, which may be full
    start = get_context("spawn")
    here, there = start.Pipe(duplex=False)
    process = start.Process(target=_serve, args=(there, path, work, arguments), daemon=True)
    try:
        process.start()
    except OSError as error:
        raise ExportError(
            f"the process that checks the export cannot be started: {error.strerror or error}",
            where=str(path),
            remedy="Close other programs and export again",
        ) from None
    there.close()
    try:
        answer: T | ExportError = here.recv()
    except EOFError:
        raise ExportError(
            "the process that checks the export ended unexpectedly", where=str(path)
        ) from None
    finally:
        here.close()
        process.join()
    if isinstance(answer, ExportError):
        raise answer
    return answer


def _serve(
    pipe: Connection,
    path: Path,
    work: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    threading.Thread(target=_end_with_the_program, args=(path,), daemon=True).start()
    try:
        pipe.send(work(path, *arguments))
    except ExportError as error:
        pipe.send(error)


def _end_with_the_program(path: Path) -> None:
    """Ends this process when the program was killed, and removes what it was writing."""
    program = parent_process()
    if program is not None:
        program.join()
    remove_staging(path.parent)
    os._exit(1)


def run_onnx(
    path: Path, batches: list[Floats], series: list[Integers] | None = None
) -> list[Floats]:
    """What predictions_of does, in the calling process."""
    with _explained(path):
        session = session_of(path)
        dtype = _input_dtype(session)
        feeds = [{"sequences": batch.astype(dtype)} for batch in batches]
        for feed, places in zip(feeds, series or (), strict=False):
            feed["series"] = places
        return [session.run(["answers"], feed)[0] for feed in feeds]


def run_steps(path: Path, runs: list[StepRun]) -> list[Floats]:
    """What steps_of does, in the calling process."""
    with _explained(path):
        session = session_of(path)
        return [_carried(session, run) for run in runs]


def _carried(session: Any, run: StepRun) -> Floats:  # noqa: ANN401 - onnxruntime has no types
    size = {"batch": len(run.steps)}
    states = {
        given.name: np.zeros([size.get(axis, axis) for axis in given.shape], np.float32)
        for given in session.get_inputs()
        if given.name not in {"x", "series"}
    }
    fixed = {} if run.series is None else {"series": run.series}
    names = ["answer", *(f"{name}_next" for name in states)]
    dtype, outputs = _input_dtype(session), []
    for step in range(run.steps.shape[1]):
        feed = {"x": run.steps[:, step].astype(dtype), **fixed, **states}
        answer, *after = session.run(names, feed)
        states = dict(zip(states, after, strict=True))
        outputs.append(answer)
    return np.stack(outputs, axis=1)


def session_of(path: Path) -> Any:  # noqa: ANN401 - onnxruntime has no types
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would look up a server and keep a device id
    import onnxruntime  # an optional library

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # it warns of each optional input
    return onnxruntime.InferenceSession(
        path, sess_options=options, providers=["CPUExecutionProvider"]
    )


def _input_dtype(session: Any) -> type[np.floating]:  # noqa: ANN401 - onnxruntime has no types
    return np.float64 if session.get_inputs()[0].type == "tensor(double)" else np.float32


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - onnxruntime has no common base class of errors
        raise ExportError(f"onnxruntime cannot run the model: {error}", where=str(path)) from None
