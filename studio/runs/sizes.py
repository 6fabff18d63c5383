"""A comparison at several sizes of its training part: which of them are still to be trained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.analysis.same_but_for_size import examples_of, likeness, likeness_of_plan
from studio.core.history import ComparisonHistory
from studio.core.spec import ComparisonSpec
from studio.core.training_sizes import Portion, at_size, sizes_of
from studio.data import Dataset, prepare
from studio.runs.plan import plan_for


@dataclass(frozen=True)
class MissingSize:
    """A size that is still to be trained.

    Attributes:
        examples: Training examples.
        spec: The comparison at this size.
        unfinished: The comparison of the session that goes on, or None where a new one begins.
    """

    examples: int
    spec: ComparisonSpec
    unfinished: int | None


@dataclass(frozen=True)
class Sizes:
    """Sizes that were asked for.

    Attributes:
        missing: Those to be trained, by rising size.
        there: The comparisons of the session that have the others, by size.
    """

    missing: tuple[MissingSize, ...]
    there: Mapping[int, int]


def sizes_asked_for(
    spec: ComparisonSpec,
    dataset: Dataset,
    portions: Iterable[Portion],
    histories: Mapping[int, ComparisonHistory],
) -> Sizes:
    """What is to be trained so that a comparison is there at these sizes.

    Every size is prepared once, so that what cannot be is told before anything trains. A size that
    the session has with the same settings is not trained again, and one that was not finished goes
    on.

    Args:
        spec: The comparison, on any number of training examples.
        dataset: Its data.
        portions: Sizes of the whole training part.
        histories: All comparisons of the session by number.

    Raises:
        SpecError: The training part has fewer examples, or cannot be cut to so few.
    """
    whole_task = spec.task.model_copy(update={"training_examples": None})
    whole = len(prepare(dataset, whole_task)[0].training)
    finished_last = sorted(histories.items(), key=lambda each: each[1].is_complete)
    known = {(likeness(each), examples_of(each)): number for number, each in finished_last}
    missing, there = [], {}
    for examples in sizes_of(portions, whole):
        wanted = at_size(spec, examples, whole)
        plan = plan_for(wanted, dataset)
        number = known.get((likeness_of_plan(plan.spec, plan.task), len(plan.task.training)))
        if number is not None and histories[number].is_complete:
            there[examples] = number
        else:
            missing.append(MissingSize(examples, wanted, number))
    return Sizes(tuple(missing), there)
