"""A comparison of a session in Python: contenders, scores, verdicts."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from studio.analysis import ScoreVerdict, Summary, Verdict, results_table, summary
from studio.analysis.wording import basis_sentences
from studio.api.contender import Contender, Run
from studio.api.result_table import ResultTable
from studio.api.run_tables import epoch_table
from studio.api.text import html_paragraph, html_table, text_table
from studio.core.arrays import Integers, Truth
from studio.core.results.final_model import final_json
from studio.core.results.history import ComparisonHistory
from studio.core.results.missing_cells import missing_cells
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.stored.models import find_contender
from studio.sessions import SessionFile
from studio.sessions.tables.reading import ComparisonSummary

if TYPE_CHECKING:
    from studio.api.predict import Forecast, Predictions
    from studio.runs.predictions.prediction_spec import RunChoice


class Comparison:
    """A comparison as it was stored when it was first asked for.

    Attributes:
        number: Its number within the session.
        name: Its name.
        dataset: The dataset's name.
        created: When it started, ISO 8601, UTC.
    """

    def __init__(self, file: SessionFile, row: ComparisonSummary) -> None:
        self._file = file
        self.number, self.name, self.dataset = row.id, row.name, row.dataset_name
        self.created = row.created

    @cached_property
    def history(self) -> ComparisonHistory:
        """Everything that was measured, as the studio's own code reads it."""
        return self._file.history(self.number)

    @cached_property
    def _summary(self) -> Summary:
        return summary(self.history)

    @property
    def spec(self) -> ComparisonSpec:
        """All settings, with everything that was detected filled in."""
        return self.history.spec

    @property
    def task(self) -> str:
        """What is predicted, such as "forecast"."""
        return self.history.preprocessing.kind

    @cached_property
    def contenders(self) -> tuple[Contender, ...]:
        """The contenders in their order."""
        return tuple(
            Contender(self._file, self.number, self.history, figures)
            for figures in self._summary.contenders
        )

    def __getitem__(self, name: str) -> Contender:
        """A contender by its name, case-insensitive.

        Raises:
            SessionError: There is none; the message lists the contenders.
        """
        wanted = find_contender(self.history, name).name
        return next(contender for contender in self.contenders if contender.name == wanted)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of all contenders, contender by contender."""
        return tuple(run for contender in self.contenders for run in contender.runs)

    @property
    def progress(self) -> str:
        """How many runs have ended, such as "6 of 6"."""
        runs = [run for contender in self.history.contenders for run in contender.runs]
        return f"{sum(run.has_ended for run in runs)} of {len(runs)}"

    @property
    def truth(self) -> Truth:
        """The test targets: classes (examples,) or values in their units (examples, outputs).

        With a prediction at every step (examples, time), below 0 where there is no target. With
        folds those of the first; see Run.truth.
        """
        return self.history.test_truth

    @property
    def positions(self) -> Integers:
        """Where the test examples come from, (examples,): index, or first time step predicted."""
        return self.history.test_positions

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Names of the classes in the order of their codes; None for numbers."""
        return self.history.preprocessing.class_names

    @cached_property
    def scores(self) -> ResultTable:
        """Test scores of contenders and baselines: model, kind, metric, mean, low, high.

        low and high are the ends of the 95 % interval, NaN where there is none.
        """
        contenders = [
            (figures.history.name, "contender", figures.metrics)
            for figures in self._summary.contenders
        ]
        rules = [(rule.name, "baseline", rule.metrics) for rule in self._summary.baselines]
        rows = [
            (model, kind, name, interval.value, interval.low, interval.high)
            for model, kind, metrics in (*contenders, *rules)
            for name, interval in metrics.items()
        ]
        return _table(("model", "kind", "metric", "mean", "low", "high"), rows)

    @cached_property
    def epochs(self) -> ResultTable:
        """A row for each epoch of each run: losses, scores, seconds, learning rate."""
        return epoch_table(run for each in self.history.contenders for run in each.runs)

    @cached_property
    def verdicts(self) -> "Verdicts":
        """Verdicts on every metric, on time and on memory, the main metric first."""
        return Verdicts(self._summary.verdicts)

    @property
    def answer(self) -> str:
        """Which contender to choose, in words; "" with a single one."""
        return "" if self._summary.answer is None else self._summary.answer.text

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be done with it here, such as a cell whose package is not installed."""
        return tuple(map(str, missing_cells(self.history)))

    def predict(  # noqa: PLR0913 - the options of the command predict
        self,
        data: object,
        *,
        contender: str | None = None,
        seed: int | None = None,
        runs: "RunChoice" = "best",
        level: float | None = 0.9,
        adaptive: bool = False,
        temperature: bool = False,
        since: str | None = None,
        until: str | None = None,
    ) -> "Predictions":
        """Predicts new data, read and prepared as the training data was.

        Args:
            data: A path, or data in memory as in studio.compare.
            contender: Its name; None takes the one that the comparison recommends.
            seed: The seed of the run; None for the best by validation loss.
            runs: "best", "mean" of all runs, "every" run on its own, or "final", the model that was
                trained on all data.
            level: The nominal coverage of intervals and prediction sets; None leaves them out.
            adaptive: Whether intervals of forecasts adapt over time to what is observed.
            temperature: Whether probabilities are scaled by a temperature fitted on the validation
                set.
            since: Only forecasts from this row on: a date, or a row number without dates.
            until: Only forecasts up to this row, likewise; it is included.

        Raises:
            DatasetError: The data cannot be read, or does not have the columns that were trained
                on.
            SessionError: There is no such contender or run.
            SpecError: The settings do not go together.
        """
        from studio.api.predict import predict
        from studio.runs.predictions.prediction_spec import PredictionSpec

        spec = PredictionSpec(contender, seed, runs, level, adaptive, temperature, since, until)
        return predict(self._file, self.number, data, spec)

    def forecast(  # noqa: PLR0913 - the options of the command predict
        self,
        data: object,
        steps: int,
        *,
        contender: str | None = None,
        seed: int | None = None,
        runs: "RunChoice" = "best",
        level: float | None = 0.9,
        since: str | None = None,
        until: str | None = None,
    ) -> "Forecast":
        """Forecasts steps beyond the last row of new data, or from each row of a span.

        Beyond its horizon the network reads its own predictions.

        Args:
            data: As in predict.
            steps: How many.
            contender: As in predict.
            seed: As in predict.
            runs: "best", the "mean" of all runs, or "final".
            level: As in predict.
            since: As in predict.
            until: As in predict.

        Raises:
            DatasetError: As in predict.
            SessionError: As in predict.
            SpecError: The task is no forecast, or what the network reads is not known so far ahead.
        """
        from studio.api.predict import forecast
        from studio.runs.predictions.prediction_spec import PredictionSpec

        spec = PredictionSpec(contender, seed, runs, level, since=since, until=until)
        return forecast(self._file, self.number, data, spec, steps)

    def as_json(self) -> dict[str, Any]:
        """What `gate-studio show --json` prints, as plain values."""
        return {**self._summary.as_json(), **final_json(self._file.final_models(self.number))}

    def report_html(self) -> str:
        """The report as one self-contained HTML page."""
        from studio.export import report_html

        return report_html(self.history, self._file.dataset(self.number), self.created)

    def __repr__(self) -> str:
        table = results_table(self.history)
        return f"{self._title}\n{text_table(table.headings, table.as_words())}{self._after()}"

    def _repr_html_(self) -> str:
        table = results_table(self.history)
        answer = html_paragraph(self.answer) if self.answer else ""
        notes = "".join(html_paragraph(f"Note: {note}.") for note in self.notes)
        return html_table(table.headings, table.as_words(), self._title) + answer + notes

    @property
    def _title(self) -> str:
        return f"{self.name}: {self.task}, {self.progress} runs finished"

    def _after(self) -> str:
        lines = (self.answer, *(f"Note: {note}." for note in self.notes))
        return "".join(f"\n{line}" for line in lines if line)


class Verdicts(Sequence[Verdict]):
    """Verdicts in order; each has about, first, second, difference, decision and text."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self._verdicts = tuple(verdicts)

    def about(self, what: str) -> "Verdicts":
        """The verdicts on one metric, on "step_ms" or on "memory_bytes"."""
        return Verdicts([verdict for verdict in self._verdicts if verdict.about == what])

    @cached_property
    def table(self) -> ResultTable:
        """A row for each: about, first, second, difference, low, high, decision, better.

        decision is better, tie, undecided or baseline; better is the name of the better one.
        """
        rows = []
        for verdict in self._verdicts:
            difference, decision = verdict.difference, verdict.decision
            kind = "tie" if decision.kind == "identical" else decision.kind
            numbers = difference.value, difference.low, difference.high
            rows.append(
                (verdict.about, verdict.first, verdict.second, *numbers, kind, decision.name)
            )
        names = ("about", "first", "second", "difference", "low", "high", "decision", "better")
        return _table(names, rows)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> "Verdicts": ...
    def __getitem__(self, index: int | slice) -> "Verdict | Verdicts":
        """A verdict by its place, or some of them."""
        if isinstance(index, slice):
            return Verdicts(self._verdicts[index])
        return self._verdicts[index]

    def __len__(self) -> int:
        return len(self._verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._verdicts)

    def __repr__(self) -> str:
        return "\n".join(verdict.text for verdict in self._verdicts)

    def _repr_html_(self) -> str:
        rows = [(verdict.label, verdict.finding, _details(verdict)) for verdict in self._verdicts]
        return html_table(("About", "Finding", "Details"), rows)


def _details(verdict: Verdict) -> str:
    """Odds, baselines and basis of a verdict."""
    basis = basis_sentences(verdict.basis)
    if not isinstance(verdict, ScoreVerdict):
        return " ".join(basis)
    baselines = (comparison.sentence for comparison in verdict.standings)
    return " ".join(filter(None, (verdict.odds, *baselines, *basis)))


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> ResultTable:
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return ResultTable({name: list(column) for name, column in zip(names, columns, strict=True)})
