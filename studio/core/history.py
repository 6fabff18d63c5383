"""What a session remembers of a comparison, read by analysis, reports and plots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from studio.core.arrays import Floats, Integers, Truth
from studio.core.division import Division
from studio.core.events import EpochRecord, RunId, RunResult, Served, TrainingMemory
from studio.core.preparation import Preparation
from studio.core.spec import ComparisonSpec, ContenderSpec

Status = Literal["waiting", "running", "finished", "early", "stopped", "failed"]
ENDED: frozenset[Status] = frozenset({"finished", "early"})


@dataclass(frozen=True)
class TimedSteps:
    """Step times of one turn of a run, warm-up steps left out."""

    turn: int
    position: int
    seconds: Floats


@dataclass(frozen=True)
class RunHistory:
    """One run so far.

    Attributes:
        run: Contender, seed and division.
        status: "finished" and "early" (stopped by its own rule) enter verdicts; "stopped" (by the
            user), "failed", "running" and "waiting" do not.
        reason: Why it failed, in words; "" otherwise.
        served: Engine, device, threads, allocator; None before it started.
        memory: Bytes of a training step; None before it started.
        epochs: Records of the finished epochs, from 1 on.
        best_epoch: The best epoch by validation, or the last where there is no validation part.
        timings: Step times, turn by turn.
        result: The test result; None until the run has ended.
    """

    run: RunId
    status: Status
    reason: str
    served: Served | None
    memory: TrainingMemory | None
    epochs: tuple[EpochRecord, ...]
    best_epoch: int | None
    timings: tuple[TimedSteps, ...]
    result: RunResult | None

    @property
    def has_ended(self) -> bool:
        """Whether the run ended by itself and so enters the verdict."""
        return self.status in ENDED

    @property
    def seconds(self) -> float:
        """Training time so far: the sum of the step times, in seconds."""
        return self.epochs[-1].seconds if self.epochs else 0.0

    @property
    def best_loss(self) -> float:
        """The validation loss of the best epoch; 0 where there is no validation part."""
        best = next((each for each in self.epochs if each.epoch == self.best_epoch), None)
        return 0.0 if best is None else best.validation_loss or 0.0


@dataclass(frozen=True)
class ContenderHistory:
    """One contender with its runs in the order of their divisions and seeds.

    Attributes:
        spec: Its settings.
        parameters: Trainable numbers of the whole network.
        macs: Multiply-accumulates of one forward pass of the longest example.
        runs: One for each seed and division.
    """

    spec: ContenderSpec
    parameters: int
    macs: int
    runs: tuple[RunHistory, ...]

    @property
    def name(self) -> str:
        """The contender's name."""
        return self.spec.name

    def run(self, seed: int, division: Division | None = None) -> RunHistory:
        """The run with that seed, on the first division where none is named; or KeyError."""
        for history in self.runs:
            if history.run.seed == seed and division in {None, history.run.division}:
                return history
        raise KeyError(seed)


@dataclass(frozen=True)
class Baseline:
    """What a rule without learning scores on the same test examples.

    Attributes:
        name: Such as "persistence".
        parameters: Numbers that the rule fitted.
        seconds: Time to fit it.
        answers: As those of a run, (examples, outputs) float32, or (examples, time, 2).
        scores: Test metrics by name.
        validation_scores: The same on the validation part (training part where there is none).
        validation_loss: In the units of the training loss, for a line in the loss plot.
    """

    name: str
    parameters: int
    seconds: float
    answers: Floats
    scores: Mapping[str, float]
    validation_scores: Mapping[str, float]
    validation_loss: float | None


@dataclass(frozen=True)
class DivisionRecord:
    """One division of the data, as a session remembers it.

    Attributes:
        division: Which one.
        part_sizes: Examples of the training, validation and test part.
        preparation: Fitted on the training part.
        test_truth: Of the test part, as in Examples: classes (examples,) or values
            (examples, outputs); where steps are answered (examples, time).
        test_positions: Where the test examples come from, (examples,).
        baselines: Rules without learning.
    """

    division: Division
    part_sizes: Mapping[str, int]
    preparation: Preparation
    test_truth: Truth
    test_positions: Integers
    baselines: tuple[Baseline, ...]

    def baseline(self, name: str) -> Baseline:
        """The rule of that name; raises KeyError where there is none."""
        for baseline in self.baselines:
            if baseline.name == name:
                return baseline
        raise KeyError(name)


@dataclass(frozen=True)
class ComparisonHistory:
    """A comparison with all that was measured so far.

    What depends on the division of the data is that of the first; `divisions` has all.

    Attributes:
        spec: The comparison as asked for, with everything that was detected filled in.
        dataset_name: The dataset's name.
        part_sizes: Examples of the training, validation and test part.
        preparation: Fitted on the training part.
        test_truth: Of the test part, as in Examples: classes (examples,) or values
            (examples, outputs); where steps are answered (examples, time).
        test_positions: Where the test examples come from, (examples,).
        contenders: In the order of the spec.
        baselines: Rules without learning.
        environment: Versions, processor, device, threads and allocator by name.
        further: The divisions after the first, where the data is divided into folds.
    """

    spec: ComparisonSpec
    dataset_name: str
    part_sizes: Mapping[str, int]
    preparation: Preparation
    test_truth: Truth
    test_positions: Integers
    contenders: tuple[ContenderHistory, ...]
    baselines: tuple[Baseline, ...]
    environment: Mapping[str, str]
    further: tuple[DivisionRecord, ...] = ()

    @property
    def first_division(self) -> Division:
        """The division that the history's own preparation and test part are of."""
        return self.spec.task.divisions[0]

    @property
    def divisions(self) -> tuple[DivisionRecord, ...]:
        """All divisions of the data, in their order."""
        first = DivisionRecord(
            self.first_division,
            self.part_sizes,
            self.preparation,
            self.test_truth,
            self.test_positions,
            self.baselines,
        )
        return (first, *self.further)

    def on(self, division: Division) -> DivisionRecord:
        """A division of the data; raises KeyError where there is none such."""
        for record in self.divisions:
            if record.division == division:
                return record
        raise KeyError(division)

    def seen_on(self, division: Division) -> "ComparisonHistory":
        """The part of it that belongs to one division of the data; KeyError where none is such."""
        there = self.on(division)
        contenders = tuple(
            replace(each, runs=tuple(run for run in each.runs if run.run.division == division))
            for each in self.contenders
        )
        return replace(
            self,
            part_sizes=there.part_sizes,
            preparation=there.preparation,
            test_truth=there.test_truth,
            test_positions=there.test_positions,
            baselines=there.baselines,
            contenders=contenders,
            further=(),
        )

    @property
    def is_in_time(self) -> bool:
        """Whether folds are blocks in time order behind a growing training part."""
        return bool(self.further) and self.preparation.window is not None

    def contender(self, name: str) -> ContenderHistory:
        """The contender of that name, letter case aside; raises KeyError where there is none."""
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
