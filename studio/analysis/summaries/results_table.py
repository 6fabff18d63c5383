"""The results table of a comparison, and the loss curves of its runs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.analysis.costs.time_ratios import training_memory, training_time
from studio.analysis.intervals import Interval, no_interval
from studio.analysis.scores.comparing import baseline_interval
from studio.analysis.scores.score_samples import score_interval
from studio.analysis.wording import format_figure, with_brackets
from studio.core.foreign_text import csv_text, for_markdown
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.metrics import metrics_of


@dataclass(frozen=True)
class TableRow:
    """A contender or a baseline.

    Attributes:
        model: Its name.
        parameters: Trainable parameters, or values that a baseline fitted.
        seconds: Training time with its interval over seeds.
        memory: Bytes of a training step; None where unknown, and for baselines.
        score: The main test metric with its interval.
    """

    model: str
    parameters: int
    seconds: Interval
    memory: int | None
    score: Interval


@dataclass(frozen=True)
class ResultsTable:
    """Model, parameters, training time, training memory, performance: contenders, baselines.

    Attributes:
        metric: The main metric's name for people, with its unit where it has one.
        rows: Contenders in their order, then baselines.
    """

    metric: str
    rows: tuple[TableRow, ...]

    def as_csv(self) -> str:
        """The table with a header row and plain numbers; unknown cells are empty."""
        suffixes = ("", " low", " high")
        header = [
            "model",
            "parameters",
            *(f"training seconds{suffix}" for suffix in suffixes),
            "training memory bytes",
            *(f"test {self.metric}{suffix}" for suffix in suffixes),
        ]
        return csv_text([header, *(_csv_cells(row) for row in self.rows)])

    @property
    def headings(self) -> tuple[str, ...]:
        columns = ("Model", "Parameters", "Training time (s)", "Training memory (MB)")
        return (*columns, f"Test {self.metric}")

    def as_words(self) -> list[tuple[str, ...]]:
        """The rows as displayed, with intervals in brackets."""
        return [tuple(_displayed(row)) for row in self.rows]

    def as_markdown(self) -> str:
        """The table as displayed, with intervals in brackets."""
        named = [(for_markdown(name), *cells) for name, *cells in self.as_words()]
        rows = [self.headings, ("---", *["---:"] * 4), *named]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def results_table(history: ComparisonHistory) -> ResultsTable:
    """The results table of a comparison so far."""
    metric = metrics_of(history.preprocessing)[0]
    unit = history.preprocessing.unit if metric.in_target_units else ""
    contenders = [
        TableRow(
            contender.name,
            contender.parameters,
            training_time(contender),
            memory.total if (memory := training_memory(contender)) else None,
            score_interval(history, contender, metric),
        )
        for contender in history.contenders
    ]
    rules = [
        TableRow(
            rule.name,
            rule.parameters,
            no_interval(rule.seconds),
            None,
            baseline_interval(history, rule, metric),
        )
        for rule in history.baselines
    ]
    label = f"{metric.label} ({unit})" if unit else metric.label
    return ResultsTable(label, (*contenders, *rules))


def curves_csv(history: ComparisonHistory) -> str:
    """One row for each epoch of each run: losses, scores, seconds, learning rate."""
    names = [metric.name for metric in metrics_of(history.preprocessing)]
    folds = ("repeat", "fold") if history.further else ()
    header = [
        *("contender", "seed", *folds, "epoch", "step", "seconds", "train_loss", "validation_loss"),
        *(f"validation_{name}" if history.part_sizes.get("validation") else name for name in names),
        *("lr", "gradient_norm", "clipped"),
    ]
    runs = (run for contender in history.contenders for run in contender.runs)
    return csv_text([header, *(row for run in runs for row in _epoch_rows(run, names))])


def _epoch_rows(run: RunHistory, names: Sequence[str]) -> Iterable[list[str]]:
    fold_id = run.run.fold_id
    folds = [str(number or "") for number in fold_id] if fold_id.fold else []
    for epoch in run.epochs:
        yield [
            run.run.contender,
            str(run.run.seed),
            *folds,
            str(epoch.epoch),
            str(epoch.step),
            *map(_csv_number, (epoch.seconds, epoch.train_loss, epoch.validation_loss)),
            *(_csv_number(epoch.scores.get(name)) for name in names),
            *map(_csv_number, (epoch.lr, epoch.gradient_norm, epoch.clipped)),
        ]


def _csv_cells(row: TableRow) -> list[str]:
    seconds, score = row.seconds, row.score
    return [
        row.model,
        str(row.parameters),
        *map(_csv_number, (seconds.value, seconds.low, seconds.high, row.memory)),
        *map(_csv_number, (score.value, score.low, score.high)),
    ]


def _csv_number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else repr(value)


def _displayed(row: TableRow) -> list[str]:
    memory = "" if row.memory is None else format_figure(row.memory / 1e6, row.memory / 1e7)
    return [
        row.model,
        f"{row.parameters:,}",
        with_brackets(row.seconds),
        memory,
        with_brackets(row.score),
    ]
