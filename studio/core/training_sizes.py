"""Sizes of the training part: how they are asked for, and the comparison at each of them."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.errors import SpecError
from studio.core.examples import steps_of_epoch
from studio.core.spec import ComparisonSpec, ContenderSpec
from studio.core.training import TrainingSpec

_PORTION = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
_WHERE = "sizes"
_LIKE = "Give sizes such as 100,300,1000 or 10%,30%,100%"
_ALL = 100
_MOST_EPOCHS = 1_000_000


@dataclass(frozen=True)
class Portion:
    """So much of a training part.

    Attributes:
        number: Examples, or per cent of the part.
        is_share: Which of the two it is.
    """

    number: float
    is_share: bool

    def __str__(self) -> str:
        return f"{self.number:g}%" if self.is_share else f"{self.number:g}"

    def of(self, whole: int) -> int:
        """The number of examples that it is of a training part.

        Raises:
            SpecError: The part has fewer, or it would be less than one.
        """
        count = round(whole * self.number / _ALL) if self.is_share else int(self.number)
        if count > whole:
            raise SpecError(
                f"the training part has {whole:,} examples, and {count:,} are asked for",
                where=_WHERE,
                remedy=f"Choose at most {whole:,}, or give the training part a larger share",
            )
        if count < 1:
            raise SpecError(
                f"{self} of {whole:,} training examples is less than one",
                where=_WHERE,
                remedy="Choose a larger share, or a number of examples",
            )
        return count


def portions_of(text: str) -> tuple[Portion, ...]:
    """Sizes as they are written, separated by commas: numbers of examples, or shares with a %.

    Raises:
        SpecError: A part of the text is neither, or there is none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise SpecError("no size is given", where=_WHERE, remedy=_LIKE)
    return tuple(map(_portion, parts))


def _portion(part: str) -> Portion:
    found = _PORTION.fullmatch(part)
    if found is None:
        raise SpecError(f"{part!r} is no size of a training part", where=_WHERE, remedy=_LIKE)
    number, is_share = float(found[1]), bool(found[2])
    if not is_share and (number < 1 or number != int(number)):
        raise SpecError(
            f"{part} is no number of examples", where=_WHERE, remedy=f"{_LIKE}, each 1 or more"
        )
    if is_share and not 0 < number <= _ALL:
        raise SpecError(
            f"{part} is no share of a training part",
            where=_WHERE,
            remedy="Give shares above 0 % and up to 100 %",
        )
    return Portion(number, is_share)


def sizes_of(portions: Iterable[Portion], whole: int) -> tuple[int, ...]:
    """The numbers of examples that they are of a training part, rising, each once.

    Raises:
        SpecError: The part has fewer, or one would be less than one example.
    """
    return tuple(sorted({portion.of(whole) for portion in portions}))


def at_size(spec: ComparisonSpec, examples: int, whole: int) -> ComparisonSpec:
    """The same comparison on so many training examples.

    Where steps end the runs, and not epochs, it gets the epochs that so many steps take. Looks are
    not planned anew: every size has the seeds that the comparison has. Where learning rates were
    chosen among some that were tried, they are tried again at this size.

    Args:
        spec: The comparison, on any number of training examples.
        examples: How many it shall have.
        whole: How many the whole training part has.
    """
    task = spec.task.model_copy(
        update={"training_examples": None if examples == whole else examples}
    )
    training = _with_epochs_enough(spec, examples, whole)
    update: dict[str, object] = {"task": task, "training": training, "looks": None, "looked": None}
    if spec.tried is not None:
        update |= {"rates": spec.tried, "tried": None, "contenders": without_rates(spec)}
    return spec.model_copy(update=update)


def without_rates(spec: ComparisonSpec) -> tuple[ContenderSpec, ...]:
    """The contenders without learning rates of their own."""
    return tuple(each.model_copy(update={"lr": None}) for each in spec.contenders)


def steps_end_it(spec: ComparisonSpec, examples: int) -> bool:
    """Whether runs on so many training examples end by their steps, before their epochs do."""
    training = spec.training
    return training.steps is not None and (
        training.epochs * _steps_of_epoch(spec, examples) >= training.steps
    )


def _with_epochs_enough(spec: ComparisonSpec, examples: int, whole: int) -> TrainingSpec:
    training = spec.training
    if training.steps is None or not steps_end_it(spec, whole):
        return training
    needed = math.ceil(training.steps / _steps_of_epoch(spec, examples))
    epochs = min(max(training.epochs, needed), _MOST_EPOCHS)
    return training.model_copy(update={"epochs": epochs})


def _steps_of_epoch(spec: ComparisonSpec, examples: int) -> int:
    return steps_of_epoch(examples, spec.training.batch_size, carried=spec.task.carry_state)
