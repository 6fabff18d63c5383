"""The GRU or LSTM layers of a file that another program wrote."""

from collections.abc import Callable, Mapping
from pathlib import Path

from studio.core.errors import ModelFileError
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.nn.foreign.keras_files import read_keras
from studio.nn.foreign.onnx_files import read_onnx
from studio.nn.foreign.torch_files import read_torch

_READERS: Mapping[str, Callable[[Path, str | None], RecurrentStack]] = {
    ".pt": read_torch,
    ".pth": read_torch,
    ".safetensors": read_torch,
    ".keras": read_keras,
    ".h5": read_keras,
    ".hdf5": read_keras,
    ".onnx": read_onnx,
}


def read_stack(path: Path, wanted: str | None = None) -> RecurrentStack:
    """Reads the layers; never runs code from the file.

    Args:
        path: A file of PyTorch, Keras or ONNX, told apart by its ending.
        wanted: The name of the layers, where a file holds several stacks.

    Raises:
        ModelFileError: There is no such file, or it holds no layers that can be read.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ModelFileError(
            "is not a model file that can be read",
            where=path.name,
            remedy=f"Give one that ends in {', '.join(_READERS)}",
        )
    if not path.is_file():
        raise ModelFileError("there is no such file", where=str(path))
    return reader(path, wanted)
