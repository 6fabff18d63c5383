"""Sizes of the training set: how they are written, and the comparison at each of them."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.training_spec import TrainingSpec, steps_of_epoch

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
_FIELD = "sizes"
_EXAMPLE = "Give sizes such as 100,300,1000 or 10%,30%,100%"
_PER_CENT = 100
_MOST_EPOCHS = 1_000_000


@dataclass(frozen=True)
class TrainingSize:
    """A size of the training set, absolute or relative.

    Attributes:
        number: Examples, or per cent of the training set.
        is_share: Whether it is in per cent.
    """

    number: float
    is_share: bool

    def __str__(self) -> str:
        return f"{self.number:g}%" if self.is_share else f"{self.number:g}"

    def of(self, whole: int) -> int:
        """The number of examples, for a training set of `whole` examples.

        Raises:
            SpecError: The training set has fewer, or the size is less than one example.
        """
        count = round(whole * self.number / _PER_CENT) if self.is_share else int(self.number)
        if count > whole:
            raise SpecError(
                f"{count:,} training examples were requested, but the training set has only "
                f"{whole:,}",
                field=_FIELD,
                remedy=f"Choose at most {whole:,}, or give the training set a larger share",
            )
        if count < 1:
            raise SpecError(
                f"{self} of {whole:,} training examples is less than one example",
                field=_FIELD,
                remedy="Choose a larger share, or a number of examples",
            )
        return count


def parse_training_sizes(text: str) -> tuple[TrainingSize, ...]:
    """Reads sizes separated by commas: numbers of examples, or shares with a %.

    Raises:
        SpecError: A part of the text is neither, or the text is empty.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise SpecError("no size is given", field=_FIELD, remedy=_EXAMPLE)
    return tuple(map(_parse_size, parts))


def _parse_size(part: str) -> TrainingSize:
    match = _SIZE.fullmatch(part)
    if match is None:
        raise SpecError(f"{part!r} is not a training-set size", field=_FIELD, remedy=_EXAMPLE)
    number, is_share = float(match[1]), bool(match[2])
    if not is_share and (number < 1 or number != int(number)):
        raise SpecError(
            f"{part} is not a number of examples",
            field=_FIELD,
            remedy=f"{_EXAMPLE}, each 1 or more",
        )
    if is_share and not 0 < number <= _PER_CENT:
        raise SpecError(
            f"{part} is not a share of the training set",
            field=_FIELD,
            remedy="Give shares above 0 % and up to 100 %",
        )
    return TrainingSize(number, is_share)


def example_counts(sizes: Iterable[TrainingSize], whole: int) -> tuple[int, ...]:
    """The numbers of examples for a training set of `whole` examples, ascending and distinct.

    Raises:
        SpecError: The training set has fewer, or a size is less than one example.
    """
    return tuple(sorted({size.of(whole) for size in sizes}))


def with_training_size(spec: ComparisonSpec, examples: int, whole: int) -> ComparisonSpec:
    """The same comparison on fewer training examples.

    If steps end the runs rather than epochs, it gets as many epochs as those steps take. Interim
    looks are dropped: every size has the seeds of the comparison. Learning rates that were chosen
    by trying several are tried again at this size.

    Args:
        spec: The comparison, on any number of training examples.
        examples: The new number of training examples.
        whole: The size of the whole training set.
    """
    task = spec.task.model_copy(
        update={"training_examples": None if examples == whole else examples}
    )
    training = _with_enough_epochs(spec, examples, whole)
    update: dict[str, object] = {"task": task, "training": training, "looks": None, "looked": None}
    if spec.tried is not None:
        update |= {"rates": spec.tried, "tried": None, "contenders": contenders_without_rates(spec)}
    return spec.model_copy(update=update)


def contenders_without_rates(spec: ComparisonSpec) -> tuple[ContenderSpec, ...]:
    """The contenders without learning rates of their own."""
    return tuple(contender.model_copy(update={"lr": None}) for contender in spec.contenders)


def ends_by_steps(spec: ComparisonSpec, examples: int) -> bool:
    """Whether runs on this many training examples reach their steps before their last epoch."""
    training = spec.training
    return training.steps is not None and (
        training.epochs * _steps_of_epoch(spec, examples) >= training.steps
    )


def _with_enough_epochs(spec: ComparisonSpec, examples: int, whole: int) -> TrainingSpec:
    training = spec.training
    if training.steps is None or not ends_by_steps(spec, whole):
        return training
    needed = math.ceil(training.steps / _steps_of_epoch(spec, examples))
    epochs = min(max(training.epochs, needed), _MOST_EPOCHS)
    return training.model_copy(update={"epochs": epochs})


def _steps_of_epoch(spec: ComparisonSpec, examples: int) -> int:
    return steps_of_epoch(examples, spec.training.batch_size, carried=spec.task.carry_state)
