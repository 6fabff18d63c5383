"""Folds: each example is tested once, no group on both sides, a series in time order."""

import numpy as np
import pytest

from studio.core.division import Division, divisions_of
from studio.core.errors import SpecError
from studio.core.spec import GeneratedDataset
from studio.core.task import TaskSpec
from studio.data import ExampleSet, Series, folds_advice, load, prepare
from studio.data.dataset import Column
from studio.data.dividing import divide
from studio.data.tasks import detect_task

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
    return [divide(dataset, pool, complete, each) for each in complete.divisions]


def test_every_example_is_tested_once_in_each_repetition() -> None:
    parts = folds_of(TaskSpec(folds=5, repeats=2, group="none"), examples())
    for repetition in (parts[:5], parts[5:]):
        tested = np.concatenate([each[2] for each in repetition])
        assert sorted(tested) == list(range(len(CLASSES)))


def test_the_parts_of_a_fold_share_no_example_and_leave_none_out() -> None:
    for parts in folds_of(TaskSpec(folds=4, group="none"), examples()):
        assert sorted(np.concatenate(parts)) == list(range(len(CLASSES)))


def test_every_fold_holds_every_class_in_its_share() -> None:
    for _, _, test in folds_of(TaskSpec(folds=5, group="none"), examples()):
        counts = np.bincount(CLASSES[test], minlength=3)
        assert np.abs(counts - np.array([60, 30, 13]) / 5).max() <= 1


@pytest.mark.parametrize("folds", [2, 4, 8])
def test_no_group_is_on_both_sides_of_any_fold(folds: int) -> None:
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


def test_what_a_fold_does_not_test_is_divided_in_the_ratio_of_the_split() -> None:
    for split in ((0.6, 0.2, 0.2), (0.75, 0.25)):
        task = TaskSpec(folds=5, group="none", split=split)
        sizes = [len(part) for part in folds_of(task, examples())[0]]
        assert sizes[0] == pytest.approx(3 * sizes[1], abs=2)


def test_blocks_of_a_series_follow_each_other_behind_a_growing_training_part() -> None:
    task = TaskSpec(window=4, folds=3, split=(0.5, 0.1, 0.4))
    parts = [prepare(series(), task, each)[0] for each in divisions_of(3, 1)]
    single, _ = prepare(series(), task.model_copy(update={"folds": None}))
    tested = np.concatenate([each.test.positions for each in parts])
    assert tested.tolist() == single.test.positions.tolist()
    for part in parts:
        assert part.training.positions[-1] < part.validation.positions[0]
        assert part.validation.positions[-1] + 1 == part.test.positions[0]
    sizes = [len(each.training) for each in parts]
    assert sizes[0] == len(single.training)
    assert np.diff(sizes).tolist() == [len(each.test) for each in parts[:2]]


def test_every_fold_is_scaled_by_its_own_training_part() -> None:
    task = TaskSpec(window=4, folds=3, split=(0.5, 0.1, 0.4))
    for each in divisions_of(3, 1):
        prepared, _ = prepare(series(), task, each)
        end = int(prepared.training.positions[-1]) + 1
        [center] = prepared.preparation.input_scaler.center
        assert center == pytest.approx(series().values[:end].mean())


def test_one_division_is_as_it_was_without_folds() -> None:
    assert divisions_of(None, 1) == (Division(),)
    assert [str(each) for each in divisions_of(2, 1)] == ["fold 1", "fold 2"]
    assert str(divisions_of(2, 2)[-1]) == "repeat 2, fold 2"


def test_repeats_without_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to repeat without folds"):
        TaskSpec(repeats=3)


def test_a_series_cannot_be_drawn_anew() -> None:
    with pytest.raises(SpecError, match="time order"):
        prepare(series(), TaskSpec(window=4, folds=3, repeats=2))


def test_a_given_test_part_is_not_divided_into_folds() -> None:
    given = examples(in_test=np.arange(len(CLASSES)) % 2 == 0)
    with pytest.raises(SpecError, match="given by the data"):
        detect_task(given, TaskSpec(folds=5))


def test_more_folds_than_groups_are_refused() -> None:
    with pytest.raises(SpecError, match="8 groups in the column 'subject' for 9 folds"):
        folds_of(TaskSpec(folds=9, group="subject"), examples())


def test_more_folds_than_examples_are_refused() -> None:
    with pytest.raises(SpecError, match="folds: there are 103 examples for 104 folds"):
        folds_of(TaskSpec(folds=104, group="none"), examples())


def test_few_examples_are_advised_to_repeat_folds_by_the_group_that_is_there() -> None:
    advice = folds_advice(examples())
    assert "--folds 5 --repeats 3 --group subject" in advice
    assert "--group" not in folds_advice(examples(), TaskSpec(group="none"))


def test_nothing_is_advised_where_folds_are_set_or_would_not_help() -> None:
    assert folds_advice(examples(), TaskSpec(folds=3)) == ""
    assert folds_advice(series()) == ""
    assert folds_advice(examples(in_test=np.arange(len(CLASSES)) > 50)) == ""
    many = GeneratedDataset(generator="adding", parameters={"length": 4, "examples": 1000})
    assert folds_advice(load(many)) == ""
