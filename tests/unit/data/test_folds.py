"""Folds: each example is tested once, groups stay whole, a series in time order."""

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import GeneratedDataset
from studio.core.specs.fold_ids import FoldId, fold_ids
from studio.core.specs.task_spec import TaskSpec
from studio.data import ExampleSet, Series, folds_advice, load, prepare
from studio.data.dataset import Column
from studio.data.splitting.split_examples import split_examples
from studio.data.tasks.resolve_task import detect_task

CLASSES = np.repeat([0, 1, 2], (60, 30, 13))
SUBJECTS = np.array([f"s{at % 8}" for at in range(len(CLASSES))])


def examples(count: int = len(CLASSES), **more: object) -> ExampleSet:
    """Two steps of one channel each, with three unequal classes."""
    return ExampleSet(
        name="few",
        source="few.csv",
        columns=(Column("x", "feature"), Column("label", "label")),
        channels=(Column("x", "feature"),),
        values=np.arange(2.0 * count).reshape(-1, 1),
        lengths=np.full(count, 2),
        labels=CLASSES[:count] if count <= len(CLASSES) else np.arange(count) % 3,
        class_names=("a", "b", "c"),
        **more,
    ).with_groups({"subject": SUBJECTS[:count]} if count <= len(CLASSES) else {})


def series(steps: int = 120) -> Series:
    column = Column("reading", "target")
    values = np.linspace(0, 1, steps).reshape(-1, 1) ** 2
    return Series(name="s", source="s.csv", columns=(column,), values=values)


def folds_of(task: TaskSpec, dataset: ExampleSet) -> list[list[np.ndarray]]:
    complete = detect_task(dataset, task)
    pool = np.arange(len(dataset))
    return [split_examples(dataset, pool, complete, fold_id) for fold_id in complete.fold_ids]


def test_every_example_is_tested_once_per_repetition() -> None:
    parts = folds_of(TaskSpec(folds=5, repeats=2, group="none"), examples())
    for repetition in (parts[:5], parts[5:]):
        tested = np.concatenate([sets[2] for sets in repetition])
        assert sorted(tested) == list(range(len(CLASSES)))


def test_the_sets_of_a_fold_partition_the_examples() -> None:
    for parts in folds_of(TaskSpec(folds=4, group="none"), examples()):
        assert sorted(np.concatenate(parts)) == list(range(len(CLASSES)))


def test_every_fold_is_stratified_by_class() -> None:
    for _, _, test in folds_of(TaskSpec(folds=5, group="none"), examples()):
        counts = np.bincount(CLASSES[test], minlength=3)
        assert np.abs(counts - np.array([60, 30, 13]) / 5).max() <= 1


@pytest.mark.parametrize("folds", [2, 4, 8])
def test_no_group_is_in_two_sets_of_a_fold(folds: int) -> None:
    task = TaskSpec(folds=folds, repeats=2, group="subject", split=(0.7, 0.1, 0.2))
    for parts in folds_of(task, examples()):
        owners = [set(SUBJECTS[part].tolist()) for part in parts]
        assert not owners[0] & owners[1]
        assert not owners[2] & (owners[0] | owners[1])


def test_repetitions_draw_other_folds_and_the_same_seed_draws_them_again() -> None:
    task = TaskSpec(folds=5, repeats=2, group="none")
    once, again = (folds_of(task, examples()) for _ in range(2))
    assert all(np.array_equal(a[2], b[2]) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0][2], once[5][2])


def test_the_rest_of_a_fold_is_split_in_the_given_ratio() -> None:
    for split in ((0.6, 0.2, 0.2), (0.75, 0.25)):
        task = TaskSpec(folds=5, group="none", split=split)
        sizes = [len(part) for part in folds_of(task, examples())[0]]
        assert sizes[0] == pytest.approx(3 * sizes[1], abs=2)


def test_folds_of_a_series_have_an_expanding_training_set() -> None:
    task = TaskSpec(window=4, folds=3, split=(0.5, 0.1, 0.4))
    parts = [prepare(series(), task, fold_id)[0] for fold_id in fold_ids(3, 1)]
    single, _ = prepare(series(), task.model_copy(update={"folds": None}))
    tested = np.concatenate([part.test.positions for part in parts])
    assert tested.tolist() == single.test.positions.tolist()
    for part in parts:
        assert part.training.positions[-1] < part.validation.positions[0]
        assert part.validation.positions[-1] + 1 == part.test.positions[0]
    sizes = [len(part.training) for part in parts]
    assert sizes[0] == len(single.training)
    assert np.diff(sizes).tolist() == [len(part.test) for part in parts[:2]]


def test_every_fold_is_scaled_by_its_own_training_set() -> None:
    task = TaskSpec(window=4, folds=3, split=(0.5, 0.1, 0.4))
    for fold_id in fold_ids(3, 1):
        prepared, _ = prepare(series(), task, fold_id)
        end = int(prepared.training.positions[-1]) + 1
        [center] = prepared.preprocessing.input_scaler.center
        assert center == pytest.approx(series().values[:end].mean())


def test_a_single_split_is_unchanged_without_folds() -> None:
    assert fold_ids(None, 1) == (FoldId(),)
    assert [str(fold_id) for fold_id in fold_ids(2, 1)] == ["fold 1", "fold 2"]
    assert str(fold_ids(2, 2)[-1]) == "repeat 2, fold 2"


def test_repeats_without_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="only folds can be repeated"):
        TaskSpec(repeats=3)


def test_repeats_are_refused_for_a_series() -> None:
    with pytest.raises(SpecError, match="time order"):
        prepare(series(), TaskSpec(window=4, folds=3, repeats=2))


def test_folds_are_refused_with_a_given_test_set() -> None:
    given = examples(in_test=np.arange(len(CLASSES)) % 2 == 0)
    with pytest.raises(SpecError, match="gives the test set"):
        detect_task(given, TaskSpec(folds=5))


def test_more_folds_than_groups_are_refused() -> None:
    with pytest.raises(SpecError, match="column 'subject' has only 8 groups for 9 folds"):
        folds_of(TaskSpec(folds=9, group="subject"), examples())


def test_more_folds_than_examples_are_refused() -> None:
    with pytest.raises(SpecError, match="folds: there are only 103 examples for 104 folds"):
        folds_of(TaskSpec(folds=104, group="none"), examples())


def test_repeated_folds_by_group_are_advised_for_few_examples() -> None:
    advice = folds_advice(examples())
    assert "--folds 5 --repeats 3 --group subject" in advice
    assert "--group" not in folds_advice(examples(), TaskSpec(group="none"))


def test_nothing_is_advised_where_folds_are_set_or_would_not_help() -> None:
    assert folds_advice(examples(), TaskSpec(folds=3)) == ""
    assert folds_advice(series()) == ""
    assert folds_advice(examples(in_test=np.arange(len(CLASSES)) > 50)) == ""
    many = GeneratedDataset(generator="adding", parameters={"length": 4, "examples": 1000})
    assert folds_advice(load(many)) == ""
