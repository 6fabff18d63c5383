"""Models of other programs on the examples of a dataset: gates and states, no predictions."""

from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import ModelFileError
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import RunId
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec

SUFFIXES = frozenset({".pt", ".pth", ".safetensors", ".keras", ".onnx"})
"""Endings that only a model has; .h5 and .hdf5 are data unless they are opened as a model."""
NO_HEAD = "The head is not read: gates need none, and there is no prediction."


@dataclass(frozen=True, eq=False)
class ForeignModel:
    """A model file beside the data whose examples it reads.

    Attributes:
        path: The file.
        model: Its layers, with `stack` in place of weights.
        task: The prepared data.
    """

    path: Path
    model: TrainedModel
    task: PreparedTask

    @property
    def stack(self) -> RecurrentStack:
        """The layers."""
        assert self.model.stack is not None  # noqa: S101 - by the constructor
        return self.model.stack

    def words(self) -> str:
        """What was found and what was not read, sentences."""
        stack = self.stack
        parts = (f"{self.path.name}, {stack.words()}", *stack.notes, NO_HEAD, self._scaling())
        return " ".join(parts)

    def _scaling(self) -> str:
        kind = self.task.preprocessing.input_scaler.kind
        if kind == "none":
            return "Inputs are read as they are, not scaled."
        return (
            f"Inputs are scaled ({kind}); the model must have been trained with the same scaling."
        )


def open_foreign(path: Path, task: PreparedTask, layers: str | None = None) -> ForeignModel:
    """Reads a model file for prepared data; on the compute thread.

    Args:
        path: A file of PyTorch, Keras or ONNX.
        task: The data.
        layers: The name of the layers, where the file holds several stacks.

    Raises:
        ModelFileError: The file cannot be read, or does not read such data.
    """
    from studio.nn.foreign.read_stack import read_stack

    stack = read_stack(path, layers)
    preprocessing = task.preprocessing
    channels = preprocessing.input_size
    if preprocessing.embeds:
        raise ModelFileError(
            "reads numbers, and the data are symbols whose embedding is not read",
            where=path.name,
            remedy="Choose data with numbers",
        )
    if channels != stack.input_size:
        raise ModelFileError(
            f"reads {stack.input_size} channels, and the data have {channels}",
            where=path.name,
            remedy="Choose the columns that it was trained on",
        )
    spec = ContenderSpec(
        name=path.stem,
        cell=stack.cell,
        hidden_size=stack.units[0],
        num_layers=len(stack.layers),
        bidirectional=stack.is_bidirectional,
    )
    run = RunId(spec.name, 1)
    model = TrainedModel(spec, preprocessing, run, 0, b"", {}, "", stack=stack)
    return ForeignModel(path, model, task)
