"""Runs onnxruntime in its own process, which does not import torch and so starts quickly."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError


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
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(run_onnx, path, batches, series).result()
        except BrokenProcessPool:
            raise ExportError(
                "the process that checks the export ended unexpectedly", where=str(path)
            ) from None


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
