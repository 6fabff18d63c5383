"""Labelled examples: split, padding, scaling, and tables read another way."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ClassesUnused, GivenTestSetUnused, UnseenClass
from studio.core.specs.comparison_spec import TaskKind, TaskSpec
from studio.data import Column, Dataset, ExampleSet, prepare

Loader = Callable[..., Dataset]


def make_examples(
    lengths: tuple[int, ...] = (3, 5, 4) * 10, *, classes: int = 2, test: int = 0
) -> ExampleSet:
    rng = np.random.default_rng(3)
    count = len(lengths)
    channels = (Column("u", "feature", unit="V"), Column("v", "feature"))
    in_test = np.arange(count) >= count - test if test else None
    return ExampleSet(
        name="toy",
        source="toy",
        columns=(*channels, Column("class", "label", "text")),
        channels=channels,
        values=rng.normal(4, 2, (sum(lengths), 2)),
        lengths=np.array(lengths, dtype=np.int64),
        labels=np.arange(count, dtype=np.int64) % classes,
        class_names=tuple("abcdefgh"[:classes]),
        in_test=in_test,
    )


def test_examples_are_split_by_class_in_the_default_shares() -> None:
    prepared, task = prepare(make_examples((4,) * 100), TaskSpec())
    assert task.split == (0.7, 0.1, 0.2)
    assert [len(part) for part in prepared.parts.values()] == [70, 10, 20]
    assert [part.targets.sum() for part in prepared.parts.values()] == [35, 5, 10]
    positions = np.concatenate([part.positions for part in prepared.parts.values()])
    assert np.array_equal(np.sort(positions), np.arange(100))


def test_sequences_are_padded_with_zeros_at_the_end() -> None:
    dataset = make_examples()
    prepared, _ = prepare(dataset, TaskSpec(scaling="none"))
    part = prepared.training
    assert part.lengths is not None
    for row, position in enumerate(part.positions):
        length = part.length_of(row)
        expected = dataset.sequence(int(position)).astype(np.float32)
        assert np.array_equal(part.sequence(row), expected)
        assert not part.inputs[row, length:].any()


def test_lengths_are_none_where_all_are_equal() -> None:
    prepared, _ = prepare(make_examples((4,) * 30), TaskSpec())
    assert all(part.lengths is None for part in prepared.parts.values())


def test_test_examples_may_be_longer_than_training_ones() -> None:
    prepared, task = prepare(make_examples((3,) * 20 + (9, 7), test=2), TaskSpec())
    assert task.split == (0.8, 0.2)
    assert prepared.training.inputs.shape == (16, 3, 2)
    assert prepared.test.inputs.shape == (2, 9, 2)
    assert (prepared.preprocessing.min_length, prepared.preprocessing.max_length) == (3, 9)


def test_training_file_may_be_used_without_a_validation_set() -> None:
    prepared, _ = prepare(make_examples((3,) * 20, test=5), TaskSpec(split=(1.0, 0.0)))
    assert [len(part) for part in prepared.parts.values()] == [15, 0, 5]
    assert prepared.validation.inputs.shape == (0, 0, 2)


def test_scaler_is_fitted_on_the_valid_steps_of_training_examples_only() -> None:
    dataset = make_examples()
    prepared, _ = prepare(dataset, TaskSpec())
    rows = np.concatenate([dataset.sequence(int(index)) for index in prepared.training.positions])
    assert np.allclose(prepared.preprocessing.input_scaler.center, rows.mean(axis=0))
    for index in prepared.test.positions:
        dataset.sequence(int(index))[:] *= 1000
    assert prepare(dataset, TaskSpec())[0].preprocessing == prepared.preprocessing


def test_same_dataset_and_task_give_the_same_bits() -> None:
    one, two = (prepare(make_examples(), TaskSpec(split_seed=5))[0] for _ in range(2))
    for first, second in zip(one.parts.values(), two.parts.values(), strict=True):
        assert first.inputs.tobytes() == second.inputs.tobytes()
        assert first.positions.tobytes() == second.positions.tobytes()


def test_split_seed_changes_the_split() -> None:
    one, two = (prepare(make_examples(), TaskSpec(split_seed=seed))[0] for seed in (0, 1))
    assert not np.array_equal(one.test.positions, two.test.positions)


def test_complete_task_gives_the_same_again() -> None:
    prepared, complete = prepare(make_examples(), TaskSpec())
    again, same = prepare(make_examples(), complete)
    assert same == complete
    assert again.preprocessing == prepared.preprocessing
    assert complete.target == ("class",)
    assert complete.features == ("u", "v")


def test_channels_can_be_chosen() -> None:
    prepared, _ = prepare(make_examples(), TaskSpec(features=("v",)))
    assert prepared.preprocessing.input_names == ("v",)
    assert prepared.training.inputs.shape[2] == 1


def test_class_without_examples_is_left_out() -> None:
    dataset = make_examples()
    shifted = ExampleSet(**{**vars(dataset), "class_names": ("none", "a", "b"),
                            "labels": dataset.labels + 1})  # fmt: skip
    prepared, _ = prepare(shifted, TaskSpec())
    assert prepared.preprocessing.class_names == ("a", "b")
    assert set(prepared.training.targets) == {0, 1}
    assert ClassesUnused(("none",)) in prepared.notes


def test_class_that_training_never_sees_is_noted() -> None:
    dataset = make_examples((3,) * 20, test=4)
    dataset.labels[:] = 0
    dataset.labels[-4:] = 1
    prepared, _ = prepare(dataset, TaskSpec())
    assert UnseenClass("b") in prepared.notes


def test_one_class_only_is_refused() -> None:
    dataset = make_examples()
    dataset.labels[:] = 0
    with pytest.raises(DatasetError, match="only one class, 'a'"):
        prepare(dataset, TaskSpec())


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (TaskSpec(window=3), "window, horizon and stride apply to forecasts"),
        (TaskSpec(kind="forecast"), "forecasts need a series"),
        (TaskSpec(kind="regress"), "the labels are classes such as a, b, not numbers"),
        (TaskSpec(target=("u",)), "'u' is not a label"),
        (TaskSpec(features=("class",)), "no column 'class'"),
        (TaskSpec(split=(0.98, 0.01, 0.01)), "set would be empty"),
    ],
)
def test_task_that_does_not_fit_is_refused(task: TaskSpec, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        prepare(make_examples(), task)


TABLE = "a,b,c,y\n" + "".join(f"{at},{at % 7},{at % 2},{at * 0.37}\n" for at in range(40))


def test_table_with_a_label_is_a_series_where_a_forecast_is_asked_for(load_text: Loader) -> None:
    prepared, task = prepare(load_text(TABLE), TaskSpec(kind="forecast", window=4))
    assert task.target == ("y",)
    assert prepared.preprocessing.input_names == ("a", "b", "c", "y")
    assert np.allclose(prepared.training.targets_in_units[0], 4 * 0.37)


def test_another_column_can_be_made_the_label(load_text: Loader) -> None:
    prepared, task = prepare(load_text(TABLE), TaskSpec(kind="classify", target=("c",)))
    assert prepared.preprocessing.class_names == ("0", "1")
    assert task.features == ("a", "b", "y")
    assert prepared.training.inputs.shape[1:] == (3, 1)


def test_series_becomes_examples_where_a_label_is_named(load_text: Loader) -> None:
    dataset = load_text(
        "a,b,c\n" + "".join(f"{index},{index * 2},{index % 2}\n" for index in range(40))
    )
    assert prepare(dataset, TaskSpec())[1].kind == "forecast"
    prepared, _ = prepare(dataset, TaskSpec(kind="classify", target=("c",)))
    assert prepared.preprocessing.target_names == ("c",)
    regression, _ = prepare(dataset, TaskSpec(kind="regress", target=("c",)))
    assert regression.preprocessing.class_names is None


def test_classes_named_by_numbers_can_be_regressed(load_text: Loader) -> None:
    dataset = load_text("a,b,class\n" + "1,2,10\n2,1,20\n" * 10)
    prepared, _ = prepare(dataset, TaskSpec(kind="regress"))
    assert set(prepared.training.targets_in_units[:, 0]) == {10, 20}


def test_fractions_are_not_classes(load_text: Loader) -> None:
    with pytest.raises(SpecError, match="'y' holds fractions"):
        prepare(load_text(TABLE), TaskSpec(kind="classify"))


def test_steps_of_a_table_can_be_chosen(load_text: Loader) -> None:
    prepared, _ = prepare(load_text(TABLE), TaskSpec(features=("c", "a")))
    assert prepared.training.inputs.shape[1:] == (2, 1)


def test_missing_label_is_refused_by_line(load_text: Loader) -> None:
    dataset = load_text("a,b,label\n" + "1,2,x\n2,1,y\n" * 10 + "1,2,\n")
    with pytest.raises(DatasetError, match="line 22, column 'label'"):
        prepare(dataset, TaskSpec())


def test_example_without_a_label_is_refused_or_left_out() -> None:
    dataset = make_examples((4,) * 30)
    labels = dataset.labels.copy()
    labels[[3, 7]] = -1
    with pytest.raises(DatasetError, match="2 examples have no label"):
        prepare(replace(dataset, labels=labels), TaskSpec())
    prepared, _ = prepare(replace(dataset, labels=labels), TaskSpec(missing="drop"))
    assert prepared.preprocessing.class_names == ("a", "b")
    assert sum(len(part) for part in prepared.parts.values()) == 28


def test_example_that_repeats_one_that_is_left_out_stays() -> None:
    dataset = make_examples((4,) * 30)
    values, labels = dataset.values.copy(), dataset.labels.copy()
    values[4:8] = values[:4]
    labels[0] = -1
    twice = replace(dataset, values=values, labels=labels)
    prepared, _ = prepare(twice, TaskSpec(missing="drop", duplicates="drop"))
    used = np.concatenate([part.positions for part in prepared.parts.values()])
    assert sorted(used.tolist()) == list(range(1, 30))


def test_given_test_set_is_not_used_by_forecasts() -> None:
    dataset = make_examples((20,) * 6, test=2)
    bare = replace(dataset, columns=dataset.channels, labels=np.zeros((6, 0)), class_names=None)
    prepared, task = prepare(bare, TaskSpec())
    assert task.kind == "forecast"
    assert GivenTestSetUnused() in prepared.notes


@pytest.mark.parametrize("kind", ["classify", "regress"])
def test_sequences_without_labels_cannot_be_classified_or_regressed(kind: TaskKind) -> None:
    dataset = make_examples((20,) * 6)
    bare = replace(dataset, columns=dataset.channels, labels=np.zeros((6, 0)), class_names=None)
    with pytest.raises(SpecError, match="task: no column holds a label for each example"):
        prepare(bare, TaskSpec(kind=kind))
