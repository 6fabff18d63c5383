"""The plan of a learning curve: which training set sizes are still missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.analysis.summaries.comparability import (
    comparison_key,
    comparison_key_of_plan,
    training_examples,
)
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import TrainingSize, example_counts, with_training_size
from studio.data import Dataset, prepare
from studio.runs.planning.plan import plan_for


@dataclass(frozen=True)
class MissingSize:
    """A size that is still to be trained.

    Attributes:
        examples: Number of training examples.
        spec: The comparison at this size.
        unfinished: The session's comparison to resume, or None to start a new one.
    """

    examples: int
    spec: ComparisonSpec
    unfinished: int | None


@dataclass(frozen=True)
class LearningCurvePlan:
    """The requested sizes.

    Attributes:
        missing: Sizes still to be trained, in increasing order.
        complete: The session's comparisons with the other sizes, by size.
    """

    missing: tuple[MissingSize, ...]
    complete: Mapping[int, int]


def plan_learning_curve(
    spec: ComparisonSpec,
    dataset: Dataset,
    portions: Iterable[TrainingSize],
    histories: Mapping[int, ComparisonHistory],
) -> LearningCurvePlan:
    """Plans the comparisons that are missing at these sizes.

    Every size is prepared once, so that errors are raised before any training. A size that the
    session has with the same settings is not trained again; an unfinished one is resumed.

    Args:
        spec: The comparison, with any number of training examples.
        dataset: Its data.
        portions: Sizes, as numbers or shares of the full training set.
        histories: All comparisons of the session by number.

    Raises:
        SpecError: The training set has fewer examples, or cannot be reduced to so few.
    """
    whole_task = spec.task.model_copy(update={"training_examples": None})
    whole = len(prepare(dataset, whole_task)[0].training)
    finished_last = sorted(histories.items(), key=lambda item: item[1].is_complete)
    numbers = {
        (comparison_key(history), training_examples(history)): number
        for number, history in finished_last
    }
    missing, complete = [], {}
    for examples in example_counts(portions, whole):
        sized = with_training_size(spec, examples, whole)
        plan = plan_for(sized, dataset)
        key = comparison_key_of_plan(plan.spec, plan.task), len(plan.task.training)
        number = numbers.get(key)
        if number is not None and histories[number].is_complete:
            complete[examples] = number
        else:
            missing.append(MissingSize(examples, sized, number))
    return LearningCurvePlan(tuple(missing), complete)
