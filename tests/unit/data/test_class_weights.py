"""Class weights of the training loss."""

from collections.abc import Callable

import numpy as np
import pytest
from unit.data.test_sequence_examples import make_examples

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Dataset, prepare

Loader = Callable[..., Dataset]
BALANCED = TaskSpec(class_weights="balanced")


def test_every_class_has_the_same_total_weight() -> None:
    dataset = make_examples((4,) * 60, classes=3)
    dataset.labels[dataset.labels == 2] = np.arange(20) % 2  # one left out, one twice as common
    dataset.labels[:6] = 2
    prepared, _ = prepare(dataset, BALANCED)
    weights = prepared.preprocessing.class_weights
    assert weights is not None
    sums = np.array(weights) * np.bincount(prepared.training.targets, minlength=3)
    assert sums == pytest.approx([len(prepared.training) / 3] * 3)


def test_class_weights_are_fitted_on_the_training_set_only() -> None:
    dataset = make_examples((4,) * 60, classes=2, test=30)
    dataset.labels[30:] = 1
    prepared, _ = prepare(dataset, BALANCED)
    assert prepared.preprocessing.class_weights == pytest.approx((1, 1))


def test_every_tag_has_the_same_total_weight(load_text: Loader) -> None:
    rows = [
        f"{series},{step},{step % 4},{'rare' if step % 4 == 3 else 'usual'}\n"
        for series in range(10)
        for step in range(8)
    ]
    dataset = load_text("id,time,value,state\n" + "".join(rows), label_column="state")
    prepared, task = prepare(dataset, BALANCED)
    assert task.kind == "tag"
    assert prepared.preprocessing.class_names == ("rare", "usual")
    assert prepared.preprocessing.class_weights == pytest.approx((2, 2 / 3))


def test_class_weights_are_noted() -> None:
    dataset = make_examples((4,) * 40)
    dataset.labels[:] = np.arange(40) % 4 == 0
    assert "a 0.667, b 2" in str(prepare(dataset, BALANCED)[0].notes[-1])


def test_classes_are_unweighted_by_default() -> None:
    assert prepare(make_examples(), TaskSpec())[0].preprocessing.class_weights is None


def test_class_weights_are_refused_without_classes(load_text: Loader) -> None:
    series = load_text("value\n" + "\n".join(map(str, range(100))))
    with pytest.raises(SpecError, match="the task forecast has no classes to weight"):
        prepare(series, BALANCED)
