"""What a verdict is based on, as values; `analysis.wording.basis_sentence` puts each in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory, RunHistory, Status
from studio.core.specs.receptive_field import ShortReceptiveField, short_receptive_fields
from studio.core.specs.size_mismatch import SizeMismatch

ALPHA = 0.05
_NOTABLE = 0.05


@dataclass(frozen=True)
class LeftOutRun:
    """A run that could not enter: how it ended, or that its partner did not."""

    run: str
    status: Status
    reason: str
    lacks_partner: bool


@dataclass(frozen=True)
class LeftOut:
    """Runs that could not enter."""

    runs: tuple[LeftOutRun, ...]


@dataclass(frozen=True)
class Samples:
    """Seeds of which both runs have ended, and test examples."""

    seeds: int
    examples: int


@dataclass(frozen=True)
class Folds:
    """Folds that entered, of how many in all; `in_time` for expanding-window folds."""

    used: int
    count: int
    repeats: int
    in_time: bool


@dataclass(frozen=True)
class PairsTogether:
    """Pairs of contenders that the Holm correction covers."""

    count: int


@dataclass(frozen=True)
class ContenderSteps:
    """Fewest and most steps of a contender's runs, None before any, and what computed them."""

    name: str
    steps: tuple[int, int] | None
    computed_by: str


@dataclass(frozen=True)
class InterimLooks:
    """The interim looks at a comparison.

    Judging after 3, 5, 8, ... seeds until the result is as hoped for inflates false positives
    (Armitage, McPherson and Rowe, Repeated Significance Tests on Accumulating Data, JRSS A 132,
    1969). Boundaries such as O'Brien and Fleming's, or alpha spending (Lan and DeMets, Biometrika
    70, 1983), need increments that are independent or whose correlation is known. Here they are
    neither: every look uses the same test examples, whose contribution to the error does not shrink
    with more seeds. Bonferroni's inequality holds whatever the dependence: each of the planned
    looks gets an equal share of 5 %.

    Attributes:
        planned: Numbers of seeds after which to look; () for a single look at the end.
        done: Seeds of which every run has finished or failed.
        before: Seeds after which the comparison was judged at 5 %, before looks were planned; None
            where they were planned first.
    """

    planned: tuple[int, ...]
    done: int
    before: int | None = None

    @property
    def level(self) -> float:
        """The false-positive rate of one look."""
        return ALPHA / max(1, len(self.planned))

    @property
    def most_false_positives(self) -> float:
        """An upper bound of the rate over all looks; above 5 % where one came before the plan."""
        if self.before is None:
            return ALPHA
        return ALPHA + self.level * sum(seeds > self.before for seeds in self.planned)

    @property
    def taken(self) -> int:
        """Looks so far; an early one, after a time limit, takes the place of the next."""
        full = [seeds for seeds in self.planned if seeds <= self.done]
        is_early = bool(self.done) and self.done not in self.planned
        return min(len(full) + is_early, len(self.planned))


@dataclass(frozen=True)
class TimeLimit:
    """Contenders are matched by training time."""

    seconds: float
    contenders: tuple[ContenderSteps, ...]


@dataclass(frozen=True)
class LearningRates:
    """The rate of each contender, the rates that were tried for all, or the search.

    Attributes:
        rates: By contender.
        tried: The rates that were tried, if any.
        searched: The settings that were chosen by a search.
        trials: Its trials of each contender.
    """

    rates: tuple[tuple[str, float], ...]
    tried: tuple[float, ...] | None
    searched: tuple[str, ...] = ()
    trials: int = 0


@dataclass(frozen=True)
class StillImproving:
    """Contenders whose validation loss was still falling when training ended.

    Attributes:
        names: These.
        others: Those that had stopped improving.
    """

    names: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class OneExampleDecides:
    """A class has a single test example, which decides a score that counts all classes alike."""


@dataclass(frozen=True)
class TrainedLonger:
    """Numbers of epochs after which results were seen, before the runs went on."""

    seen: tuple[int, ...]


@dataclass(frozen=True)
class ShortReceptiveFields:
    """Convolutional networks that do not see whole sequences."""

    fields: tuple[ShortReceptiveField, ...]


@dataclass(frozen=True)
class Rounds:
    """Rounds in which both ran, and of how many pairs of runs, each with networks made anew."""

    count: int
    runs: int


@dataclass(frozen=True)
class TimingStability:
    """How evenly the rounds of some contenders ran.

    Attributes:
        drift: The last third of the rounds over the first third, minus one; NaN with few rounds.
        outliers: Share of the steps that took more than twice their round's median.
    """

    drift: float
    outliers: float

    @property
    def drifted(self) -> bool:
        """Whether the machine became noticeably slower or faster."""
        return abs(self.drift) >= _NOTABLE

    @property
    def has_outliers(self) -> bool:
        """Whether many steps took far longer than their round's median."""
        return self.outliers >= _NOTABLE


@dataclass(frozen=True)
class Execution:
    """What computed each contender: engine, device, threads."""

    contenders: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EngineInequality:
    """An engine computes the LSTM in one kernel and other cells in many operations."""


@dataclass(frozen=True)
class ExactCount:
    """Memory is counted, not sampled."""


@dataclass(frozen=True)
class DevicePeak:
    """The most bytes that CUDA held during the step, by contender."""

    contenders: tuple[tuple[str, int], ...]


Basis = (
    LeftOut
    | SizeMismatch
    | ShortReceptiveFields
    | Samples
    | Folds
    | PairsTogether
    | InterimLooks
    | TimeLimit
    | LearningRates
    | StillImproving
    | OneExampleDecides
    | TrainedLonger
    | Rounds
    | TimingStability
    | Execution
    | EngineInequality
    | ExactCount
    | DevicePeak
)


def learning_rates(history: ComparisonHistory) -> LearningRates:
    """The contenders' learning rates and how they were chosen."""
    spec = history.spec
    rates = ((contender.name, contender.lr or spec.training.lr) for contender in spec.contenders)
    return LearningRates(tuple(rates), spec.tried, spec.searched, spec.search_trials or 0)


def folds(history: ComparisonHistory, pairs: Sequence[PairId]) -> Folds | None:
    """Folds that entered a verdict; None where data is split once."""
    if not history.further:
        return None
    task = history.spec.task
    used = len({pair.fold_id for pair in pairs})
    count = task.folds or 0 if history.is_in_time else len(history.folds)
    return Folds(used, count, task.repeats, history.is_in_time)


def short_fields(history: ComparisonHistory, names: Sequence[str]) -> ShortReceptiveFields | None:
    """Which of the named contenders do not see whole sequences; None where all do."""
    contenders = (contender for contender in history.spec.contenders if contender.name in names)
    fields = short_receptive_fields(contenders, history.preprocessing.max_length)
    return ShortReceptiveFields(fields) if fields else None


def time_limit(history: ComparisonHistory, names: Sequence[str]) -> TimeLimit | None:
    """How many steps each took within the time limit; None where time is not matched."""
    seconds = history.spec.training_in_force.seconds
    if seconds is None:
        return None
    contenders = (
        ContenderSteps(name, _steps(history, name), _computed_by(history, name)) for name in names
    )
    return TimeLimit(seconds, tuple(contenders))


def execution(history: ComparisonHistory, names: Sequence[str]) -> Execution:
    """What computed the named contenders."""
    return Execution(tuple((name, _computed_by(history, name)) for name in names))


def engine_inequality(history: ComparisonHistory, names: Sequence[str]) -> EngineInequality | None:
    """Whether an engine of the named contenders favours the LSTM; None where none does."""
    contenders = (history.contender(name) for name in names)
    recurrent = (each for each in contenders if CELLS[each.spec.cell].is_recurrent)
    runs = (run for contender in recurrent for run in contender.runs)
    favours_lstm = any(run.execution.favours_lstm for run in runs if run.execution)
    return EngineInequality() if favours_lstm else None


def left_out(runs: Sequence[RunHistory]) -> LeftOut | None:
    """Runs that are left out, or None where there are none."""
    if not runs:
        return None
    return LeftOut(
        tuple(
            LeftOutRun(
                str(run.run), run.status, run.reason, run.has_ended and run.result is not None
            )
            for run in runs
        )
    )


def _steps(history: ComparisonHistory, name: str) -> tuple[int, int] | None:
    runs = [run for run in history.contender(name).runs if run.has_ended and run.epochs]
    steps = [run.epochs[-1].step for run in runs]
    return (min(steps), max(steps)) if steps else None


def _computed_by(history: ComparisonHistory, name: str) -> str:
    infos = (run.execution for run in history.contender(name).runs if run.execution is not None)
    ways = {
        f"engine {info.engine} on {info.device}, {info.threads} "
        f"{'thread' if info.threads == 1 else 'threads'}"
        for info in infos
    }
    return " or ".join(sorted(ways)) or "an unknown engine"
