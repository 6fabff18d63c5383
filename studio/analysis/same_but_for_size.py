"""Which comparisons differ in nothing but how many training examples they have."""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np

from studio.core.arrays import Integers, Truth
from studio.core.examples import PreparedTask
from studio.core.history import ComparisonHistory
from studio.core.spec import ComparisonSpec
from studio.core.training_sizes import steps_end_it, without_rates

Likeness = tuple[str, str]
"""Settings and test part: equal for what differs in the size of the training part alone."""


def likeness(history: ComparisonHistory) -> Likeness | None:
    """Equal for comparisons that differ in nothing but the size of their training part.

    Names and the number of seeds do not count, nor does what follows from the size: learning rates
    that were chosen by trials, hidden sizes that were matched, and the epochs where steps end the
    runs. The test part counts. Trials of learning rates are like nothing: None.
    """
    if history.spec.asked is not None:
        return None
    truth = None if history.preparation.vocabulary else history.test_truth
    settings = _settings(history.spec, examples_of(history))
    return settings, _tested(history.test_positions, truth)


def likeness_of_plan(spec: ComparisonSpec, task: PreparedTask) -> Likeness:
    """The same of a comparison that is planned, with everything filled in."""
    truth = None if task.preparation.vocabulary else task.test.truth
    return _settings(spec, len(task.training)), _tested(task.test.positions, truth)


def largest_alone(histories: Mapping[int, ComparisonHistory]) -> dict[int, ComparisonHistory]:
    """Without those that another one, which is alike, has more training examples than."""
    alike = {number: likeness(each) for number, each in histories.items()}
    most: dict[Likeness | None, int] = {}
    for number, each in histories.items():
        most[alike[number]] = max(examples_of(each), most.get(alike[number], 0))
    return {
        number: each
        for number, each in histories.items()
        if alike[number] is None or examples_of(each) == most[alike[number]]
    }


def examples_of(history: ComparisonHistory) -> int:
    """Examples of the training part, of the first division where there are several."""
    return history.part_sizes["training"]


def _settings(spec: ComparisonSpec, examples: int) -> str:
    tried = spec.tried or spec.rates
    contenders = spec.contenders if tried is None else without_rates(spec)
    if spec.match in {"parameters", "compute"}:
        first, *others = contenders
        contenders = (first, *(each.model_copy(update={"hidden_size": 1}) for each in others))
    free: dict[str, object] = {"seeds": 1}
    if steps_end_it(spec, examples):
        free["epochs"] = 1
    update = {
        "name": "",
        "task": spec.task.model_copy(update={"training_examples": None}),
        "training": spec.training.model_copy(update=free),
        "contenders": contenders,
        "looks": None,
        "looked": None,
        "rates": None,
        "tried": tried,
    }
    return spec.model_copy(update=update).model_dump_json()


def _tested(positions: Integers, truth: Truth | None) -> str:
    """Which examples are tested; of a text without its codes, which go by the training part."""
    digest = blake2b(np.ascontiguousarray(positions).tobytes())
    if truth is not None:
        digest.update(np.ascontiguousarray(truth).tobytes())
    return digest.hexdigest()
