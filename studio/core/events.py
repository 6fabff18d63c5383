"""What happens in a comparison, as small frozen types that every consumer reads alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from studio.core.arrays import Floats
from studio.core.division import WHOLE, Division
from studio.core.settings import LAST_SEED


class RunId(NamedTuple):
    """One contender trained with one seed on one division of the data."""

    contender: str
    seed: int
    division: Division = WHOLE

    def __str__(self) -> str:
        """As shown to people."""
        division = f", {self.division}" if self.division != WHOLE else ""
        return f"{self.contender}, seed {self.seed}{division}"

    @property
    def pair(self) -> "Pair":
        """What the runs that are compared with each other have in common."""
        return Pair(self.seed, self.division)

    @property
    def randomness(self) -> int:
        """What keys weights, order of data and dropout: equal within a pair.

        Every division draws its own numbers, so that the luck of a seed is not the same in all
        folds and shows in what the folds differ by.
        """
        repeat, fold = self.division
        return ((repeat << 10) + fold) * (LAST_SEED + 1) + self.seed


class Pair(NamedTuple):
    """A seed on a division of the data: each contender has one run of it."""

    seed: int
    division: Division = WHOLE

    def __str__(self) -> str:
        """As shown to people: "2", or "2, fold 3"."""
        return ", ".join(filter(None, (f"{self.seed}", str(self.division))))


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes that one training step needs.

    Activations are the unique storages of the tensors saved for the backward pass, weights left
    out, of one full batch; optimizer is the state after one step. device_peak is the most that CUDA
    held for all of it above what it held before, cuDNN's workspaces of the step included; None on
    the CPU.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int
    device_peak: int | None = None

    @property
    def total(self) -> int:
        """The sum of the four kinds."""
        return self.weights + self.gradients + self.optimizer + self.activations


@dataclass(frozen=True)
class Served:
    """With what a run is computed, as it was resolved: named beside every time.

    Attributes:
        engine: What computes the recurrent layers.
        device: "cpu" or "cuda".
        threads: Threads of the compute thread on the CPU.
        allocator: The memory allocator's settings in words.
        note: Why this is not what was asked for, or "".
        unequal: What the engine does not do alike for all cells, a sentence, or "".
    """

    engine: str
    device: str
    threads: int
    allocator: str
    note: str = ""
    unequal: str = ""


@dataclass(frozen=True)
class EpochRecord:
    """What is known of a run after an epoch, counted from 1.

    Losses are those of the training loss (scaled units); the scores are the metrics of the
    validation part, or of the training part where there is no validation part.
    Seconds are the sum of the step times so far. gradient_norm is the mean norm before clipping,
    clipped the share of steps that were clipped.
    """

    epoch: int
    step: int
    train_loss: float
    validation_loss: float | None
    scores: Mapping[str, float]
    seconds: float
    lr: float
    gradient_norm: float
    clipped: float


@dataclass(frozen=True)
class Snapshot:
    """Weights, and what training needs to go on from them, as safetensors bytes.

    The state holds the optimiser's tensors, with its settings, the schedule, early stopping and
    the counters as JSON in the header.
    """

    weights: bytes
    state: bytes


@dataclass(frozen=True)
class Trace:
    """Gates and states of one example, all float32.

    Attributes:
        input: The scaled input, (time, channels).
        layers: By name as in a trace file ("l0_reset", "l0_h", "l0_reverse_h"), (time, units).
    """

    input: Floats
    layers: Mapping[str, Floats]


@dataclass(frozen=True)
class RunStarted:
    """A run begins, or goes on after an interruption (then first_epoch is above 1)."""

    run: RunId
    served: Served
    memory: TrainingMemory
    first_epoch: int
    untrained: Snapshot | None


@dataclass(frozen=True)
class StepsTimed:
    """Seconds of consecutive training steps, (steps,) float32, at least 50 ms of them or the rest.

    Attributes:
        run: The run.
        turn: Number of the round of turns in which they were taken.
        position: Place of the run within that round.
        first_step: Number of the first of them, from 0.
        seconds: The durations.
        warmup: How many of the first ones follow a switch and are left out of statistics.
    """

    run: RunId
    turn: int
    position: int
    first_step: int
    seconds: Floats
    warmup: int


@dataclass(frozen=True)
class EpochFinished:
    """An epoch ended; best says whether it is the best of the run so far."""

    run: RunId
    record: EpochRecord
    best: bool
    snapshot: Snapshot


@dataclass(frozen=True)
class GatesTraced:
    """Gates of an example at a moment of training."""

    run: RunId
    epoch: int
    example: int
    trace: Trace


@dataclass(frozen=True)
class RunResult:
    """What a run achieved on the test part, with the weights of kept_epoch.

    Attributes:
        kept_epoch: The epoch whose weights were kept.
        answers: Class probabilities or values in target units, (examples, outputs) float32; where
            steps are answered (examples, time, 2), as core.metrics says.
        scores: Test metrics by name.
    """

    kept_epoch: int
    answers: Floats
    scores: Mapping[str, float]


@dataclass(frozen=True)
class RunFinished:
    """A run ended by itself, at its last epoch or by early stopping."""

    run: RunId
    reason: Literal["finished", "early"]
    result: RunResult


@dataclass(frozen=True)
class RunStopped:
    """A run was stopped by the user and keeps the model so far; it can be resumed."""

    run: RunId
    result: RunResult | None = None


@dataclass(frozen=True)
class RunFailed:
    """A run cannot go on: why, and what can be done about it."""

    run: RunId
    epoch: int
    reason: str
    remedy: str


@dataclass(frozen=True)
class ComparisonEnded:
    """No run of the comparison goes on: all have ended, or the user stopped, or saving failed."""

    how: Literal["finished", "stopped", "failed"]
    problem: str = ""
    notes: tuple[str, ...] = field(default=())


RunEvent = (
    RunStarted | StepsTimed | EpochFinished | GatesTraced | RunFinished | RunStopped | RunFailed
)
Event = RunEvent | ComparisonEnded
