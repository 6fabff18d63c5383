"""Events of a comparison, as small frozen types that every consumer reads in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from studio.core.arrays import Floats
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.settings import LAST_SEED


class RunId(NamedTuple):
    """One contender trained with one seed on one split of the data."""

    contender: str
    seed: int
    fold_id: FoldId = SINGLE_SPLIT

    def __str__(self) -> str:
        """For people: "GRU, seed 2" or "GRU, seed 2, fold 3"."""
        fold = f", {self.fold_id}" if self.fold_id != SINGLE_SPLIT else ""
        return f"{self.contender}, seed {self.seed}{fold}"

    @property
    def pair(self) -> "PairId":
        """What runs that are compared with each other share."""
        return PairId(self.seed, self.fold_id)

    @property
    def randomness(self) -> int:
        """The key of initial weights, data order and dropout; equal within a pair.

        Every fold draws its own numbers, so that the luck of a seed is not shared by all folds and
        shows in their differences.
        """
        repeat, fold = self.fold_id
        return ((repeat << 10) + fold) * (LAST_SEED + 1) + self.seed


class PairId(NamedTuple):
    """A seed on a split of the data; each contender has one run for it."""

    seed: int
    fold_id: FoldId = SINGLE_SPLIT

    def __str__(self) -> str:
        """For people: "2", or "2, fold 3"."""
        return ", ".join(filter(None, (f"{self.seed}", str(self.fold_id))))


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes that one training step needs.

    Activations are the unique storages of the tensors saved for the backward pass of one full
    batch, without weights; optimizer is its state after one step. device_peak is the peak of CUDA
    memory above what was allocated before, including cuDNN's workspaces; None on the CPU.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int
    device_peak: int | None = None

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations


@dataclass(frozen=True)
class ExecutionInfo:
    """With what a run was in fact computed; stated beside every time.

    Attributes:
        engine: The engine of the recurrent layers.
        device: "cpu" or "cuda".
        threads: CPU threads.
        allocator: The memory allocator's settings, as text.
        note: Why this differs from the settings, or "".
    """

    engine: str
    device: str
    threads: int
    allocator: str
    note: str = ""

    @property
    def favours_lstm(self) -> bool:
        """Whether only the LSTM was computed in one kernel: torch.nn on the CPU."""
        return self.engine == "torch.nn" and self.device == "cpu"


@dataclass(frozen=True)
class EpochRecord:
    """State of a run after an epoch, counted from 1.

    Losses are in the units of the training loss (scaled); scores are metrics of the validation
    set, or of the training set if there is no validation set. seconds is the sum of the step times
    so far, gradient_norm the mean norm before clipping, clipped the share of clipped steps.
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
    """Weights and training state to resume from, as safetensors bytes.

    The state holds the optimiser's tensors; the header holds its settings, the schedule, early
    stopping and the counters as JSON.
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
    """A run starts, or resumes after an interruption (then first_epoch is above 1)."""

    run: RunId
    execution: ExecutionInfo
    memory: TrainingMemory
    first_epoch: int
    untrained: Snapshot | None


@dataclass(frozen=True)
class StepsTimed:
    """Durations of consecutive training steps, at least 50 ms in total or the rest of a turn.

    Attributes:
        run: The run.
        turn: Number of the round of turns.
        position: Position of the run within that round.
        first_step: Number of the first step, from 0.
        seconds: The durations, (steps,) float32.
        warmup: How many of the first steps follow a switch of runs and do not count.
    """

    run: RunId
    turn: int
    position: int
    first_step: int
    seconds: Floats
    warmup: int


@dataclass(frozen=True)
class EpochFinished:
    """An epoch ended; best is true for the best epoch of the run so far."""

    run: RunId
    record: EpochRecord
    best: bool
    snapshot: Snapshot


@dataclass(frozen=True)
class GatesTraced:
    """Gates of an example after an epoch; position is as in Examples."""

    run: RunId
    epoch: int
    example: int
    trace: Trace
    position: int | None = None


@dataclass(frozen=True)
class RunResult:
    """Result of a run on the test set, with the weights of kept_epoch.

    Attributes:
        kept_epoch: The best epoch, whose weights are kept.
        predictions: Class probabilities or values in target units, (examples, outputs) float32;
            with a prediction at every step (examples, time, 2), see metrics.
        scores: Test metrics by name.
    """

    kept_epoch: int
    predictions: Floats
    scores: Mapping[str, float]


@dataclass(frozen=True)
class RunFinished:
    """A run ended at its last epoch, or by early stopping."""

    run: RunId
    reason: Literal["finished", "early"]
    result: RunResult


@dataclass(frozen=True)
class RunStopped:
    """The user stopped a run; the model so far is kept, and the run can be resumed."""

    run: RunId
    result: RunResult | None = None


@dataclass(frozen=True)
class RunFailed:
    """A run failed: why, and what to do about it."""

    run: RunId
    epoch: int
    reason: str
    remedy: str


@dataclass(frozen=True)
class ComparisonEnded:
    """The comparison ended: all runs have ended, the user stopped it, or saving failed."""

    how: Literal["finished", "stopped", "failed"]
    problem: str = ""
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class SavingDelayed:
    """What was trained waits to be saved, and why, a clause; "" when it is saved again."""

    reason: str


RunEvent = (
    RunStarted | StepsTimed | EpochFinished | GatesTraced | RunFinished | RunStopped | RunFailed
)
Event = RunEvent | SavingDelayed | ComparisonEnded
