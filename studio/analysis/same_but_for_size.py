"""Which comparisons differ in nothing but how many training examples they have."""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np

from studio.core.history import ComparisonHistory
from studio.core.training_sizes import steps_end_it, without_rates


def likeness(history: ComparisonHistory) -> tuple[str, str] | None:
    """Equal for comparisons that differ in nothing but the size of their training part.

    Names and the number of seeds do not count, nor does what follows from the size: learning rates
    that were chosen by trials, hidden sizes that were matched, and the epochs where steps end the
    runs. The test part counts. Trials of learning rates are like nothing: None.
    """
    return None if history.spec.asked is not None else (_settings(history), _tested(history))


def largest_alone(histories: Mapping[int, ComparisonHistory]) -> dict[int, ComparisonHistory]:
    """Without those that another one, which is alike, has more training examples than."""
    alike = {number: likeness(each) for number, each in histories.items()}
    most: dict[tuple[str, str] | None, int] = {}
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


def _settings(history: ComparisonHistory) -> str:
    spec = history.spec
    contenders = spec.contenders if spec.tried is None else without_rates(spec)
    if spec.match in {"parameters", "compute"}:
        first, *others = contenders
        contenders = (first, *(each.model_copy(update={"hidden_size": 1}) for each in others))
    free: dict[str, object] = {"seeds": 1}
    if steps_end_it(spec, examples_of(history)):
        free["epochs"] = 1
    update = {
        "name": "",
        "task": spec.task.model_copy(update={"training_examples": None}),
        "training": spec.training.model_copy(update=free),
        "contenders": contenders,
        "looks": None,
        "looked": None,
    }
    return spec.model_copy(update=update).model_dump_json()


def _tested(history: ComparisonHistory) -> str:
    digest = blake2b(np.ascontiguousarray(history.test_positions).tobytes())
    if history.preparation.vocabulary is None:  # codes of a text go by the training part
        digest.update(np.ascontiguousarray(history.test_truth).tobytes())
    return digest.hexdigest()
