"""Trained models as files: written beside their place, checked, then moved there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from studio.core.arrays import Floats
from studio.core.cells import CELLS, STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.model import TrainedModel
from studio.export.writing import staged


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        files: The files.
        size: Their bytes together.
        difference: The largest difference between an answer of the written model and one of the
            trained model, in the targets' units or as a probability.
        checks: How that was checked, a sentence.
    """

    files: tuple[Path, ...]
    size: int
    difference: float
    checks: str


@dataclass(frozen=True)
class Check:
    """The outcome of a format's check, before the files are moved.

    Attributes:
        difference: As in Exported.
        passed: Whether every difference is one that float32 explains.
        told: What was checked, a sentence.
    """

    difference: float
    passed: bool
    told: str


Writer = Callable[[TrainedModel, Sequence[Floats], Path], Check]


def _safetensors(model: TrainedModel, sequences: Sequence[Floats], out: Path) -> Check:
    from studio.export.safetensors import write_safetensors  # noqa: PLC0415 - imports torch

    return write_safetensors(model, sequences, out)


def _onnx(model: TrainedModel, sequences: Sequence[Floats], out: Path) -> Check:
    from studio.export.onnx import write_onnx  # noqa: PLC0415 - imports torch and onnx

    return write_onnx(model, sequences, out)


EXPORTS: Mapping[str, tuple[str, Writer]] = MappingProxyType(
    {"safetensors": (".safetensors", _safetensors), "onnx": (".onnx", _onnx)}
)
"""By the format's name: the ending of its main file, and what writes and checks it."""


def export_model(
    model: TrainedModel, form: str, out: Path, sequences: Sequence[Floats]
) -> Exported:
    """Writes a model and checks it; runs on the compute thread.

    Args:
        model: The model.
        form: One of EXPORTS.
        out: The main file; files beside it take its name with other endings.
        sequences: Raw real examples to check with, each (time, channels).

    Raises:
        ExportError: The format does not know the cell, the place cannot be written, a library is
            missing, or the written model does not answer as the trained one; nothing is left then.
    """
    cell = model.contender.cell
    if cell not in STANDARD_CELLS:
        raise ExportError(
            f"the export {form} does not know the cell {CELLS[cell].label}",
            remedy=f"Formats hold {', '.join(CELLS[each].label for each in STANDARD_CELLS)}",
        )
    ending, write = EXPORTS[form]
    target = out if out.suffix == ending else out.with_name(out.name + ending)
    with staged(target) as folder:
        check = write(model, sequences, folder / target.name)
        if not check.passed:
            raise ExportError(
                f"the written model's answers differ by {check.difference:.2g}",
                where=str(target),
                remedy="Nothing was exported; please report this with the session file",
            )
        names = sorted(file.name for file in folder.iterdir())
        size = sum(file.stat().st_size for file in folder.iterdir())
    files = tuple(target.with_name(name) for name in names)
    return Exported(files, size, check.difference, check.told)
