"""The smallest hidden size of each contender that is practically as good as the best."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.scores.comparing import margin_of
from studio.analysis.scores.score_samples import complete_pairs, ended_pairs, score_samples
from studio.core.results.history import ComparisonHistory, ContenderHistory
from studio.core.results.metrics import metrics_of

CERTAIN = 0.95
"""How probable it has to be that a size is not worse than the best by more than the margin."""

BYTES_OF_A_WEIGHT = 4
CHOSEN_ON_TEST_SET = (
    "The last column is the probability of a score that is within the margin of the best one, or "
    f"better; {100 * CERTAIN:.0f} % suffices. Sizes were chosen by their test scores, so train the "
    "chosen ones with fresh seeds before you report a score."
)


@dataclass(frozen=True)
class SizeTrial:
    """A contender at one hidden size.

    Attributes:
        contender: The contender's name in the comparison that is asked about.
        hidden_size: Units of each layer.
        parameters: Number of weights and biases.
        score: Mean of the main metric on the test set.
        enough: The probability that it is practically as good as the best, or better.
        is_best: Whether it is the best one, which the others are compared with.
    """

    contender: str
    hidden_size: int
    parameters: int
    score: float
    enough: float
    is_best: bool = False

    @property
    def suffices(self) -> bool:
        """Whether it is known to be practically as good as the best."""
        return self.is_best or self.enough >= CERTAIN


@dataclass(frozen=True)
class SmallestSize:
    """What is known of a contender.

    Attributes:
        contender: Its name.
        trials: Its sizes, the smallest first.
    """

    contender: str
    trials: tuple[SizeTrial, ...]

    @property
    def smallest(self) -> SizeTrial | None:
        """The smallest size above which every size that was tried suffices; None without one."""
        found = None
        for trial in reversed(self.trials):
            if not trial.suffices:
                break
            found = trial
        return found

    @property
    def next_size(self) -> int | None:
        """The size to try next, halfway to what does not suffice; None at the end."""
        if self.smallest is None:
            return None
        below = [t.hidden_size for t in self.trials if t.hidden_size < self.smallest.hidden_size]
        low = max(below, default=0)
        middle = (low + self.smallest.hidden_size) // 2
        return middle if middle > low else None


def best_of(history: ComparisonHistory) -> ContenderHistory:
    """The contender with the best mean score on the main metric.

    Args:
        history: A comparison in which at least one run of each contender has finished.
    """
    metric = metrics_of(history.preprocessing)[0]
    sign = -1 if metric.higher_is_better else 1
    return min(history.contenders, key=lambda each: sign * _mean(history, each))


def size_trial(
    reference: ComparisonHistory,
    best: ContenderHistory,
    history: ComparisonHistory,
    tried: ContenderHistory,
    contender: str,
) -> SizeTrial:
    """A size against the best, paired by seed and test example.

    Args:
        reference: The comparison with the best contender.
        best: That contender.
        history: A comparison on the same data with the same seeds.
        tried: The contender there.
        contender: Its name in the reference.
    """
    metric = metrics_of(reference.preprocessing)[0]
    spec = tried.spec
    if history is reference and tried.spec.name == best.spec.name:
        score = _mean(history, tried)
        return SizeTrial(contender, spec.hidden_size, tried.parameters, score, 1.0, is_best=True)
    pairs = complete_pairs(reference, ended_pairs(best, tried))
    scores = (
        score_samples(reference, best, metric, pairs),
        score_samples(history, tried, metric, pairs),
    )
    margin = margin_of(reference, metric, scores)
    posterior = scores[0].minus(scores[1]).posterior(margin) if all(scores) else None
    enough = 0.0
    if posterior is not None:
        enough = 1 - posterior.of_first(higher_is_better=metric.higher_is_better)
    elif all(scores) and scores[0].equals(scores[1]):
        enough = 1.0
    mean = scores[1].mean if scores[1] else float("nan")
    return SizeTrial(contender, spec.hidden_size, tried.parameters, mean, enough)


def smallest_sentence(sizes: Sequence[SmallestSize]) -> str:
    """Such as "Smallest sizes …: GRU with 12 units (2.1 kB of weights); no LSTM of up to 64"."""
    parts = []
    for size in sizes:
        found = size.smallest
        if found is None:
            largest = max(trial.hidden_size for trial in size.trials)
            parts.append(f"no {size.contender} of up to {largest} units")
        else:
            kilobytes = BYTES_OF_A_WEIGHT * found.parameters / 1000
            units = f"{found.hidden_size} unit{'' if found.hidden_size == 1 else 's'}"
            parts.append(f"{size.contender} with {units} ({kilobytes:,.1f} kB of weights)")
    return f"Smallest sizes that are practically as good as the best: {'; '.join(parts)}."


def smallest_headings(score: str) -> tuple[str, ...]:
    """The columns of smallest_rows; score is the heading of the scores."""
    return ("contender", "units", "weights", score, "as good as the best")


def smallest_rows(sizes: Sequence[SmallestSize]) -> list[tuple[str, ...]]:
    """A row for each contender and size that was tried."""
    return [
        (
            size.contender,
            f"{trial.hidden_size:,}",
            f"{BYTES_OF_A_WEIGHT * trial.parameters / 1000:,.1f} kB",
            f"{trial.score:.4g}",
            "is the best" if trial.is_best else f"{100 * trial.enough:.0f} %",
        )
        for size in sizes
        for trial in size.trials
    ]


def _mean(history: ComparisonHistory, contender: ContenderHistory) -> float:
    metric = metrics_of(history.preprocessing)[0]
    pairs = complete_pairs(history, ended_pairs(contender))
    samples = score_samples(history, contender, metric, pairs)
    return float(samples.mean) if samples else float("nan")
