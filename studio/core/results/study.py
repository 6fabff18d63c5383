"""A search for settings: its trials, and the best of each contender."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.search_spec import Number, SearchSpec

TrialStatus = Literal["finished", "pruned", "failed"]


@dataclass(frozen=True)
class Trial:
    """One training of a contender with settings that were drawn.

    Attributes:
        contender: The contender's name.
        number: From 0 within the contender.
        settings: What was drawn, by name.
        status: finished, pruned (it lagged behind), or failed.
        losses: The validation loss of each epoch.
        reason: Why it failed, or "".
    """

    contender: str
    number: int
    settings: Mapping[str, Number]
    status: TrialStatus
    losses: tuple[float, ...]
    reason: str = ""

    @property
    def value(self) -> float:
        """The lowest validation loss; infinite where there is none."""
        return min((loss for loss in self.losses if math.isfinite(loss)), default=math.inf)


@dataclass(frozen=True)
class Study:
    """A search as a session keeps it.

    Attributes:
        number: Its number within the session.
        created: When it started, ISO 8601, UTC.
        spec: The comparison that it is for.
        search: What is searched.
        trials: Those that have ended.
        comparison: The comparison of the best settings, or None before.
    """

    number: int
    created: str
    spec: ComparisonSpec
    search: SearchSpec
    trials: tuple[Trial, ...]
    comparison: int | None

    def of(self, contender: str) -> tuple[Trial, ...]:
        """The trials of a contender by number."""
        own = (trial for trial in self.trials if trial.contender == contender)
        return tuple(sorted(own, key=lambda trial: trial.number))

    def best(self, contender: str) -> Trial | None:
        """Its trial with the lowest validation loss; the first of equal ones."""
        validated = [trial for trial in self.of(contender) if math.isfinite(trial.value)]
        return min(validated, key=lambda trial: (trial.value, trial.number), default=None)

    @property
    def is_complete(self) -> bool:
        """Whether every contender has had all its trials."""
        wanted = self.search.count * len(self.spec.contenders)
        return len(self.trials) >= wanted
