"""Several contenders over several datasets, by their ranks.

Friedman's test asks whether any of them differs; Nemenyi's critical difference which pairs do
(Demšar, Statistical Comparisons of Classifiers over Multiple Data Sets, JMLR 7, 2006). Only the
order on each dataset counts, so that scores of different metrics and units can stand together.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.scores.score_samples import score_interval
from studio.analysis.summaries.comparability import largest_of_each, question_of
from studio.analysis.wording import count_of, format_figure, join_names
from studio.core.arrays import Doubles
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of

ALPHA = 0.05
_FEWEST_DATASETS = 5
"""Demšar asks for more than ten; with fewer than five, hardly any difference could be found."""

_ENOUGH_DATASETS = 10
_FEWEST_CONTENDERS = 3


@dataclass(frozen=True)
class CriticalDifference:
    """Mean ranks of contenders over datasets.

    Attributes:
        names: The contenders, the best mean rank first.
        ranks: Their mean ranks, 1 for the best.
        datasets: Number of datasets.
        chi_square: Friedman's statistic.
        f: Iman and Davenport's, which is less conservative.
        p: Its p-value.
        difference: Nemenyi's critical difference of mean ranks at 5 %.
    """

    names: tuple[str, ...]
    ranks: tuple[float, ...]
    datasets: int
    chi_square: float
    f: float
    p: float
    difference: float

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The largest groups whose members do not differ significantly, as the diagram joins."""
        groups: list[tuple[str, ...]] = []
        for first, rank in enumerate(self.ranks):
            last = max(
                index for index, other in enumerate(self.ranks) if other - rank < self.difference
            )
            group = self.names[first : last + 1]
            if len(group) > 1 and not any(set(group) <= set(other) for other in groups):
                groups.append(group)
        return tuple(groups)

    def as_json(self) -> dict[str, object]:
        return {
            "ranks": dict(zip(self.names, self.ranks, strict=True)),
            "datasets": self.datasets,
            "friedman": {"chi_square": self.chi_square, "f": self.f, "p": self.p},
            "critical_difference": self.difference,
            "groups": [list(group) for group in self.groups],
            "text": " ".join(self.sentences),
        }

    @property
    def is_significant(self) -> bool:
        """Whether any contender differs, by Friedman's test."""
        return self.p < ALPHA

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the ranks show, for people."""
        listed = join_names(
            [f"{name} {rank:.2f}" for name, rank in zip(self.names, self.ranks, strict=True)]
        )
        found = "the contenders differ" if self.is_significant else "no difference was found"
        first = (
            f"Mean ranks over {count_of(self.datasets, 'dataset')}: {listed}. Friedman's test: "
            f"{found} (p = {format_figure(self.p, self.p)})."
        )
        few = (
            f"With fewer than {_ENOUGH_DATASETS} datasets only large differences can be found."
            if self.datasets < _ENOUGH_DATASETS
            else ""
        )
        return tuple(filter(None, (first, self._worse(), few)))

    def _worse(self) -> str:
        if not self.is_significant:
            return ""
        best, least = self.names[0], self.ranks[0] + self.difference
        worse = [n for n, rank in zip(self.names, self.ranks, strict=True) if rank >= least]
        by = f"the critical difference of {self.difference:.2f} (Nemenyi)"
        if not worse:
            return f"No pair with {best} differs by {by}."
        return f"{best} ranks better than {join_names(worse)} by at least {by}."


def critical_difference(scores: Mapping[str, Sequence[float]]) -> CriticalDifference:
    """Ranks, tests and the critical difference of scores, the higher the better.

    Args:
        scores: Of each contender, one for each dataset in the same order; at least three
            contenders.
    """
    from scipy.special import fdtrc
    from scipy.stats import rankdata, studentized_range  # slow to import

    table = np.array(list(scores.values()), dtype=np.float64).T  # (datasets, contenders)
    count, size = table.shape
    ranks: Doubles = rankdata(-table, axis=1).mean(axis=0)
    center = size * (size + 1) ** 2 / 4
    chi_square = 12 * count / (size * (size + 1)) * (float((ranks**2).sum()) - center)
    left = count * (size - 1) - chi_square
    f = math.inf if left <= 0 else (count - 1) * chi_square / left
    p = 0.0 if math.isinf(f) else float(fdtrc(size - 1, (size - 1) * (count - 1), f))
    quantile = float(studentized_range.ppf(1 - ALPHA, size, math.inf)) / math.sqrt(2)
    order = np.argsort(ranks, kind="stable")
    names = list(scores)
    return CriticalDifference(
        names=tuple(names[index] for index in order),
        ranks=tuple(float(ranks[index]) for index in order),
        datasets=count,
        chi_square=chi_square,
        f=f,
        p=p,
        difference=quantile * math.sqrt(size * (size + 1) / (6 * count)),
    )


def session_ranks(histories: Mapping[int, ComparisonHistory]) -> CriticalDifference | None:
    """The ranks of the contenders that have run on every dataset of a session.

    The latest comparison counts for each dataset and task; trials of learning rates and smaller
    sizes of a learning curve do not.

    Returns:
        None with fewer than three such contenders or five datasets.
    """
    latest: dict[str, ComparisonHistory] = {}
    for history in largest_of_each(histories).values():
        if history.spec.asked is None:
            latest[question_of(history)] = history
    tables = [_scores(history) for history in latest.values()]
    usable = [table for table in tables if len(table) >= _FEWEST_CONTENDERS]
    if len(usable) < _FEWEST_DATASETS:
        return None
    names = [name for name in usable[0] if all(name in table for table in usable)]
    if len(names) < _FEWEST_CONTENDERS:
        return None
    return critical_difference({name: [table[name] for table in usable] for name in names})


def _scores(history: ComparisonHistory) -> dict[str, float]:
    """Mean test scores on the main metric, the higher the better."""
    metric = metrics_of(history.preprocessing)[0]
    sign = 1 if metric.higher_is_better else -1
    scores = {
        contender.name: sign * score_interval(history, contender, metric).value
        for contender in history.contenders
    }
    return {name: score for name, score in scores.items() if math.isfinite(score)}
