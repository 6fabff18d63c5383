"""Class weights: what rare classes weigh in the training loss."""

from collections.abc import Callable

import numpy as np
import pytest
from unit.data.test_labelled_examples import make_examples

from studio.core.errors import SpecError
from studio.core.spec import TaskSpec
from studio.data import Dataset, prepare

Loader = Callable[..., Dataset]
BALANCED = TaskSpec(class_weights="balanced")


def test_examples_of_every_class_weigh_the_same_in_sum() -> None:
    dataset = make_examples((4,) * 60, classes=3)
    dataset.labels[dataset.labels == 2] = np.arange(20) % 2  # one left out, one twice as common
    dataset.labels[:6] = 2
    prepared, _ = prepare(dataset, BALANCED)
    weights = prepared.preparation.class_weights
    assert weights is not None
    sums = np.array(weights) * np.bincount(prepared.training.targets, minlength=3)
    assert sums == pytest.approx([len(prepared.training) / 3] * 3)


def test_weights_are_counted_on_the_training_part_alone() -> None:
    dataset = make_examples((4,) * 60, classes=2, test=30)
    dataset.labels[30:] = 1
    prepared, _ = prepare(dataset, BALANCED)
    assert prepared.preparation.class_weights == pytest.approx((1, 1))


def test_steps_of_every_tag_weigh_the_same_in_sum(load_text: Loader) -> None:
    rows = [
        f"{series},{step},{step % 4},{'rare' if step % 4 == 3 else 'usual'}\n"
        for series in range(10)
        for step in range(8)
    ]
    dataset = load_text("id,time,value,state\n" + "".join(rows), label_column="state")
    prepared, task = prepare(dataset, BALANCED)
    assert task.kind == "tag"
    assert prepared.preparation.class_names == ("rare", "usual")
    assert prepared.preparation.class_weights == pytest.approx((2, 2 / 3))


def test_weights_are_told_and_that_scores_are_unweighted() -> None:
    dataset = make_examples((4,) * 40)
    dataset.labels[:] = np.arange(40) % 4 == 0
    [note] = [each for each in prepare(dataset, BALANCED)[0].notes if "weighs" in each]
    assert "a 0.667, b 2" in note
    assert "all scores are unweighted" in note


def test_without_being_asked_no_class_weighs_more() -> None:
    assert prepare(make_examples(), TaskSpec())[0].preparation.class_weights is None


def test_a_task_without_classes_has_none_to_weigh(load_text: Loader) -> None:
    series = load_text("value\n" + "\n".join(map(str, range(100))))
    with pytest.raises(SpecError, match="no classes to weigh in the task forecast"):
        prepare(series, BALANCED)
