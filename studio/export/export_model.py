"""Exports trained models: written to a staging folder, checked, then moved into place."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS, EXPORTED_CELLS, STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.plugins import Registry, blaming
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.staging import made_folder, staged


@dataclass(frozen=True)
class Exported:
    """An exported model.

    Attributes:
        files: The files.
        size: Their total size in bytes.
        difference: The largest difference between predictions of the written and the trained
            model, in the targets' units or as a probability.
        checks: How this was checked, a sentence.
        notes: What a user of the written model should know, sentences, or "".
    """

    files: tuple[Path, ...]
    size: int
    difference: float
    checks: str
    notes: str = ""


Writer = Callable[[TrainedModel, Sequence[Floats], Integers | None, Path], Check]


def _imported_late(module: str, name: str) -> Writer:
    """A writer of a module that is imported when it first writes."""

    def write(
        model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
    ) -> Check:
        writer: Writer = getattr(import_module(f"studio.export.{module}"), name)
        return writer(model, sequences, series, out)

    return write


@dataclass(frozen=True)
class ModelExport:
    """A format of trained models.

    Attributes:
        ending: The extension of its main file, with the dot.
        write: Writes a model and returns a check of the result; its arguments are the model, raw
            examples to check with, the index of each one's series or None, and the main file.
        cells: The cells that it can hold; None for all.
        is_folder: Whether it writes a folder; its main file is then "model" with the ending.
    """

    ending: str
    write: Writer
    cells: tuple[str, ...] | None = EXPORTED_CELLS
    is_folder: bool = False


def _problem(name: str, export: ModelExport) -> str:
    """What is wrong with the export of a package, a clause, or ""."""
    if not name or not export.ending.startswith("."):
        return "its ending does not begin with a dot"
    return ""


EXPORTS = Registry(
    {
        "safetensors": ModelExport(
            ".safetensors", _imported_late("safetensors", "write_safetensors")
        ),
        "onnx": ModelExport(".onnx", _imported_late("onnx.export_onnx", "write_onnx")),
        "onnx-int8": ModelExport(".onnx", _imported_late("onnx.export_int8", "write_onnx_int8")),
        "onnx-step": ModelExport(".onnx", _imported_late("onnx.export_step", "write_onnx_step")),
        "c": ModelExport(".c", _imported_late("c.export_c", "write_c"), is_folder=True),
        "c-int8": ModelExport(
            ".c", _imported_late("c.export_int8", "write_c_int8"), is_folder=True
        ),
        "torch-source": ModelExport(
            ".py",
            _imported_late("torch_source.export_source", "write_torch_source"),
            STANDARD_CELLS,
        ),
        "keras-source": ModelExport(
            ".py",
            _imported_late("keras_source.export_source", "write_keras_source"),
            STANDARD_CELLS,
        ),
    },
    "gate_studio.exports",
    ModelExport,
    _problem,
)
"""The formats of trained models by name, with those of installed packages."""


def export_model(
    model: TrainedModel,
    form: str,
    out: Path,
    sequences: Sequence[Floats],
    series: Integers | None = None,
) -> Exported:
    """Writes a model and checks it; runs on the compute thread.

    Args:
        model: The model.
        form: One of EXPORTS.
        out: The main file; further files take its name with other extensions. Of formats that
            write a folder, the folder.
        sequences: Raw examples to check with, each (time, channels).
        series: The index of each one's series where each series has its own scaler, (examples,).

    Raises:
        ExportError: The format does not support the cell, the folder cannot be written, a library
            is missing, or predictions of the written model differ; then no file is left.
    """
    cell = model.contender.cell
    export = EXPORTS[form]
    if export.cells is not None and cell not in export.cells:
        raise ExportError(
            f"the format {form} does not support the cell {CELLS[cell].label}",
            remedy=f"Supported: {', '.join(CELLS[name].label for name in export.cells)}",
        )
    with ExitStack() as places:
        if export.is_folder:
            places.enter_context(made_folder(out))
        target = _main_file(export, out)
        folder = places.enter_context(staged(target))
        with blaming(EXPORTS, form):
            check = export.write(model, sequences, series, folder / target.name)
        if not check.passed:
            raise ExportError(
                f"the predictions of the written model differ by {check.difference:.2g}",
                where=str(target),
                remedy="Nothing was exported; please report this with the session file",
            )
        names = sorted(file.name for file in folder.iterdir())
        size = sum(file.stat().st_size for file in folder.iterdir())
    files = tuple(target.with_name(name) for name in names)
    return Exported(files, size, check.difference, check.description, check.notes)


def _main_file(export: ModelExport, out: Path) -> Path:
    if export.is_folder:
        return out / f"model{export.ending}"
    return out if out.suffix == export.ending else out.with_name(out.name + export.ending)
