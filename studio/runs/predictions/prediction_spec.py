"""What is predicted: by which runs, with which intervals."""

from dataclasses import dataclass
from typing import Literal

from studio.core.errors import SpecError

RunChoice = Literal["best", "mean", "every", "final"]

_LOWEST, _HIGHEST = 0.5, 0.999


@dataclass(frozen=True)
class PredictionSpec:
    """What to predict with.

    Attributes:
        contender: Its name; None takes the one that the comparison recommends.
        seed: The seed of the run, or None.
        runs: The best run by validation loss, the mean of all runs, every run on its own, or the
            model that was trained on all data.
        level: The nominal coverage of intervals and prediction sets; None leaves them out.
        adaptive: Whether intervals of forecasts adapt over time to what is observed.
        since: Forecasts that start after this time stamp or row and later; None for all.
        until: The same for the last; see data.new_data.span.
        temperature: Whether probabilities are scaled by a temperature fitted on the validation set.
    """

    contender: str | None = None
    seed: int | None = None
    runs: RunChoice = "best"
    level: float | None = 0.9
    adaptive: bool = False
    temperature: bool = False
    since: str | None = None
    until: str | None = None

    @property
    def has_span(self) -> bool:
        """Whether only forecasts within a span of time are made."""
        return self.since is not None or self.until is not None

    def __post_init__(self) -> None:
        if self.level is not None and not _LOWEST <= self.level <= _HIGHEST:
            raise SpecError(
                f"the level {self.level:g} is not a usual coverage",
                where="level",
                remedy=f"Choose a share from {_LOWEST:g} to {_HIGHEST:g}, such as 0.9",
            )
        if self.seed is not None and self.runs not in {"best", "final"}:
            raise SpecError(
                f"a seed names one run, but {self.runs} takes all of them",
                where="seed",
                remedy="Leave one of the two out",
            )
