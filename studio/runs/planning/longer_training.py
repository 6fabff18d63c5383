"""Training the runs of a finished comparison longer, from where they ended."""

from dataclasses import dataclass

from studio.core.errors import SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_spec import TrainingSpec

LIMITS = ("epochs", "steps", "seconds")


@dataclass(frozen=True)
class NewLimits:
    """New limits of each run's training; None keeps a limit."""

    epochs: int | None = None
    steps: int | None = None
    seconds: float | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, name) is not None for name in LIMITS)


def spec_of_longer_training(history: ComparisonHistory, limits: NewLimits) -> ComparisonSpec:
    """The settings of a comparison whose runs go on, with what had been seen before.

    Runs that early stopping ended stay as they are.

    Raises:
        SpecError: A limit is not above the present one, has no effect, or the learning rate has
            already been lowered to zero.
    """
    spec = history.spec
    training = spec.training_in_force
    refused = why_not_longer(spec)
    if refused:
        raise SpecError(refused, where="schedule", remedy="Train a new comparison with more epochs")
    changed = {name: getattr(limits, name) for name in LIMITS}
    given = {name: value for name, value in changed.items() if value is not None}
    for name, value in given.items():
        _require_more(training, name, value)
    seen = max(
        (run.epochs[-1].epoch for contender in history.contenders for run in contender.runs
         if run.has_ended and run.epochs),
        default=0,
    )  # fmt: skip
    return spec.model_copy(
        update={
            "training": TrainingSpec.model_validate(spec.training.model_dump() | given),
            "seen_at": tuple(dict.fromkeys((*spec.seen_at, seen))) if seen else spec.seen_at,
        }
    )


def why_not_longer(spec: ComparisonSpec) -> str:
    """Why ended runs of a comparison cannot go on, a clause, or ""."""
    if spec.training.schedule == "cosine":
        return "the cosine schedule has already lowered the learning rate to zero"
    return ""


def _require_more(training: TrainingSpec, name: str, value: float) -> None:
    by_time = training.seconds is not None
    if by_time != (name == "seconds"):
        limited = "its training time" if by_time else "epochs and steps"
        raise SpecError(
            f"the runs of this comparison are limited by {limited}",
            where=name,
            remedy="Set --seconds" if by_time else "Set --epochs or --steps",
        )
    present = getattr(training, name)
    if present is not None and value <= present:
        raise SpecError(
            f"must be above {present:g}, where training ended",
            where=name,
            remedy="Give a larger number; runs are never cut short",
        )
