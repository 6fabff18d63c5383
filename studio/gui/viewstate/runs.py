"""The table of all runs on the page Compare."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.analysis.words import figure
from studio.core.events import RunId
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import metrics_of

ALWAYS_SHOWN = frozenset({"contender", "seed", "note", "tags"})


@dataclass(frozen=True)
class Remark:
    """The newest note on a run."""

    text: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Value:
    """A cell: what is read, and what it is sorted by."""

    text: str
    key: float | str


@dataclass(frozen=True)
class RunsTable:
    """One row for each run.

    Attributes:
        columns: Headings.
        runs: The run of each row.
        rows: The cells.
    """

    columns: tuple[str, ...]
    runs: tuple[RunId, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def differing(self) -> tuple[bool, ...]:
        """Which columns differ between runs, or are always shown."""
        return tuple(
            name in ALWAYS_SHOWN or len({row[column].text for row in self.rows}) > 1
            for column, name in enumerate(self.columns)
        )


def runs_table(history: ComparisonHistory, remarks: Mapping[RunId, Remark]) -> RunsTable:
    """All runs with settings, scores and remarks."""
    runs = [(contender, run) for contender in history.contenders for run in contender.runs]
    cells = [_cells(history, *each, remarks.get(each[1].run, Remark())) for each in runs]
    columns = tuple(cells[0]) if cells else ()
    rows = tuple(tuple(each.values()) for each in cells)
    return RunsTable(columns, tuple(run.run for _, run in runs), rows)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What is shown as CSV text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def _cells(
    history: ComparisonHistory, contender: ContenderHistory, run: RunHistory, remark: Remark
) -> dict[str, Value]:
    scores = run.result.scores if run.result else {}
    kept = run.result.kept_epoch if run.result else run.best_epoch
    best = next((record for record in run.epochs if record.epoch == kept), None)
    validation = best.validation_loss if best else None
    status = f"{run.status}: {run.reason}" if run.reason else run.status
    return {
        "contender": _text(contender.name),
        "seed": _whole(run.run.seed),
        "status": _text(status),
        **{
            f"test {metric.label}": _number(scores.get(metric.name))
            for metric in metrics_of(history.preparation)
        },
        "validation loss": _number(validation),
        "note": _text(remark.text),
        "tags": _text(", ".join(remark.tags)),
        "training loss": _number(best.train_loss if best else None),
        "epochs": _whole(run.epochs[-1].epoch if run.epochs else 0),
        "kept epoch": _whole(kept),
        "training s": _number(run.seconds if run.epochs else None),
        "cell": _text(contender.spec.cell.upper()),
        "hidden size": _whole(contender.spec.hidden_size),
        "layers": _whole(contender.spec.num_layers),
        "parameters": _whole(contender.parameters),
        "engine": _text(run.served.engine if run.served else ""),
        "device": _text(run.served.device if run.served else ""),
    }


def _text(text: str) -> Value:
    return Value(text, text.lower())


def _whole(number: int | None) -> Value:
    return Value("", float("-inf")) if number is None else Value(f"{number:,}", float(number))


def _number(number: float | None) -> Value:
    if number is None:
        return Value("", float("-inf"))
    return Value(figure(number, number / 100), float(number))
