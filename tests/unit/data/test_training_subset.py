"""Reduced training sets: nested, stratified, and the only set that changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SpecError
from studio.core.notes import TrainingSetReduced
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Dataset, ExampleSet, Series, prepare
from studio.data.splitting.splits import nested_order
from studio.data.transform.symbols import corpus_series

CLASSES = np.repeat([0, 1, 2], (120, 60, 20))
SPEAKERS = np.array([f"s{at % 20}" for at in range(len(CLASSES))])
NAN = np.nan


def examples(**more: object) -> ExampleSet:
    """200 examples of two steps with values of their own, three unequal classes."""
    count = len(CLASSES)
    return ExampleSet(
        name="few", source="few.csv",
        columns=(Column("x", "feature"), Column("label", "label")),
        channels=(Column("x", "feature"),),
        values=np.arange(2.0 * count).reshape(-1, 1),
        lengths=np.full(count, 2),
        labels=CLASSES,
        class_names=("a", "b", "c"),
        **more,
    )  # fmt: skip


def spoken() -> ExampleSet:
    return examples().with_groups({"speaker": SPEAKERS})


def series(values: np.ndarray, **more: object) -> Series:
    column = Column("v", "target", missing=int(np.isnan(values).sum()))
    return Series("wave", "wave.csv", (column,), values[:, np.newaxis].astype(float), **more)  # type: ignore[arg-type]


def several() -> Series:
    """Three series of unequal length whose values tell which step of which they are."""
    values = np.concatenate([np.arange(60.0), 1000 + np.arange(110.0), 2000 + np.arange(35.0)])
    return series(values, lengths=np.array([60, 110, 35]))


def cut(dataset: Dataset, count: int | None, **task: object) -> PreparedTask:
    given_task = TaskSpec.model_validate({"training_examples": count, **task})
    return prepare(dataset, given_task)[0]


def symbols(task: PreparedTask, codes: np.ndarray) -> np.ndarray:
    """What is answered, in letters where it is a text: codes go by how common a letter is."""
    names = task.preprocessing.vocabulary
    return codes if names is None else np.array([*names, "not asked"])[codes]


def of_each_series(dataset: Series, positions: np.ndarray) -> list[np.ndarray]:
    lengths = np.array([len(dataset)]) if dataset.lengths is None else dataset.lengths
    return np.split(positions, np.searchsorted(positions, np.cumsum(lengths)[:-1]))


LETTERS = corpus_series("tale", "tale.txt", "abcdefghij" * 60, None)
GAPS = np.where(np.arange(200) % 23 == 0, NAN, np.arange(200.0))
KINDS: dict[str, tuple[Dataset, dict[str, object]]] = {
    "classes": (examples(), {}),
    "groups": (spoken(), {}),
    "folds": (examples(), {"folds": 4}),
    "one series": (series(np.arange(200.0)), {"window": 6, "stride": 2}),
    "several series": (several(), {"window": 5}),
    "gaps": (series(GAPS), {"window": 4, "missing": "drop"}),
    "blocks in time": (series(np.arange(200.0)), {"window": 6, "folds": 3}),
    "text": (LETTERS, {"window": 5, "symbols": "embedding"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_smaller_training_set_is_contained_in_every_larger_one(kind: str) -> None:
    dataset, task = KINDS[kind]
    parts = [cut(dataset, count, **task).training for count in (20, 21, 40, 57, None)]
    if kind != "groups":
        assert [len(part) for part in parts[:-1]] == [20, 21, 40, 57]
    for small, large in pairwise(parts):
        assert set(small.positions) <= set(large.positions)
    assert set(parts[0].positions) < set(parts[-1].positions)


@pytest.mark.parametrize("kind", KINDS)
def test_validation_and_test_sets_are_unchanged(kind: str) -> None:
    dataset, task = KINDS[kind]
    small, whole = (cut(dataset, count, **task) for count in (20, None))
    for name in ("validation", "test"):
        one, other = small.parts[name], whole.parts[name]
        assert np.array_equal(one.positions, other.positions)
        assert np.array_equal(
            symbols(small, one.targets_in_units), symbols(whole, other.targets_in_units)
        )


@pytest.mark.parametrize("kind", KINDS)
def test_requesting_all_examples_changes_nothing(kind: str) -> None:
    dataset, task = KINDS[kind]
    whole = cut(dataset, None, **task)
    numbered = cut(dataset, len(whole.training), **task)
    assert numbered.preprocessing == whole.preprocessing
    assert np.array_equal(numbered.training.inputs, whole.training.inputs)


@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=5),
    seed=st.integers(0, 2**31),
    data=st.data(),
)
def test_classes_stay_in_proportion_and_one_of_each_comes_first(
    counts: list[int], seed: int, data: st.DataObject
) -> None:
    classes = np.repeat(np.arange(len(counts)), counts)
    order = nested_order(classes, seed)
    assert np.array_equal(np.sort(order), np.arange(len(classes)))
    size = data.draw(st.integers(len(counts), len(classes)))
    entered = classes[order[:size]]
    assert len(np.unique(entered)) == len(counts)
    for label, count in enumerate(counts):
        assert abs(np.sum(entered == label) - size * count / len(classes)) <= len(counts) + 1


def test_another_split_seed_draws_another_subset() -> None:
    one, same, other = (cut(examples(), 30, split_seed=seed).training for seed in (0, 0, 1))
    assert np.array_equal(one.positions, same.positions)
    assert not np.array_equal(one.positions, other.positions)


def test_groups_enter_whole() -> None:
    dataset = spoken()
    whole, small = (cut(dataset, count).training for count in (None, 47))
    owners = dataset.groups["speaker"]
    for name in set(owners[small.positions]):
        members = set(whole.positions[owners[whole.positions] == name])
        assert members <= set(small.positions)
    assert len(small) == 40  # four groups of ten; a fifth would be too many
    assert TrainingSetReduced(40, 140, "speaker") in cut(dataset, 47).notes


def test_a_reduced_series_keeps_the_latest_training_windows() -> None:
    task = cut(series(np.arange(200.0)), 12, window=6)
    assert task.training.positions[-1] + 1 == task.validation.positions[0]
    assert np.array_equal(np.diff(task.training.positions), np.ones(11))


def test_several_series_are_reduced_by_the_same_share() -> None:
    whole, small = (
        cut(several(), count, window=5, scaling="none").training.targets_in_units[:, 0]
        for count in (None, 40)
    )
    for number in range(3):
        available, used = (values[values // 1000 == number] for values in (whole, small))
        assert abs(len(used) - len(available) * 40 / len(whole)) <= 1
        assert np.array_equal(used, available[-len(used) :])


def test_a_reduced_text_keeps_its_latest_windows_and_fits_its_vocabulary_on_them() -> None:
    text = "x" * 200 + "abcdefghij" * 40
    task = cut(corpus_series("tale", "tale.txt", text, None), 10, window=5, symbols="embedding")
    whole = cut(corpus_series("tale", "tale.txt", text, None), None, window=5, symbols="embedding")
    assert np.array_equal(task.training.positions, whole.training.positions[-10:])
    assert whole.preprocessing.vocabulary is not None
    assert "x" in whole.preprocessing.vocabulary
    assert set(task.preprocessing.vocabulary or ()) == {"<other>", *"abcdefghij"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_scaler_is_fitted_on_the_reduced_training_set_only(kind: str) -> None:
    dataset, task = KINDS[kind]
    prepared = cut(dataset, 20, **task)
    if isinstance(dataset, ExampleSet):
        inside = np.repeat(np.isin(np.arange(len(dataset)), prepared.training.positions), 2)
    else:
        assert prepared.preprocessing.window is not None
        inside = np.zeros(len(dataset.values), dtype=bool)
        for own in of_each_series(dataset, prepared.training.positions):
            inside[min(own) - prepared.preprocessing.window : max(own) + 1] = True
    assert 0 < inside.sum() < len(inside)
    values = dataset.values.copy()
    values[~inside] *= 1000
    changed = cut(replace(dataset, values=values), 20, **task).preprocessing
    center = np.nanmean(dataset.values[inside])
    assert changed.input_scaler == prepared.preprocessing.input_scaler
    assert prepared.preprocessing.input_scaler.center[0] == pytest.approx(center)
    assert changed.target_scaler == prepared.preprocessing.target_scaler


def test_mase_has_one_unit_at_all_sizes() -> None:
    dataset = series(np.arange(200.0) ** 2)
    errors = [cut(dataset, count, window=6).preprocessing.naive_error for count in (10, 80, None)]
    assert errors[0] == errors[1] == errors[2]


@pytest.mark.parametrize(
    ("dataset", "count", "message"),
    [
        (
            examples(),
            141,
            r"has 140 examples, but 141 are requested.*at most 140",
        ),
        (
            examples(),
            2,
            r"2 training examples cannot include one of each.*at least 3",
        ),
        (spoken(), 9, r"groups are kept whole, and the first group has 10 examples"),
        (
            series(np.arange(100.0)),
            500,
            r"has 63 examples, but 500 are requested",
        ),
        (several(), 500, r"the training set has .* examples, but 500 are requested"),
        (LETTERS, 99, r"the training set has .* examples, but 99 are requested"),
    ],
)
def test_an_impossible_size_is_refused_with_a_possible_one(
    dataset: Dataset, count: int, message: str
) -> None:
    with pytest.raises(SpecError, match=message) as error:
        cut(dataset, count)
    assert error.value.where == "training_examples"
    assert error.value.remedy


def test_zero_training_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        TaskSpec(training_examples=0)


def test_the_size_of_a_reduced_training_set_is_noted() -> None:
    assert TrainingSetReduced(30, 140) in cut(examples(), 30).notes
    assert not any(isinstance(note, TrainingSetReduced) for note in cut(examples(), None).notes)
    windows = cut(series(np.arange(100.0)), 12, window=10)
    assert TrainingSetReduced(12, 63, latest=True) in windows.notes
