"""What the page Export offers."""

from dataclasses import dataclass

from studio.analysis.words import figure
from studio.core.events import Pair
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import metrics_of


@dataclass(frozen=True)
class Format:
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
    Format(
        "safetensors",
        "Weights for PyTorch",
        "Safetensors with a JSON description and a small Python file that loads them with "
        "torch alone.",
        ".safetensors",
        "model",
    ),
    Format(
        "onnx",
        "ONNX",
        "One file for other programs and devices; it takes raw sequences and scales them itself.",
        ".onnx",
        "model",
    ),
    Format(
        "report",
        "Report",
        "Verdicts, results, curves, settings and machine in one file that any browser shows.",
        ".html",
        "tables",
    ),
    Format(
        "table-csv",
        "Table as CSV",
        "The article's table with plain numbers, for a spreadsheet.",
        ".csv",
        "tables",
    ),
    Format(
        "table-markdown",
        "Table as Markdown",
        "The same table for a text or a report.",
        ".md",
        "tables",
    ),
    Format(
        "curves-csv",
        "Curves as CSV",
        "Losses, scores and seconds of every epoch of every run.",
        ".csv",
        "tables",
    ),
    Format(
        "trace",
        "Gates of an example",
        "A NumPy archive with every gate and state of the chosen model over the chosen example.",
        ".npz",
        "trace",
    ),
)


@dataclass(frozen=True)
class RunChoice:
    """A run that can be exported.

    Attributes:
        pair: Its seed and division of the data.
        words: The same with its scores.
        is_best: Whether it is the best by validation.
    """

    pair: Pair
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
        return "not scored on the test part yet"
    unit = history.preparation.unit
    shown = []
    for metric in metrics_of(history.preparation):
        value = run.result.scores[metric.name]
        after = f" {unit}" if unit and metric.in_target_units else ""
        shown.append(f"{metric.label} {figure(value, value / 100)}{after}")
    return f"test {', '.join(shown)}"


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
    metric = metrics_of(history.preparation)[0]
    parts = [f"seed {run.run.pair}"]
    if loss:
        parts.append(f"validation loss {figure(loss, loss / 100)}")
    if run.result is not None:
        value = run.result.scores[metric.name]
        parts.append(f"test {metric.label} {figure(value, value / 100)}")
    return ", ".join(parts) + (" (best by validation)" if is_best and loss else "")
