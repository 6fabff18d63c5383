"""Runs onnxruntime in its own process, which does not import torch and so starts quickly."""

import os
import threading
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError
from studio.export.staging import remove_staging


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
    # a pipe and no queue: queues need shared memory, which may be full
    start = get_context("spawn")
    here, there = start.Pipe(duplex=False)
    process = start.Process(target=_serve, args=(there, path, batches, series), daemon=True)
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
        answer: list[Floats] | ExportError = here.recv()
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
    pipe: Connection, path: Path, batches: list[Floats], series: list[Integers] | None
) -> None:
    threading.Thread(target=_end_with_the_program, args=(path,), daemon=True).start()
    try:
        pipe.send(run_onnx(path, batches, series))
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
    """The same in the calling process."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would look up a server and keep a device id
    import onnxruntime  # an optional library

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            path, sess_options=options, providers=["CPUExecutionProvider"]
        )
        given = session.get_inputs()[0]
        dtype = np.float64 if given.type == "tensor(double)" else np.float32
        feeds = [{"sequences": batch.astype(dtype)} for batch in batches]
        for feed, places in zip(feeds, series or (), strict=False):
            feed["series"] = places
        return [session.run(["answers"], feed)[0] for feed in feeds]
    except Exception as error:  # noqa: BLE001 - onnxruntime has no common base class of errors
        raise ExportError(f"onnxruntime cannot run the model: {error}", where=str(path)) from None
