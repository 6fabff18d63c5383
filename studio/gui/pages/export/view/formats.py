"""What the page Export offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studio.analysis.wording import format_figure
from studio.core.plugins import Plugin
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.results.metrics import metrics_of


@dataclass(frozen=True)
class ExportFormat:
    """A kind of file.

    Attributes:
        name: As export knows it; "trace" is the archive of gates.
        title: For people.
        purpose: What it is for, a sentence.
        ending: Of the file.
        needs: "model", "tables" or "trace": what it is made from.
    """

    name: str
    title: str
    purpose: str
    ending: str
    needs: str


FORMATS = (
    ExportFormat(
        "safetensors",
        "Weights for PyTorch",
        "Safetensors with a JSON description and a small Python file that loads it with "
        "torch alone.",
        ".safetensors",
        "model",
    ),
    ExportFormat(
        "onnx",
        "ONNX",
        "One file for other programs and devices; it takes raw sequences and scales them itself.",
        ".onnx",
        "model",
    ),
    ExportFormat(
        "onnx-int8",
        "ONNX, int8",
        "The same with weights of one byte, where that keeps the test score.",
        ".onnx",
        "model",
    ),
    ExportFormat(
        "onnx-step",
        "ONNX, one step",
        "One file of a single step with the state in and out, for streams and control loops.",
        ".onnx",
        "model",
    ),
    ExportFormat(
        "c",
        "C99",
        "A folder with plain C for microcontrollers, a self-test and exact sizes.",
        "",
        "model",
    ),
    ExportFormat(
        "c-int8",
        "C99, int8",
        "The same with weights of one byte and integer arithmetic, and its own test score.",
        "",
        "model",
    ),
    ExportFormat(
        "torch-source",
        "PyTorch source",
        "A short Python file with this network alone, to read and to change, and its weights.",
        ".py",
        "model",
    ),
    ExportFormat(
        "keras-source",
        "Keras source",
        "The same in Keras 3, for TensorFlow, JAX or PyTorch, with its weights.",
        ".py",
        "model",
    ),
    ExportFormat(
        "report",
        "Report",
        "Verdicts, results, curves, settings and machine in one file for any browser.",
        ".html",
        "tables",
    ),
    ExportFormat(
        "table-csv",
        "Table as CSV",
        "The results table with plain numbers, for a spreadsheet.",
        ".csv",
        "tables",
    ),
    ExportFormat(
        "table-markdown",
        "Table as Markdown",
        "The same table for a document.",
        ".md",
        "tables",
    ),
    ExportFormat(
        "curves-csv",
        "Curves as CSV",
        "Losses, scores and times of every epoch of every run.",
        ".csv",
        "tables",
    ),
    ExportFormat(
        "trace",
        "Gates of an example",
        "A NumPy archive with every gate and state of the chosen model over the chosen example.",
        ".npz",
        "trace",
    ),
)


def offered_formats(plugins: Sequence[Plugin[Any]]) -> tuple[ExportFormat, ...]:
    """The program's own formats and those of installed packages.

    Args:
        plugins: What packages add to the exports.
    """
    of_packages = (
        ExportFormat(
            plugin.name,
            plugin.name,
            f"From the package {plugin.origin}.",
            plugin.value.ending,
            "model",
        )
        for plugin in plugins
        if plugin.value is not None
    )
    return (*FORMATS, *of_packages)


@dataclass(frozen=True)
class RunChoice:
    """A run that can be exported.

    Attributes:
        pair: Its seed and division of the data.
        words: The same with its scores.
        is_best: Whether it is the best by validation.
    """

    pair: PairId
    words: str
    is_best: bool


def run_choices(history: ComparisonHistory, contender: ContenderHistory) -> tuple[RunChoice, ...]:
    """The runs of a contender that have a finished epoch; the best by validation is marked."""
    usable = [run for run in contender.runs if run.best_epoch]
    if not usable:
        return ()
    best = min(usable, key=lambda run: run.best_loss)
    return tuple(
        RunChoice(run.run.pair, _words(history, run, is_best=run is best), run is best)
        for run in usable
    )


def score_words(history: ComparisonHistory, run: RunHistory) -> str:
    """Test scores of a run, or why there are none."""
    if run.result is None:
        return "not scored on the test set yet"
    unit = history.preprocessing.unit
    scores = []
    for metric in metrics_of(history.preprocessing):
        value = run.result.scores[metric.name]
        after = f" {unit}" if unit and metric.in_target_units else ""
        scores.append(f"{metric.label} {format_figure(value, value / 100)}{after}")
    return f"test {', '.join(scores)}"


def exportable(history: ComparisonHistory) -> tuple[str, ...]:
    """The contenders that have a model."""
    return tuple(
        contender.name
        for contender in history.contenders
        if any(run.best_epoch for run in contender.runs)
    )


def file_size(size: int) -> str:
    """Such as "713 kB" or "1.3 MB"."""
    if size < 1000:  # noqa: PLR2004 - a kilobyte
        return f"{size} bytes"
    if size < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{size / 1e3:.0f} kB"
    return f"{size / 1e6:.1f} MB"


def _words(history: ComparisonHistory, run: RunHistory, *, is_best: bool) -> str:
    loss = run.best_loss
    metric = metrics_of(history.preprocessing)[0]
    parts = [f"seed {run.run.pair}"]
    if loss:
        parts.append(f"validation loss {format_figure(loss, loss / 100)}")
    if run.result is not None:
        value = run.result.scores[metric.name]
        parts.append(f"test {metric.label} {format_figure(value, value / 100)}")
    return ", ".join(parts) + (" (best by validation)" if is_best and loss else "")
