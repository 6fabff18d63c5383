"""onnxruntime in a process of its own, which imports no torch and so starts quickly."""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from studio.core.arrays import Floats
from studio.core.errors import ExportError


def answers_of(path: Path, batches: list[Floats]) -> list[Floats]:
    """What a model file answers to batches (batch, time, channels), each (batch, outputs).

    Raises:
        ExportError: onnxruntime cannot run the file.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(run_onnx, path, batches).result()
        except BrokenProcessPool:
            raise ExportError(
                "the process that checks the export ended by itself", where=str(path)
            ) from None


def run_onnx(path: Path, batches: list[Floats]) -> list[Floats]:
    """The same in the process that calls it."""
    import onnxruntime  # noqa: PLC0415 - an optional library

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            path, sess_options=options, providers=["CPUExecutionProvider"]
        )
        return [session.run(["answers"], {"sequences": batch})[0] for batch in batches]
    except Exception as error:  # noqa: BLE001 - onnxruntime has no family of errors of its own
        raise ExportError(f"onnxruntime cannot run the model: {error}", where=str(path)) from None
