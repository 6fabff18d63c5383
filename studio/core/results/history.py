"""A comparison as stored in a session; the input of analysis, reports and plots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from studio.core.arrays import Floats, Integers, Truth
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import EpochRecord, ExecutionInfo, RunId, RunResult, TrainingMemory
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.fold_ids import FoldId

Status = Literal["waiting", "running", "finished", "early", "stopped", "failed"]
ENDED: frozenset[Status] = frozenset({"finished", "early"})


@dataclass(frozen=True)
class TimedSteps:
    """Step times of one turn of a run, without warm-up steps."""

    turn: int
    position: int
    seconds: Floats


@dataclass(frozen=True)
class RunHistory:
    """One run so far.

    Attributes:
        run: Contender, seed and fold.
        status: "finished" and "early" (early stopping) enter verdicts; "stopped" (by the user),
            "failed", "running" and "waiting" do not.
        reason: Why it failed; "" otherwise.
        execution: Engine, device, threads, allocator; None before the start.
        memory: Bytes of a training step; None before the start.
        epochs: Records of the finished epochs.
        best_epoch: The best epoch by validation loss, or the last without a validation set.
        timings: Step times, turn by turn.
        result: The test result; None until the run has ended.
    """

    run: RunId
    status: Status
    reason: str
    execution: ExecutionInfo | None
    memory: TrainingMemory | None
    epochs: tuple[EpochRecord, ...]
    best_epoch: int | None
    timings: tuple[TimedSteps, ...]
    result: RunResult | None

    @property
    def has_ended(self) -> bool:
        """Whether the run is complete and enters the verdict."""
        return self.status in ENDED

    @property
    def seconds(self) -> float:
        """Training time so far in seconds, the sum of the step times."""
        return self.epochs[-1].seconds if self.epochs else 0.0

    @property
    def best_loss(self) -> float:
        """The validation loss of the best epoch; 0 without a validation set."""
        best = next((record for record in self.epochs if record.epoch == self.best_epoch), None)
        return 0.0 if best is None else best.validation_loss or 0.0


@dataclass(frozen=True)
class ContenderHistory:
    """One contender with its runs, ordered by fold and seed.

    Attributes:
        spec: Its settings.
        parameters: Trainable parameters of the whole network.
        macs: Multiply-accumulates of one forward pass of the longest example.
        runs: One for each seed and fold.
    """

    spec: ContenderSpec
    parameters: int
    macs: int
    runs: tuple[RunHistory, ...]

    @property
    def name(self) -> str:
        return self.spec.name

    def run(self, seed: int, fold_id: FoldId | None = None) -> RunHistory:
        """The run with that seed, on the first fold if none is given; KeyError without one."""
        for history in self.runs:
            if history.run.seed == seed and fold_id in {None, history.run.fold_id}:
                return history
        raise KeyError(seed)


@dataclass(frozen=True)
class Baseline:
    """A baseline without a network, scored on the same test examples.

    Attributes:
        name: Such as "persistence".
        parameters: Fitted parameters.
        seconds: Time to fit it.
        predictions: As those of a run, (examples, outputs) float32, or (examples, time, 2).
        scores: Test metrics by name.
        validation_scores: The same on the validation set (or training set, if there is none).
        validation_loss: In the units of the training loss, for a line in the loss plot.
    """

    name: str
    parameters: int
    seconds: float
    predictions: Floats
    scores: Mapping[str, float]
    validation_scores: Mapping[str, float]
    validation_loss: float | None


@dataclass(frozen=True)
class FoldRecord:
    """One split of the data, as stored in a session.

    Attributes:
        fold_id: Which split.
        part_sizes: Examples of the training, validation and test set.
        preprocessing: Fitted on the training set.
        test_truth: Test targets as in Examples: classes (examples,) or values
            (examples, outputs); with a prediction at every step (examples, time).
        test_positions: Where the test examples come from, (examples,).
        baselines: Baselines without a network.
    """

    fold_id: FoldId
    part_sizes: Mapping[str, int]
    preprocessing: Preprocessing
    test_truth: Truth
    test_positions: Integers
    baselines: tuple[Baseline, ...]

    def baseline(self, name: str) -> Baseline:
        """The baseline with that name; KeyError without one."""
        for baseline in self.baselines:
            if baseline.name == name:
                return baseline
        raise KeyError(name)


@dataclass(frozen=True)
class ComparisonHistory:
    """A comparison with all results so far.

    Attributes that depend on the split are those of the first fold; `folds` has all folds.

    Attributes:
        spec: The comparison, with everything that was detected filled in.
        dataset_name: The dataset's name.
        part_sizes: Examples of the training, validation and test set.
        preprocessing: Fitted on the training set.
        test_truth: Test targets as in Examples: classes (examples,) or values
            (examples, outputs); with a prediction at every step (examples, time).
        test_positions: Where the test examples come from, (examples,).
        contenders: In the order of the spec.
        baselines: Baselines without a network.
        environment: Versions, processor, device, threads and allocator by name.
        further: The folds after the first.
    """

    spec: ComparisonSpec
    dataset_name: str
    part_sizes: Mapping[str, int]
    preprocessing: Preprocessing
    test_truth: Truth
    test_positions: Integers
    contenders: tuple[ContenderHistory, ...]
    baselines: tuple[Baseline, ...]
    environment: Mapping[str, str]
    further: tuple[FoldRecord, ...] = ()

    @property
    def first_fold(self) -> FoldId:
        """The fold that the history's own preprocessing and test set belong to."""
        return self.spec.task.fold_ids[0]

    @property
    def folds(self) -> tuple[FoldRecord, ...]:
        """All folds in order; one for a single split."""
        first = FoldRecord(
            self.first_fold,
            self.part_sizes,
            self.preprocessing,
            self.test_truth,
            self.test_positions,
            self.baselines,
        )
        return (first, *self.further)

    def on(self, fold_id: FoldId) -> FoldRecord:
        """A fold of the data; KeyError without one."""
        for record in self.folds:
            if record.fold_id == fold_id:
                return record
        raise KeyError(fold_id)

    def seen_on(self, fold_id: FoldId) -> "ComparisonHistory":
        """The results of one fold; KeyError without one."""
        record = self.on(fold_id)
        contenders = tuple(
            replace(
                contender,
                runs=tuple(run for run in contender.runs if run.run.fold_id == fold_id),
            )
            for contender in self.contenders
        )
        return replace(
            self,
            part_sizes=record.part_sizes,
            preprocessing=record.preprocessing,
            test_truth=record.test_truth,
            test_positions=record.test_positions,
            baselines=record.baselines,
            contenders=contenders,
            further=(),
        )

    @property
    def is_in_time(self) -> bool:
        """Whether the folds are expanding-window folds of a series."""
        return bool(self.further) and self.preprocessing.splits_in_time

    def contender(self, name: str) -> ContenderHistory:
        """The contender with that name, ignoring case; KeyError without one."""
        for contender in self.contenders:
            if contender.name.lower() == name.lower():
                return contender
        raise KeyError(name)

    @property
    def is_complete(self) -> bool:
        """Whether every run has ended or failed."""
        return all(
            run.has_ended or run.status == "failed"
            for contender in self.contenders
            for run in contender.runs
        )
