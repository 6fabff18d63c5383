"""The table of all runs on the page Compare."""

import csv
import io
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.analysis.words import figure
from studio.core.events import RunId
from studio.core.history import ENDED, ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import metrics_of

ALWAYS_SHOWN = frozenset({"contender", "seed", "note", "tags", "runs"})
GROUPED_BY = ("contender", "cell", "hidden size", "layers", "engine", "status", "tags")
_NOT_AVERAGED = frozenset({"seed", "note"})


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


def runs_table(history: ComparisonHistory, remarks: Mapping[RunId, Remark]) -> RunsTable:
    """All runs with settings, scores and remarks."""
    runs = [(contender, run) for contender in history.contenders for run in contender.runs]
    cells = [_cells(history, *each, remarks.get(each[1].run, Remark())) for each in runs]
    columns = tuple(cells[0]) if cells else ()
    rows = tuple(tuple(each.values()) for each in cells)
    return RunsTable(columns, tuple(run.run for _, run in runs), rows)


def grouped(table: RunsTable, by: str) -> RunsTable:
    """One row for each value of a column: how many runs, means, and texts that all have.

    Only runs that ended by themselves count, where there are some. Means come with the standard
    deviation where there are several numbers.
    """
    at, status = table.columns.index(by), table.columns.index("status")
    groups: dict[str, list[tuple[Value, ...]]] = {}
    for row in table.rows:
        groups.setdefault(row[at].text, []).append(row)
    others = [
        column
        for column, name in enumerate(table.columns)
        if column != at and name not in _NOT_AVERAGED
    ]
    columns = (by, "runs", *(table.columns[column] for column in others))
    rows = []
    for each in groups.values():
        ended = [row for row in each if row[status].text in ENDED] or each
        count = _whole(len(each))
        if len(ended) < len(each):
            count = Value(f"{len(ended)} of {len(each)}", float(len(ended)))
        together = (_together([row[column] for row in ended]) for column in others)
        rows.append((each[0][at], count, *together))
    return RunsTable(columns, (), tuple(rows))


def _together(values: Sequence[Value]) -> Value:
    texts = {value.text for value in values}
    if len(texts) == 1:
        return values[0]
    numbers = [value.key for value in values if isinstance(value.key, float)]
    known = [number for number in numbers if math.isfinite(number)]
    if len(numbers) < len(values):
        return _text(f"{len(texts)} different")
    if not known:
        return _number(None)
    mean = sum(known) / len(known)
    if len(known) == 1:
        return _number(mean)
    spread = statistics.stdev(known)
    return Value(f"{figure(mean, spread)} ± {figure(spread, spread)}", mean)


def settings_that_differ(
    history: ComparisonHistory, first: RunId, second: RunId
) -> tuple[tuple[str, str, str], ...]:
    """What tells two runs apart: (setting, first's, second's), in the order of the form."""
    pairs = [_settings(history, run) for run in (first, second)]
    return tuple(
        (name, value, pairs[1][name]) for name, value in pairs[0].items() if value != pairs[1][name]
    )


def _settings(history: ComparisonHistory, run: RunId) -> dict[str, str]:
    contender = history.contender(run.contender)
    spec = contender.spec
    found = {
        str(field.title or name): _plain(getattr(spec, name))
        for name, field in type(spec).model_fields.items()
    }
    served = next((each.served for each in contender.runs if each.run == run), None)
    found["Seed"] = str(run.seed)
    found["Served by"] = "" if served is None else f"{served.engine}, {served.device}"
    found["Parameters"] = f"{contender.parameters:,}"
    return found


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


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
