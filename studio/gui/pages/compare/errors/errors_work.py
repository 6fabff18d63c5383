"""What the browser over errors reads and computes, off the interface thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.analysis.predictions.calibration import Reliability, reliability
from studio.analysis.predictions.error_rows import ErrorRows
from studio.analysis.predictions.errors import PredictedSet, stored_predictions
from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.fold_ids import FoldId
from studio.data import Dataset
from studio.gui.context.app_context import AppContext
from studio.gui.pages.compare.view.error_filter import GroupTable, group_table
from studio.runs.stored.dataset_recovery import recover_task
from studio.runs.stored.gate_inspection import Example, example_of, kept_example
from studio.runs.stored.predicted_sets import ended_models, origins_of, predict_set
from studio.sessions import SessionFile

Refuse = Callable[[BaseException], None]


@dataclass(frozen=True, eq=False)
class ShownErrors:
    """The rows of one seed.

    Attributes:
        wanted: What was asked for.
        rows: The rows.
        reliability: Of each contender's probabilities by seed; empty for other predictions.
    """

    wanted: "Wanted"
    rows: ErrorRows
    reliability: Mapping[str, Mapping[int, Reliability]]


@dataclass(frozen=True)
class Wanted:
    """Which rows are shown: a set, a run of each contender, a target or all (None)."""

    part: str
    pair: PairId
    target: int | None


class ErrorsWork:
    """Jobs of the browser; what was read of a comparison is kept while it is shown."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._tasks: dict[object, PreparedTask] = {}
        self._validation: tuple[object, PredictedSet] | None = None

    def rows(
        self,
        history: ComparisonHistory,
        wanted: Wanted,
        take: Callable[[ShownErrors], None],
        refuse: Refuse,
    ) -> None:
        """Makes the rows; those of the validation set are predicted first."""
        dataset = self.dataset(history)

        def make(part: PredictedSet) -> None:
            self._context.jobs.load(
                "Looking at errors", lambda: _shown(part, wanted, dataset), take, refuse
            )

        if wanted.part == "test":
            make(stored_predictions(history, wanted.pair.fold_id))
        else:
            self._predict_validation(history, wanted.pair.fold_id, make, refuse)

    def groups(self, rows: ErrorRows, by: str, take: Callable[[GroupTable], None]) -> None:
        """Scores the groups."""
        self._context.jobs.load("Scoring groups", lambda: group_table(rows, by), take)

    def example(  # noqa: PLR0913, PLR0917 - what identifies an example, and who takes it
        self,
        history: ComparisonHistory,
        fold_id: FoldId,
        part: str,
        index: int,
        take: Callable[[Example], None],
        refuse: Refuse,
    ) -> None:
        """Reads an example: from the prepared data, the session, or the dataset."""
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is None or comparison is None:
            return
        is_first = fold_id == history.first_fold
        known = self._known_task(history, fold_id)

        def job() -> tuple[Example, PreparedTask | None]:
            if known is not None:
                return example_of(known, part, index), None
            session = workspace.reader()
            stored = kept_example(session, comparison, part, index) if is_first else None
            if stored is not None:
                return stored, None
            task = _recovered(session, comparison, history, fold_id)
            return example_of(task, part, index), task

        def taken(read: tuple[Example, PreparedTask | None]) -> None:
            example, task = read
            if task is not None:
                self._tasks = {self._key(fold_id): task}
            take(example)

        self._context.jobs.load("Reading the example", job, taken, refuse)

    def dataset(self, history: ComparisonHistory) -> Dataset | None:
        """The comparison's dataset, where it is open."""
        plan = self._context.planner.plan
        if plan is None or plan.spec.dataset != history.spec.dataset:
            return None
        return plan.dataset

    def _known_task(self, history: ComparisonHistory, fold_id: FoldId) -> PreparedTask | None:
        plan = self._context.planner.plan
        is_first = fold_id == history.first_fold
        is_open = plan is not None and is_first and plan.spec.dataset == history.spec.dataset
        if plan is not None and is_open and plan.task.preprocessing == history.preprocessing:
            return plan.task
        return self._tasks.get(self._key(fold_id))

    def _key(self, fold_id: FoldId) -> object:
        session = self._context.session
        return session.workspace, session.comparison, fold_id

    def _predict_validation(
        self,
        history: ComparisonHistory,
        fold_id: FoldId,
        take: Callable[[PredictedSet], None],
        refuse: Refuse,
    ) -> None:
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is None or comparison is None:
            return
        ended = tuple(run.run for each in history.contenders for run in each.runs if run.result)
        key = (self._key(fold_id), ended)
        if self._validation is not None and self._validation[0] == key:
            take(self._validation[1])
            return
        known = self._known_task(history, fold_id)

        def read() -> tuple[PreparedTask, list[TrainedModel]]:
            session = workspace.reader()
            task = known or _recovered(session, comparison, history, fold_id)
            return task, ended_models(session, comparison, fold_id)

        def predict(found: tuple[PreparedTask, list[TrainedModel]]) -> None:
            task, models = found
            self._context.jobs.calculate(
                "Predicting the validation set",
                lambda: predict_set("validation", models, task.validation),
                keep,
                refuse,
            )

        def keep(part: PredictedSet) -> None:
            self._validation = (key, part)
            take(part)

        self._context.jobs.load("Reading the models", read, predict, refuse)


def _recovered(
    session: SessionFile, comparison: int, history: ComparisonHistory, fold_id: FoldId
) -> PreparedTask:
    record = session.dataset(comparison)
    return recover_task(history, record, str(session.path), fold_id).task


def _shown(part: PredictedSet, wanted: Wanted, dataset: Dataset | None) -> ShownErrors:
    times, groups = None, {}
    if dataset is not None:
        origins = origins_of(dataset, part)
        times, groups = origins.times, dict(origins.groups)
    rows = ErrorRows(part, wanted.pair.seed, wanted.target, times, groups)
    assert rows.columns  # noqa: S101 - computed here, not in the interface thread
    return ShownErrors(wanted, rows, _reliability(part))


def _reliability(part: PredictedSet) -> dict[str, dict[int, Reliability]]:
    preprocessing = part.preprocessing
    if preprocessing.outcomes is None or preprocessing.per_step or not len(part):
        return {}
    return {
        name: {
            seed: reliability(own.astype("float64"), part.test_truth) for seed, own in runs.items()
        }
        for name, runs in part.predictions.items()
    }
