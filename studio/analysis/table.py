"""The article's own table with the user's numbers, and the curves behind it."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.analysis.comparing import baseline_interval
from studio.analysis.costs import training_memory, training_time
from studio.analysis.evidence import score_interval
from studio.analysis.intervals import Interval, nothing
from studio.analysis.words import figure, with_brackets
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.metrics import metrics_of


@dataclass(frozen=True)
class TableRow:
    """A contender or a baseline.

    Attributes:
        model: Its name.
        parameters: Trainable numbers, or numbers that a rule fitted.
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
class ArticleTable:
    """Model, parameters, training time, training memory, performance: contenders, baselines.

    Attributes:
        metric: The main metric's name for people, with its unit where it has one.
        rows: Contenders in their order, then baselines.
    """

    metric: str
    rows: tuple[TableRow, ...]

    def as_csv(self) -> str:
        """The table with a header row and plain numbers; unknown cells are empty."""
        ends = ("", " low", " high")
        header = [
            "model",
            "parameters",
            *(f"training seconds{end}" for end in ends),
            "training memory bytes",
            *(f"test {self.metric}{end}" for end in ends),
        ]
        return _csv([header, *(_numbers(row) for row in self.rows)])

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns' headings for people."""
        columns = ("Model", "Parameters", "Training time (s)", "Training memory (MB)")
        return (*columns, f"Test {self.metric}")

    def as_words(self) -> list[tuple[str, ...]]:
        """The rows for people, with intervals in brackets."""
        return [tuple(_words(row)) for row in self.rows]

    def as_markdown(self) -> str:
        """The table for people, with intervals in brackets."""
        rows = [self.headings, ("---", *["---:"] * 4), *self.as_words()]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def article_table(history: ComparisonHistory) -> ArticleTable:
    """The article's table of a comparison so far."""
    metric = metrics_of(history.preparation)[0]
    unit = history.preparation.unit if metric.in_target_units else ""
    contenders = [
        TableRow(
            each.name,
            each.parameters,
            training_time(each),
            memory.total if (memory := training_memory(each)) else None,
            score_interval(history, each, metric),
        )
        for each in history.contenders
    ]
    rules = [
        TableRow(
            each.name,
            each.parameters,
            nothing(each.seconds),
            None,
            baseline_interval(history, each, metric),
        )
        for each in history.baselines
    ]
    label = f"{metric.label} ({unit})" if unit else metric.label
    return ArticleTable(label, (*contenders, *rules))


def curves_csv(history: ComparisonHistory) -> str:
    """One row for each epoch of each run: losses, scores, seconds, learning rate."""
    names = [metric.name for metric in metrics_of(history.preparation)]
    folds = ("repeat", "fold") if history.further else ()
    header = [
        *("contender", "seed", *folds, "epoch", "step", "seconds", "train_loss", "validation_loss"),
        *(f"validation_{name}" if history.part_sizes.get("validation") else name for name in names),
        *("lr", "gradient_norm", "clipped"),
    ]
    runs = (run for contender in history.contenders for run in contender.runs)
    return _csv([header, *(row for run in runs for row in _curve(run, names))])


def _curve(run: RunHistory, names: Sequence[str]) -> Iterable[list[str]]:
    division = run.run.division
    folds = [str(number or "") for number in division] if division.fold else []
    for epoch in run.epochs:
        yield [
            run.run.contender,
            str(run.run.seed),
            *folds,
            str(epoch.epoch),
            str(epoch.step),
            *map(_number, (epoch.seconds, epoch.train_loss, epoch.validation_loss)),
            *(_number(epoch.scores.get(name)) for name in names),
            *map(_number, (epoch.lr, epoch.gradient_norm, epoch.clipped)),
        ]


def _numbers(row: TableRow) -> list[str]:
    seconds, score = row.seconds, row.score
    return [
        row.model,
        str(row.parameters),
        *map(_number, (seconds.value, seconds.low, seconds.high, row.memory)),
        *map(_number, (score.value, score.low, score.high)),
    ]


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else repr(value)


def _words(row: TableRow) -> list[str]:
    memory = "" if row.memory is None else figure(row.memory / 1e6, row.memory / 1e7)
    return [
        row.model,
        f"{row.parameters:,}",
        with_brackets(row.seconds),
        memory,
        with_brackets(row.score),
    ]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
