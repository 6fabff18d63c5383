"""Which comparisons differ only in the number of training examples."""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np

from studio.core.arrays import Integers, Truth
from studio.core.prepared.examples import PreparedTask
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import contenders_without_rates, ends_by_steps

ComparisonKey = tuple[str, str]
"""Settings and test set: equal where only the size of the training set differs."""


def comparison_key(history: ComparisonHistory) -> ComparisonKey | None:
    """Equal for comparisons that differ only in the size of their training set.

    Names and the number of seeds are ignored, and so is what follows from the size: learning rates
    chosen by trials, matched hidden sizes, and epochs where runs end after a number of steps. The
    test set counts. None for trials of learning rates.
    """
    if history.spec.asked is not None:
        return None
    truth = None if history.preprocessing.vocabulary else history.test_truth
    settings = _settings(history.spec, training_examples(history))
    return settings, _test_set_digest(history.test_positions, truth)


def comparison_key_of_plan(spec: ComparisonSpec, task: PreparedTask) -> ComparisonKey:
    """The key of a planned comparison, with all settings filled in."""
    truth = None if task.preprocessing.vocabulary else task.test.targets_in_units
    return _settings(spec, len(task.training)), _test_set_digest(task.test.positions, truth)


def largest_of_each(histories: Mapping[int, ComparisonHistory]) -> dict[int, ComparisonHistory]:
    """The comparisons without those that have a comparable one with more training examples."""
    keys = {number: comparison_key(history) for number, history in histories.items()}
    largest: dict[ComparisonKey | None, int] = {}
    for number, history in histories.items():
        largest[keys[number]] = max(training_examples(history), largest.get(keys[number], 0))
    return {
        number: history
        for number, history in histories.items()
        if keys[number] is None or training_examples(history) == largest[keys[number]]
    }


def question_of(history: ComparisonHistory) -> str:
    """Equal for comparisons on the same dataset and task, whatever the training size."""
    spec = history.spec
    task = spec.task.model_copy(update={"training_examples": None})
    return f"{history.dataset_name}\n{spec.dataset.model_dump_json()}\n{task.model_dump_json()}"


def training_examples(history: ComparisonHistory) -> int:
    """Examples of the training set, of the first fold where there are several."""
    return history.part_sizes["training"]


def _settings(spec: ComparisonSpec, examples: int) -> str:
    tried = spec.tried or spec.rates
    contenders = spec.contenders if tried is None else contenders_without_rates(spec)
    if spec.match in {"parameters", "compute"}:
        first, *others = contenders
        contenders = (
            first,
            *(contender.model_copy(update={"hidden_size": 1}) for contender in others),
        )
    ignored: dict[str, object] = {"seeds": 1}
    if ends_by_steps(spec, examples):
        ignored["epochs"] = 1
    update = {
        "name": "",
        "task": spec.task.model_copy(update={"training_examples": None}),
        "training": spec.training.model_copy(update=ignored),
        "contenders": contenders,
        "looks": None,
        "looked": None,
        "seen_at": (),
        "rates": None,
        "tried": tried,
    }
    return spec.model_copy(update=update).model_dump_json()


def _test_set_digest(positions: Integers, truth: Truth | None) -> str:
    """A digest of the test set; without the codes of texts, which depend on the training set."""
    digest = blake2b(np.ascontiguousarray(positions).tobytes())
    if truth is not None:
        digest.update(np.ascontiguousarray(truth).tobytes())
    return digest.hexdigest()
