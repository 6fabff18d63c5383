"""The table of all runs on the page Compare."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.analysis.wording import format_figure
from studio.core.foreign_text import csv_text
from studio.core.results.events import RunId
from studio.core.results.history import ENDED, ComparisonHistory, ContenderHistory, RunHistory
from studio.core.results.metrics import metrics_of

ALWAYS_SHOWN = frozenset({"contender", "seed", "note", "tags", "runs"})
GROUPED_BY = ("contender", "cell", "hidden size", "layers", "engine", "status", "tags")
_NOT_AVERAGED = frozenset({"seed", "note"})


@dataclass(frozen=True)
class RunNote:
    """The newest note on a run."""

    text: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Value:
    """A cell: its text, and its sort key."""

    text: str
    key: float | str


@dataclass(frozen=True)
class RunsTable:
    """One row for each run.

    Attributes:
        columns: Headings.
        runs: The run of each row; none where rows are groups.
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


def runs_table(history: ComparisonHistory, remarks: Mapping[RunId, RunNote]) -> RunsTable:
    """All runs with settings, scores and remarks."""
    runs = [(contender, run) for contender in history.contenders for run in contender.runs]
    cells = [_cells(history, *run, remarks.get(run[1].run, RunNote())) for run in runs]
    columns = tuple(cells[0]) if cells else ()
    rows = tuple(tuple(cell.values()) for cell in cells)
    return RunsTable(columns, tuple(run.run for _, run in runs), rows)


def grouped(table: RunsTable, by: str) -> RunsTable:
    """One row for each value of a column: how many runs, means, and texts that all have.

    Only runs that ended by themselves count, where there are some. Means come with the standard
    deviation where there are several numbers.
    """
    key_column, status = table.columns.index(by), table.columns.index("status")
    groups: dict[str, list[tuple[Value, ...]]] = {}
    for row in table.rows:
        groups.setdefault(row[key_column].text, []).append(row)
    others = [
        column
        for column, name in enumerate(table.columns)
        if column != key_column and name not in _NOT_AVERAGED
    ]
    columns = (by, "runs", *(table.columns[column] for column in others))
    rows = []
    for group in groups.values():
        ended = [row for row in group if row[status].text in ENDED] or group
        count = _whole(len(group))
        if len(ended) < len(group):
            count = Value(f"{len(ended)} of {len(group)}", float(len(ended)))
        together = (_together([row[column] for row in ended]) for column in others)
        rows.append((group[0][key_column], count, *together))
    return RunsTable(columns, (), tuple(rows))


def _together(values: Sequence[Value]) -> Value:
    texts = {value.text for value in values}
    if len(texts) == 1:
        return values[0]
    numbers = [value.key for value in values if isinstance(value.key, float)]
    finite = [number for number in numbers if math.isfinite(number)]
    if len(numbers) < len(values):
        return _text(f"{len(texts)} values")
    if not finite:
        return _number(None)
    mean = sum(finite) / len(finite)
    if len(finite) == 1:
        return _number(mean)
    spread = statistics.stdev(finite)
    return Value(f"{format_figure(mean, spread)} ± {format_figure(spread, spread)}", mean)


def settings_that_differ(
    history: ComparisonHistory, first: RunId, second: RunId
) -> tuple[tuple[str, str, str], ...]:
    """Settings that differ between two runs: (setting, first's, second's), in the form's order."""
    pairs = [_settings(history, run) for run in (first, second)]
    return tuple(
        (name, value, pairs[1][name]) for name, value in pairs[0].items() if value != pairs[1][name]
    )


def _settings(history: ComparisonHistory, run: RunId) -> dict[str, str]:
    contender = history.contender(run.contender)
    spec = contender.spec
    settings = {
        str(field.title or name): _plain(getattr(spec, name))
        for name, field in type(spec).model_fields.items()
    }
    execution = next((ended.execution for ended in contender.runs if ended.run == run), None)
    settings["Seed"] = str(run.seed)
    settings["Engine, device"] = (
        "" if execution is None else f"{execution.engine}, {execution.device}"
    )
    settings["Parameters"] = f"{contender.parameters:,}"
    return settings


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What is shown as CSV text."""
    return csv_text([columns, *rows])


def _cells(
    history: ComparisonHistory, contender: ContenderHistory, run: RunHistory, remark: RunNote
) -> dict[str, Value]:
    scores = run.result.scores if run.result else {}
    best_epoch = run.result.kept_epoch if run.result else run.best_epoch
    best = next((record for record in run.epochs if record.epoch == best_epoch), None)
    validation = best.validation_loss if best else None
    status = f"{run.status}: {run.reason}" if run.reason else run.status
    return {
        "contender": _text(contender.name),
        "seed": _whole(run.run.seed),
        "status": _text(status),
        **{
            f"test {metric.label}": _number(scores.get(metric.name))
            for metric in metrics_of(history.preprocessing)
        },
        "validation loss": _number(validation),
        "note": _text(remark.text),
        "tags": _text(", ".join(remark.tags)),
        "training loss": _number(best.train_loss if best else None),
        "epochs": _whole(run.epochs[-1].epoch if run.epochs else 0),
        "best epoch": _whole(best_epoch),
        "training time, s": _number(
            run.seconds if run.epochs and math.isfinite(run.seconds) else None
        ),
        "cell": _text(contender.spec.cell.upper()),
        "hidden size": _whole(contender.spec.hidden_size),
        "layers": _whole(contender.spec.num_layers),
        "parameters": _whole(contender.parameters),
        "engine": _text(run.execution.engine if run.execution else ""),
        "device": _text(run.execution.device if run.execution else ""),
    }


def _text(text: str) -> Value:
    return Value(text, text.lower())


def _whole(number: int | None) -> Value:
    return Value("", float("-inf")) if number is None else Value(f"{number:,}", float(number))


def _number(number: float | None) -> Value:
    if number is None:
        return Value("", float("-inf"))
    return Value(format_figure(number, number / 100), float(number))
